package io.github.keywharf.http;

import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import java.time.Duration;
import java.util.List;

/** What clients report to their listener. */
public sealed interface HttpEvent extends Event {

    /**
     * A request failed in a way that may pass, and is sent again.
     *
     * @param subject the host
     * @param method of the request
     * @param why the code of the error, or the status
     * @param attempt how often it was sent so far
     * @param pause until it is sent again
     */
    record RequestRepeated(String subject, String method, String why, int attempt, Duration pause)
            implements HttpEvent {
        @Override
        public Level level() {
            return Level.WARNING;
        }

        @Override
        public String message() {
            return "Attempt " + attempt + " of a " + method + " failed (" + why + "); again in " + pause.toMillis()
                    + " ms";
        }

        @Override
        public List<Fact> facts() {
            return List.of(Fact.count("attempt", attempt), Fact.time("pause", pause));
        }
    }
}
