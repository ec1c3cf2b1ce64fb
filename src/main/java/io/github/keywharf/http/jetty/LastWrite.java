package io.github.keywharf.http.jetty;

import org.eclipse.jetty.io.QuietException;
import org.eclipse.jetty.util.Callback;

/** Counts the last bytes of a response when they are written, and keeps a failure out of Jetty's log. */
final class LastWrite extends Callback.Nested {
    private final Exchange exchange;
    private final int bytes;

    LastWrite(Exchange exchange, int bytes, Callback callback) {
        super(callback);
        this.exchange = exchange;
        this.bytes = bytes;
    }

    /** A failure that Jetty does not log: its log would show the message, and the URI with its query. */
    static Throwable quiet() {
        return new QuietException.Exception("The response was not completed");
    }

    @Override
    public void succeeded() {
        exchange.sent(bytes);
        exchange.waitEnds();
        super.succeeded();
    }

    @Override
    public void failed(Throwable failure) {
        exchange.waitEnds();
        // Faults of the response itself are unchecked; all others come from the connection.
        if (!(failure instanceof RuntimeException || failure instanceof Error)) {
            exchange.noteDisconnected();
        }
        exchange.failed(failure);
        super.failed(quiet());
    }
}
