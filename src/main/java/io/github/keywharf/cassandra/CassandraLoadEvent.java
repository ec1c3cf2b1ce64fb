package io.github.keywharf.cassandra;

import io.github.keywharf.event.Event;
import java.time.Duration;
import java.util.Locale;

/** What a load into a table reports to its listener, besides {@link io.github.keywharf.event.Progress}. */
public sealed interface CassandraLoadEvent extends Event {

    /**
     * The server cannot keep up; fewer requests are sent at a time, after a pause.
     *
     * @param subject the table
     * @param inFlight how many requests may be under way from now on
     * @param reason what the server said
     */
    record Throttled(String subject, int inFlight, String reason) implements CassandraLoadEvent {
        @Override
        public Level level() {
            return Level.INFO;
        }

        @Override
        public String message() {
            return "The server cannot keep up, at most " + inFlight + " requests at a time from now on: " + reason;
        }
    }

    /**
     * Requests failed because connections broke or nothing was answered; nothing is sent until a node answers.
     *
     * @param subject the table
     * @param reason what happened
     */
    record OutageBegan(String subject, String reason) implements CassandraLoadEvent {
        @Override
        public Level level() {
            return Level.WARNING;
        }

        @Override
        public String message() {
            return "The load waits for a node: " + reason;
        }
    }

    /**
     * A node answers again and the load goes on.
     *
     * @param subject the table
     * @param lasted how long nothing was sent
     */
    record OutageEnded(String subject, Duration lasted) implements CassandraLoadEvent {
        @Override
        public Level level() {
            return Level.INFO;
        }

        @Override
        public String message() {
            return String.format(Locale.ROOT, "A node answers again after %.1f s", lasted.toMillis() / 1e3);
        }
    }

    /**
     * A node was restarted or went away, and may have forgotten what it acknowledged: these rows are sent again.
     *
     * @param subject the table
     * @param rows how many
     */
    record RowsSentAgain(String subject, long rows) implements CassandraLoadEvent {
        @Override
        public Level level() {
            return Level.WARNING;
        }

        @Override
        public String message() {
            return String.format(
                    Locale.ROOT,
                    "A node was restarted or went away; %,d rows are sent again, those just acknowledged included",
                    rows);
        }
    }

    /**
     * The load goes on from its checkpoint.
     *
     * @param subject the table
     * @param rows how many rows of the source are passed over, because they were written before
     */
    record Resumed(String subject, long rows) implements CassandraLoadEvent {
        @Override
        public Level level() {
            return Level.INFO;
        }

        @Override
        public String message() {
            return String.format(Locale.ROOT, "The load goes on after row %,d", rows);
        }
    }
}
