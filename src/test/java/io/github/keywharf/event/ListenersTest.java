package io.github.keywharf.event;

import io.github.keywharf.testing.RecordingListener;
import io.github.keywharf.testing.contract.EventListenerContract;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import org.junit.jupiter.api.Nested;

class ListenersTest {

    private static EventListener terminal(Terminal.Style style) {
        PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        return new TerminalListener(new Terminal(out, style, 80), InstantSource.system());
    }

    @Nested
    class OnATerminal extends EventListenerContract {
        @Override
        protected EventListener listener() {
            return terminal(Terminal.Style.COLOURED);
        }
    }

    @Nested
    class Piped extends EventListenerContract {
        @Override
        protected EventListener listener() {
            return terminal(Terminal.Style.PLAIN);
        }
    }

    @Nested
    class Slf4j extends EventListenerContract {
        @Override
        protected EventListener listener() {
            return EventListener.slf4j();
        }
    }

    @Nested
    class Several extends EventListenerContract {
        @Override
        protected EventListener listener() {
            return EventListener.all(EventListener.NONE, new RecordingListener(), EventListener.slf4j());
        }
    }
}
