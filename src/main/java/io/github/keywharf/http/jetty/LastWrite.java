package io.github.keywharf.http.jetty;

import org.eclipse.jetty.io.QuietException;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Counts the end of a response once it is written, and keeps its failure from Jetty's log. */
final class LastWrite extends Callback.Nested {
    private final @Nullable Exchange exchange;
    private final int bytes;

    LastWrite(@Nullable Exchange exchange, int bytes, Callback then) {
        super(then);
        this.exchange = exchange;
        this.bytes = bytes;
    }

    /** A failure that Jetty passes on without a word: its log would show the message, and the URI with its query. */
    static Throwable unsaid() {
        return new QuietException.Exception("The response was not completed");
    }

    @Override
    public void succeeded() {
        if (exchange != null) {
            exchange.sent(bytes);
            exchange.goesOn();
        }
        super.succeeded();
    }

    @Override
    public void failed(Throwable failure) {
        if (exchange != null) {
            exchange.goesOn();
            // What is wrong with the response itself is unchecked; all else comes from the connection.
            if (!(failure instanceof RuntimeException || failure instanceof Error)) {
                exchange.cut();
            }
            exchange.failed(failure);
        }
        super.failed(unsaid());
    }
}
