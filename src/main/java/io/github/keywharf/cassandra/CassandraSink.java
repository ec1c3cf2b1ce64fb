package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.metadata.schema.TableMetadata;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Work;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Micros;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.WriteCounts;
import io.github.keywharf.table.WriteReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The bulk way into one table. Rows are grouped by partition over a window, written in batches of one partition, many at a
 * time, and sent again when a server was away.
 *
 * <p>Each row carries a timestamp of its own, the time the load began plus the number of the row in microseconds. So of
 * rows with one key the last of the input wins, sending a row again changes nothing, and a later load wins over an earlier
 * one as far as the clocks of the loading machines agree. Rows in the table whose timestamps lie in the future stay as they
 * are.
 *
 * <p>A load is not a transaction: when it fails, what was written stays, and loading the same rows again is harmless,
 * except into a table of counters, see {@link #OUTCOME_UNKNOWN}.
 *
 * <p>Immutable and thread-safe: one sink may write several streams of rows, also at the same time. A write runs on the
 * caller's thread and keeps two windows of rows in memory, and those acknowledged within {@link Builder#resendWindow} as far as
 * {@link Builder#resendMemory} allows.
 */
public final class CassandraSink implements RowSink {
    /**
     * How the reason of rejected rows of counter tables begins if it is not known whether the server added them: it did
     * not answer in time, or the connection broke. Adding is not harmless to repeat, so that such rows are never sent
     * again.
     */
    public static final String OUTCOME_UNKNOWN = "It is not known whether the row was added: ";

    /** The greatest timestamp used so far, so that a later load of this process always has greater ones. */
    private static final AtomicLong LATEST = new AtomicLong(Long.MIN_VALUE);

    private final CassandraContext context;
    private final BulkTableName name;
    private final BulkOptions options;

    private CassandraSink(CassandraContext context, BulkTableName name, BulkOptions options) {
        this.context = context;
        this.name = name;
        this.options = options;
    }

    /** This sink with {@link Nulls#NULL}, which leaves a tombstone for each absent value. */
    @Override
    public CassandraSink clearing() {
        BulkOptions clearing = options.copy();
        clearing.nulls = Nulls.NULL;
        return new CassandraSink(context, name, clearing);
    }

    /** What an absent value does to a column. */
    public enum Nulls {
        /** It leaves the column as it is. */
        UNSET,
        /** It deletes the column's value, which leaves a tombstone behind. */
        NULL
    }

    /**
     * Writes all rows and closes them. Rejected rows are reported in their order within a window, with the table as their
     * source, or the source of the checkpoint, and their number as their position.
     *
     * @throws io.github.keywharf.KeywharfException with code {@code cassandra.no_table} or
     *     {@code cassandra.table_mismatch} before the first row is read when the table is not there or does not take the
     *     rows; {@code cassandra.outage} when no node answers within the deadline; {@code cassandra.schema_changed} when
     *     the table was dropped or changed meanwhile; {@code cassandra.too_many_rejects}; and others when the server
     *     refuses. What was acknowledged before stays
     */
    @Override
    public WriteReport write(Rows source, RejectListener rejects) {
        WriteCounts counts = new WriteCounts(name.toString(), source, rejects);
        try (Rows rows = counts.rows()) {
            TableMetadata table = BulkMapping.table(context, name, options.patience);
            List<BulkColumn> columns = BulkTarget.columns(context, name, table, rows.schema(), options);
            BulkNodes nodes = new BulkNodes(context, name.toString(), options.resendWindow);
            nodes.note();
            BulkReader reader = new BulkReader(rows, options.windowRows);
            BulkOptions.Checkpoint wanted = options.checkpoint;
            if (wanted == null) {
                BulkPlan plan = new BulkPlan(name, table, columns, options, base());
                return load(plan, nodes, name.toString(), counts, BulkProgressLog.NONE, reader);
            }
            requireNoCounters(table);
            BulkNotes notes = new BulkNotes(wanted.store(), wanted.key());
            String fingerprint = BulkCheckpoint.fingerprint(name, rows.schema(), columns, options);
            Optional<BulkNote> found = BulkCheckpoint.find(notes, name, wanted.source(), fingerprint);
            if (found.isPresent() && found.get().finished()) {
                return found.get().report();
            }
            BulkNote first = new BulkNote(
                    name.toString(),
                    wanted.source(),
                    fingerprint,
                    base(),
                    1,
                    0,
                    BulkTotals.NONE,
                    BulkTotals.NONE,
                    nodes.generations(),
                    false,
                    Duration.ZERO,
                    null);
            BulkCheckpoint checkpoint = BulkCheckpoint.begin(notes, nodes, first, found);
            BulkPlan plan = new BulkPlan(name, table, columns, options, checkpoint.base());
            return load(plan, nodes, wanted.source(), counts, checkpoint, reader);
        }
    }

    private WriteReport load(
            BulkPlan plan, BulkNodes nodes, String source, WriteCounts counts, BulkProgressLog log, BulkReader reader) {
        BulkTarget target = new BulkTarget(context, name, plan, options, nodes, source, log);
        try {
            BulkLoad load = new BulkLoad(target, options, counts, log);
            long before = log.before().rows();
            if (before > 0) {
                target.listener.info(
                        "cassandra.load.resumed",
                        target.work,
                        name.toString(),
                        String.format(Locale.ROOT, "The load continues after row %,d", before),
                        Fact.count("rows", before));
            }
            if (!reader.skip(before)) {
                throw new KeywharfException(
                        "cassandra.checkpoint_other",
                        name.toString(),
                        "Source '" + source + "' has only " + reader.read() + " rows, but " + before
                                + " were written before; give the same rows, or use another checkpoint");
            }
            return load.run(reader);
        } finally {
            if (options.timestamp == null && plan.givesTimestamps) {
                LATEST.accumulateAndGet(plan.timestamp(reader.read() + 1, 0), Math::max);
            }
        }
    }

    private void requireNoCounters(TableMetadata table) {
        if (BulkPlan.isCounter(table)) {
            throw new KeywharfException(
                    "cassandra.counter_checkpoint",
                    name.toString(),
                    "A load into a table of counters cannot go on from a checkpoint, for rows must not be added twice;"
                            + " leave the checkpoint away");
        }
    }

    private long base() {
        Instant fixed = options.timestamp;
        return fixed != null
                ? Micros.of(fixed)
                : Math.max(Micros.of(context.clock().instant()), LATEST.get() + 1);
    }

    @Override
    public String toString() {
        return "CassandraSink[" + name + "]";
    }

    /** Settings of a {@link CassandraSink}. Setters change this builder and return it. */
    public static final class Builder {
        /**
         * Rows that are grouped by partition together, 20,000: files in the order of time have several rows of each
         * partition among them, and a window takes some megabytes.
         */
        public static final int DEFAULT_WINDOW_ROWS = 20_000;

        /** Rows of one batch at most, 50: larger ones are no faster and weigh on the server. */
        public static final int DEFAULT_BATCH_ROWS = 50;

        /** Requests under way at most, 128: the load finds by itself how many of them help, and a connection takes 1,024. */
        public static final int DEFAULT_PARALLELISM = 128;

        /** How long a load waits for a node, 5 minutes: longer than a restart takes. */
        public static final Duration DEFAULT_PATIENCE = Duration.ofMinutes(5);

        /**
         * How long acknowledged rows are kept in case a server forgets them, 15 s: a server writes its commit log to disk
         * every 10 s by default.
         */
        public static final Duration DEFAULT_RESEND_WINDOW = Duration.ofSeconds(15);

        /** Bytes of acknowledged rows kept at most, 128 MiB, or a quarter of the JVM's heap where that is less. */
        public static final long DEFAULT_RESEND_MEMORY =
                Math.min(128L << 20, Runtime.getRuntime().maxMemory() / 4);

        private static final int MAX_PARALLELISM = 1_000;

        private final CassandraContext context;
        private final BulkTableName name;
        private final BulkOptions options = new BulkOptions();
        private @Nullable Duration resendWindow;

        Builder(CassandraContext context, BulkTableName name) {
            this.context = context;
            this.name = name;
            options.batchRows = context.loads().batchRows();
            options.serverTimestamps = context.loads().serverTimestamps();
        }

        /** Rows grouped by partition together, 1 to 1,000,000; {@value #DEFAULT_WINDOW_ROWS} by default. */
        public Builder windowRows(int rows) {
            options.windowRows = Checks.between("windowRows", rows, 1, 1_000_000);
            return this;
        }

        /**
         * Rows of one batch at most, 1 to 1,000; {@value #DEFAULT_BATCH_ROWS} by default, 30 where {@link
         * CassandraManager.Builder#keyspaces} was used, 1 for no batches.
         */
        public Builder batchRows(int rows) {
            options.batchRows = Checks.between("batchRows", rows, 1, 1_000);
            return this;
        }

        /** Requests under way at most, 1 to 1,000; {@value #DEFAULT_PARALLELISM} by default. */
        public Builder parallelism(int requests) {
            options.parallelism = Checks.between("parallelism", requests, 1, MAX_PARALLELISM);
            return this;
        }

        /** Rows a second at most; without a limit by default. */
        public Builder rowsPerSecond(double rows) {
            if (!(rows > 0)) {
                throw new IllegalArgumentException("rowsPerSecond is greater than 0, not " + rows);
            }
            options.rowsPerSecond = rows;
            return this;
        }

        /** How many replicas acknowledge a row; as the manager has it by default. */
        public Builder consistency(ConsistencyLevel level) {
            options.consistency = Objects.requireNonNull(level, "level");
            return this;
        }

        /** What absent values do; by default they leave the column as it is. */
        public Builder nulls(Nulls what) {
            options.nulls = Objects.requireNonNull(what, "what");
            return this;
        }

        /** How long the rows live, in whole seconds, up to 20 years; as the table has it by default. */
        public Builder timeToLive(Duration duration) {
            if (duration.toSeconds() < 1
                    || !duration.equals(Duration.ofSeconds(duration.toSeconds()))
                    || duration.toSeconds() > 630_720_000L) {
                throw new IllegalArgumentException("timeToLive is whole seconds from 1 s to 20 years, not " + duration);
            }
            options.timeToLive = duration;
            return this;
        }

        /** Cuts what is finer than a millisecond off timestamps; rows with such a one are rejected by default. */
        public Builder cutTimestamps(boolean on) {
            options.cutTimestamps = on;
            return this;
        }

        /**
         * Writes a column of the rows into a column of the table. Others go by their names: the same name, or else the one
         * that differs in capitals and underscores only ({@code userId}, {@code user_id}).
         */
        public Builder column(String ofRows, String ofTable) {
            options.columns.put(Objects.requireNonNull(ofRows, "ofRows"), Objects.requireNonNull(ofTable, "ofTable"));
            return this;
        }

        /** Passes over columns of the rows that the table lacks; they are an error by default. */
        public Builder ignoreUnknownColumns(boolean on) {
            options.ignoreUnknownColumns = on;
            return this;
        }

        /**
         * The timestamp of the first row; each row has a microsecond more than the one before, or 16 in tables with lists
         * that are not frozen. The time at which the load begins by default. Not used for counters. Loaded twice with the
         * same timestamp, lists that are not frozen have their elements twice.
         */
        public Builder timestamp(Instant ofFirstRow) {
            Micros.of(ofFirstRow);
            options.timestamp = ofFirstRow;
            return this;
        }

        /**
         * Leaves it to the server to give rows their timestamps, for servers that refuse those of clients, which is the
         * default where {@link CassandraManager.Builder#keyspaces} was used; off otherwise.
         *
         * <p>Of rows with one key the last one still wins, since a row is sent only when all earlier ones of its key are
         * acknowledged, which is slower the closer together such rows are, or in tables with static columns the rows of a
         * partition. What is lost: a row that is sent again after its answer was lost, or by a run that goes on from a
         * checkpoint, overwrites what others wrote meanwhile; a request that the server carries out after it was given up
         * may overwrite a later row; and what was acknowledged is never sent again, so that there is no {@link
         * #resendWindow}. Not used for counters.
         */
        public Builder serverTimestamps(boolean on) {
            options.serverTimestamps = on;
            return this;
        }

        /**
         * Notes in a store how far the load is, so that after this process was killed the same call with the same rows
         * goes on from there; at most about two windows of rows are sent again, and rejects among them reported again. If
         * servers were restarted in between, it goes on from {@link #resendWindow} earlier.
         *
         * <p>A finished load leaves its last note: the same call for the same source reads nothing and returns the first
         * report, and another source starts over. A source that is not the one under way is refused. Not for tables of
         * counters. Two loads must not use one checkpoint at a time.
         *
         * @param store keeps the notes; it stays open
         * @param key the folder of the notes, with nothing else in it
         * @param source what the rows are, in all their versions: a file's name with its size or digest
         */
        public Builder checkpoint(ObjectStore store, String key, String source) {
            if (source.isBlank() || source.length() > 1_000) {
                throw new IllegalArgumentException(
                        "The source of a checkpoint has 1 to 1,000 characters, not '" + Cut.to(source, 80) + "'");
            }
            options.checkpoint = new BulkOptions.Checkpoint(store, key, source);
            store.under(key);
            return this;
        }

        /** How long the load waits for a node that answers; {@link #DEFAULT_PATIENCE} by default. */
        public Builder patience(Duration deadline) {
            options.patience = Checks.notNegative("patience", deadline);
            return this;
        }

        /**
         * How long acknowledged rows are kept to be sent again if a server was restarted, which may have forgotten
         * them; {@link #DEFAULT_RESEND_WINDOW} by default. Zero where commits are durable before they are acknowledged.
         */
        public Builder resendWindow(Duration window) {
            this.resendWindow = Checks.notNegative("resendWindow", window);
            return this;
        }

        /**
         * Bytes of values kept for {@link #resendWindow}; {@link #DEFAULT_RESEND_MEMORY} by default. If a server forgets
         * rows that are not kept, the load ends with {@code cassandra.rows_at_risk}.
         */
        public Builder resendMemory(long bytes) {
            options.resendMemory = Checks.notNegative("resendMemory", bytes);
            return this;
        }

        /** Ends the load when more rows than this are rejected; without a limit by default. */
        public Builder maxRejects(long rows) {
            options.maxRejects = Checks.notNegative("maxRejects", rows);
            return this;
        }

        /** Whose load it is, for events: the manager's organisation by default, with an id made for each load. */
        public Builder work(Work whose) {
            options.work = Objects.requireNonNull(whose, "whose");
            return this;
        }

        /** Receives progress, outages and overload; the manager's listener by default. */
        public Builder events(EventListener to) {
            options.listener = Objects.requireNonNull(to, "to");
            return this;
        }

        /**
         * The sink. Asks the server nothing.
         *
         * @throws IllegalStateException when {@link #serverTimestamps} is on together with {@link #timestamp} or {@link
         *     #resendWindow}
         */
        public CassandraSink build() {
            if (options.serverTimestamps && options.timestamp != null) {
                throw new IllegalStateException("timestamp(" + options.timestamp
                        + ") has no effect with serverTimestamps(true); leave one of them out");
            }
            if (options.serverTimestamps && resendWindow != null && !resendWindow.isZero()) {
                throw new IllegalStateException("resendWindow(" + resendWindow
                        + ") would overwrite newer values with serverTimestamps(true); leave one of them out");
            }
            BulkOptions built = options.copy();
            built.resendWindow = options.serverTimestamps
                    ? Duration.ZERO
                    : Objects.requireNonNullElse(resendWindow, DEFAULT_RESEND_WINDOW);
            return new CassandraSink(context, name, built);
        }

        @Override
        public String toString() {
            return "CassandraSink.Builder[" + name + "]";
        }
    }
}
