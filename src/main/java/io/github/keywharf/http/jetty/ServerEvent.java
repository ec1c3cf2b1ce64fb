package io.github.keywharf.http.jetty;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import java.time.Duration;
import java.util.List;

/** What a {@link JettyServer} reports to its listener. Paths are shown, queries, headers and bodies are not. */
public sealed interface ServerEvent extends Event {

    /**
     * A request was answered: a line of an access log.
     *
     * @param subject method and path, without query
     * @param status of the response
     * @param received bytes of the request's body that were read
     * @param sent bytes of the response's body
     * @param took from the request's headers to the response's end
     * @param peer IP address of the client
     */
    record RequestServed(String subject, int status, long received, long sent, Duration took, String peer)
            implements ServerEvent {
        @Override
        public Level level() {
            return Level.INFO;
        }

        @Override
        public String message() {
            return status + " to " + peer + " in " + took.toMillis() + " ms, " + received + " bytes in, " + sent
                    + " bytes out";
        }

        @Override
        public List<Fact> facts() {
            return List.of(Fact.bytes("received", received), Fact.bytes("sent", sent), Fact.time("took", took));
        }
    }

    /**
     * A handler failed, or the body of its response did. The client got a 500 without detail, or an answer that broke off,
     * or the whole answer when only closing the body failed.
     *
     * @param subject method and path, without query
     * @param failure what was thrown
     */
    record HandlerFailed(String subject, Throwable failure) implements ServerEvent {
        @Override
        public Level level() {
            return Level.ERROR;
        }

        @Override
        public String message() {
            // Only the library's own messages are known to hold no secret.
            return "The handler failed: "
                    + (failure instanceof KeywharfException
                            ? failure.toString()
                            : failure.getClass().getName());
        }
    }

    /**
     * A client went away before its request or its response had ended.
     *
     * @param subject method and path, without query
     * @param peer IP address of the client
     */
    record ClientGone(String subject, String peer) implements ServerEvent {
        @Override
        public Level level() {
            return Level.INFO;
        }

        @Override
        public String message() {
            return "The client " + peer + " went away before the end";
        }
    }

    /**
     * A request was refused before it reached the handler.
     *
     * @param subject method and path, without query
     * @param status of the response
     * @param reason why
     * @param peer IP address of the client
     */
    record RequestRefused(String subject, int status, String reason, String peer) implements ServerEvent {
        @Override
        public Level level() {
            return Level.WARNING;
        }

        @Override
        public String message() {
            return status + " to " + peer + ": " + reason;
        }
    }

    /**
     * A connection was cut, because its client was too slow.
     *
     * @param subject IP address of the client
     * @param reason which limit it missed
     */
    record SlowClientCut(String subject, String reason) implements ServerEvent {
        @Override
        public Level level() {
            return Level.WARNING;
        }

        @Override
        public String message() {
            return "The connection was cut: " + reason;
        }
    }
}
