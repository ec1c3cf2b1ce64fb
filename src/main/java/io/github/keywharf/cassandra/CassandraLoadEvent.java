package io.github.keywharf.cassandra;

import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Work;
import io.github.keywharf.table.WriteReport;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What a load into a table reports to its listener, besides {@link io.github.keywharf.event.Progress}. */
public sealed interface CassandraLoadEvent extends Event {

    /**
     * The server cannot keep up; fewer requests are sent at a time, after a pause.
     *
     * @param work whose work it belongs to
     * @param subject the table
     * @param inFlight how many requests may be under way from now on
     * @param reason what the server said
     */
    record Throttled(Work work, String subject, int inFlight, String reason) implements CassandraLoadEvent {
        @Override
        public Level level() {
            return Level.INFO;
        }

        @Override
        public String message() {
            return "The server cannot keep up, at most " + inFlight + " requests at a time from now on: " + reason;
        }

        @Override
        public List<Fact> facts() {
            return List.of(Fact.count("in_flight", inFlight));
        }
    }

    /**
     * Requests failed because connections broke or nothing was answered; nothing is sent until a node answers.
     *
     * @param work whose work it belongs to
     * @param subject the table
     * @param reason what happened
     */
    record OutageBegan(Work work, String subject, String reason) implements CassandraLoadEvent {
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
     * @param work whose work it belongs to
     * @param subject the table
     * @param lasted how long nothing was sent
     */
    record OutageEnded(Work work, String subject, Duration lasted) implements CassandraLoadEvent {
        @Override
        public Level level() {
            return Level.INFO;
        }

        @Override
        public String message() {
            return String.format(Locale.ROOT, "A node answers again after %.1f s", lasted.toMillis() / 1e3);
        }

        @Override
        public List<Fact> facts() {
            return List.of(Fact.time("took", lasted));
        }
    }

    /**
     * A node was restarted or went away, and may have forgotten what it acknowledged: these rows are sent again.
     *
     * @param work whose work it belongs to
     * @param subject the table
     * @param rows how many
     */
    record RowsSentAgain(Work work, String subject, long rows) implements CassandraLoadEvent {
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

        @Override
        public List<Fact> facts() {
            return List.of(Fact.count("rows", rows));
        }
    }

    /**
     * The load goes on from its checkpoint.
     *
     * @param work whose work it belongs to
     * @param subject the table
     * @param rows how many rows of the source are passed over, because they were written before
     */
    record Resumed(Work work, String subject, long rows) implements CassandraLoadEvent {
        @Override
        public Level level() {
            return Level.INFO;
        }

        @Override
        public String message() {
            return String.format(Locale.ROOT, "The load goes on after row %,d", rows);
        }

        @Override
        public List<Fact> facts() {
            return List.of(Fact.count("rows", rows));
        }
    }

    /**
     * All rows are acknowledged or rejected.
     *
     * @param work whose work it belongs to
     * @param subject the table
     * @param report what was done
     */
    record Finished(Work work, String subject, WriteReport report) implements CassandraLoadEvent {
        @Override
        public Level level() {
            return Level.INFO;
        }

        @Override
        public String message() {
            return report.toString();
        }

        @Override
        public List<Fact> facts() {
            return List.of(
                    Fact.count("rows", report.written()),
                    Fact.count("rejected", report.rejected()),
                    Fact.bytes("bytes", report.bytes()),
                    Fact.time("took", report.took()));
        }
    }
}
