package io.github.keywharf.totesys;

import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Work;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What a pipeline reports to its listener, besides {@link io.github.keywharf.event.Progress}. */
public sealed interface PipelineEvent extends Event {

    /**
     * A step has done its work for a batch.
     *
     * @param work whose work it belongs to
     * @param step which one
     * @param batch its number
     * @param rows how many rows it wrote
     * @param took since the step began
     */
    record StepFinished(Work work, PipelineStep step, long batch, long rows, Duration took) implements PipelineEvent {
        @Override
        public Level level() {
            return Level.INFO;
        }

        @Override
        public String subject() {
            return "batch " + batch;
        }

        @Override
        public String message() {
            return String.format(Locale.ROOT, "%s finished, %,d rows", step, rows);
        }

        @Override
        public List<Fact> facts() {
            return List.of(Fact.count("rows", rows), Fact.time("took", took));
        }

        /** One for each step, as the rows that one gives are those that the next one takes. */
        @Override
        public String kind() {
            return PipelineEvent.super.kind() + "." + step;
        }
    }

    /**
     * A step failed as a whole. What was committed before stays; the next run continues from there.
     *
     * @param work whose work it belongs to
     * @param step {@code extract}, {@code transform}, {@code load} or {@code run}
     * @param subject what it was about
     * @param reason the failure's message
     * @param failure the failure itself
     */
    record StepFailed(Work work, String step, String subject, String reason, Throwable failure)
            implements PipelineEvent {
        @Override
        public Level level() {
            return Level.ERROR;
        }

        @Override
        public String message() {
            return step + " failed: " + reason;
        }
    }

    /**
     * A table was left out of a batch because it is not as expected; the others are read.
     *
     * @param work whose work it belongs to
     * @param table the source table
     * @param reason what is wrong with it
     */
    record TableStopped(Work work, String table, String reason) implements PipelineEvent {
        @Override
        public Level level() {
            return Level.ERROR;
        }

        @Override
        public String subject() {
            return table;
        }

        @Override
        public String message() {
            return reason;
        }
    }

    /**
     * A table gave no rows.
     *
     * @param work whose work it belongs to
     * @param table the source table
     */
    record TableUnchanged(Work work, String table) implements PipelineEvent {
        @Override
        public Level level() {
            return Level.DEBUG;
        }

        @Override
        public String subject() {
            return table;
        }

        @Override
        public String message() {
            return "Nothing new";
        }
    }

    /**
     * Rows of a table were rejected.
     *
     * @param work whose work it belongs to
     * @param table the table they were meant for
     * @param rows how many
     * @param file where they lie with their reasons
     */
    record RowsRejected(Work work, String table, long rows, String file) implements PipelineEvent {
        @Override
        public Level level() {
            return Level.WARNING;
        }

        @Override
        public String subject() {
            return table;
        }

        @Override
        public String message() {
            return String.format(
                    Locale.ROOT,
                    "%,d %s rejected; see %s, and repair()",
                    rows,
                    rows == 1 ? "row was" : "rows were",
                    file);
        }

        @Override
        public List<Fact> facts() {
            return List.of(Fact.count("rows", rows));
        }
    }

    /**
     * The warehouse is further behind the source than allowed.
     *
     * @param work whose work it belongs to
     * @param subject the warehouse
     * @param lag how far behind it is
     * @param threshold how far it may be
     */
    record LagExceeded(Work work, String subject, Duration lag, Duration threshold) implements PipelineEvent {
        @Override
        public Level level() {
            return Level.ERROR;
        }

        @Override
        public String message() {
            return "The warehouse is " + lag + " behind the source, more than the " + threshold + " allowed";
        }

        @Override
        public List<Fact> facts() {
            return List.of(Fact.time("lag", lag));
        }
    }

    /**
     * The source no longer keeps all changes since the newest batch: the feed was dropped, or the server gave it up as it
     * held back too much of the log. This batch is read from the tables, and the next run reconciles.
     *
     * @param work whose work it belongs to
     * @param subject the feed
     */
    record FeedLost(Work work, String subject) implements PipelineEvent {
        @Override
        public Level level() {
            return Level.ERROR;
        }

        @Override
        public String message() {
            return "The source does not keep all changes since the last batch: the replication slot was dropped, or it"
                    + " held back more of the log than max_slot_wal_keep_size. The feed begins again; changed rows are"
                    + " read from the tables now and deletions are found by a reconciliation, but versions in between are"
                    + " not seen. Run more often, or raise that limit";
        }
    }

    /**
     * A run did nothing because another one is under way.
     *
     * @param work whose work it belongs to
     * @param subject the pipeline
     * @param holder who runs
     */
    record RunSkipped(Work work, String subject, String holder) implements PipelineEvent {
        @Override
        public Level level() {
            return Level.WARNING;
        }

        @Override
        public String message() {
            return "Skipped: " + holder;
        }
    }
}
