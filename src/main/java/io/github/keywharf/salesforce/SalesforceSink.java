package io.github.keywharf.salesforce;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.Pause;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.Origin;
import io.github.keywharf.table.Origins;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.WriteCounts;
import io.github.keywharf.table.WriteReport;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows into the records of one object: few by collections of the REST API, many by jobs of Bulk API 2.0.
 *
 * <p>Columns are fields of the same name; {@code Owner.Ext__c} is a related record by its external id. Points in time are sent
 * in UTC with milliseconds, timestamps without a zone as if they were UTC; an empty text is null, as Salesforce has no other.
 * Each row that the org refuses, or that cannot be sent, is rejected with where it came from.
 *
 * <p>No insert is sent twice unless it is certain that the first had no effect. Where that is not known the load ends with
 * {@code salesforce.outcome_unknown}; with a {@link Builder#checkpoint} the next run finds it out.
 *
 * <p>Immutable and thread-safe, but for the listeners, which are called on the writing thread. A load is not a transaction:
 * when it fails, what was written stays. Takes some 30 bytes of memory for each row of a job, and a temporary file.
 */
public final class SalesforceSink implements RowSink {
    private final SalesforceCalls calls;
    private final SalesforceSinkOptions options;

    private SalesforceSink(SalesforceCalls calls, SalesforceSinkOptions options) {
        this.calls = calls;
        this.options = options;
    }

    /** Which API takes the rows. */
    public enum Via {
        /** REST for at most {@link Builder#autoRows} rows, Bulk for more, for hard deletes, and with a checkpoint. */
        AUTO,
        /** Collections of 200 records, each an API call that is answered when it is done. */
        REST,
        /** Jobs of Bulk API 2.0, each a file of CSV. */
        BULK
    }

    /** What an absent value does to a field. */
    public enum Nulls {
        /** It clears the field. */
        CLEAR,
        /** It leaves the field as it is, or gives a new record the field's default. */
        KEEP
    }

    /** Learns which record a row is. */
    @FunctionalInterface
    public interface IdListener {

        /**
         * A row is in the org.
         *
         * @param origin where the row came from
         * @param id of the record
         * @param created whether it is new
         */
        void written(Origin origin, String id, boolean created);
    }

    /**
     * Writes all rows and closes them.
     *
     * @throws KeywharfException {@code salesforce.bad_columns} before anything is sent when the columns do not fit;
     *     {@code salesforce.job_failed} when the org processed nothing of a job; {@code salesforce.outcome_unknown} and
     *     {@code salesforce.job_unknown} when it is not known what became of some rows, which the message names;
     *     {@code salesforce.count_mismatch}; {@code salesforce.checkpoint_other}. Rows that were sent before stay
     */
    @Override
    public WriteReport write(Rows source, RejectListener rejects) {
        WriteCounts counts = new WriteCounts(options.object(), source, rejects);
        try (Rows rows = counts.rows()) {
            SalesforceSinkFields fields = SalesforceSinkFields.of(rows.schema(), options);
            SalesforceSinkNotes notes =
                    SalesforceSinkNotes.of(options, SalesforceSinkRun.digest(rows.schema(), options));
            Optional<SalesforceSinkNote> earlier = notes.latest();
            if (earlier.isPresent() && earlier.get().stage() == SalesforceSinkNote.Stage.FINISHED) {
                return earlier.get().done().report();
            }
            Rows located = located(rows);
            List<ColumnBatch> ahead = new ArrayList<>();
            if (options.via() == Via.REST || (options.via() == Via.AUTO && isFew(located, ahead))) {
                SalesforceCollections collections = new SalesforceCollections(calls, options, fields, counts);
                each(ahead, located, collections::add);
                SalesforceSinkNote.Totals totals = collections.finish();
                return counts.report(totals.written(), totals.bytes());
            }
            earlier.ifPresent(
                    note -> counts.leaveOut(LeftOut.byRejection(note.done().rejected())));
            try (SalesforceSinkRun run = new SalesforceSinkRun(calls, options, fields, notes, earlier, counts)) {
                each(ahead, located, run::add);
                SalesforceSinkNote.Totals totals = run.totals(rows.leftOut());
                WriteReport report = counts.report(totals.written(), totals.bytes());
                run.finish(totals);
                return report;
            }
        }
    }

    /** The rows, all with where they came from. */
    private Rows located(Rows rows) {
        AtomicLong read = new AtomicLong();
        return rows.map(rows.schema(), batch -> {
            long before = read.getAndAdd(batch.size());
            return batch.origins().isPresent()
                    ? batch
                    : batch.withOrigins(Origins.consecutive(options.source(), before + 1, batch.size()));
        });
    }

    /** Whether the rows are so few that they go by REST; reads as far ahead as it takes to know. */
    private boolean isFew(Rows rows, List<ColumnBatch> ahead) {
        for (long read = 0; read <= options.autoRows(); ) {
            ColumnBatch batch = rows.next();
            if (batch == null) {
                return true;
            }
            ahead.add(batch);
            read += batch.size();
        }
        return false;
    }

    private static void each(List<ColumnBatch> ahead, Rows rest, Consumer<ColumnBatch> taker) {
        ahead.forEach(taker);
        ahead.clear();
        for (ColumnBatch batch = rest.next(); batch != null; batch = rest.next()) {
            taker.accept(batch);
        }
    }

    @Override
    public String toString() {
        return "SalesforceSink[" + options.operation().text() + " " + options.object() + "]";
    }

    /** Settings of a {@link SalesforceSink}, which inserts unless said otherwise. Setters change this builder and return it. */
    public static final class Builder {
        /**
         * The most rows that {@link Via#AUTO} sends by REST, 2,000: the vendor recommends Bulk above
         * (https://developer.salesforce.com/docs/platform/api-asynch/guide/asynch-api-intro.html).
         */
        public static final int DEFAULT_AUTO_ROWS = 2_000;

        /** The most bytes of a job, 100,000,000: the limit is 150 MB when counted in Base64. */
        public static final long DEFAULT_CHUNK_BYTES = 100_000_000;

        private final SalesforceCalls calls;
        private final String object;
        private SalesforceSinkOptions.Operation operation = SalesforceSinkOptions.Operation.INSERT;
        private String externalId = "";
        private Via via = Via.AUTO;
        private int autoRows = DEFAULT_AUTO_ROWS;
        private Nulls nulls = Nulls.CLEAR;
        private boolean allOrNone;
        private String assignmentRule = "";
        private long chunkBytes = DEFAULT_CHUNK_BYTES;
        private final Map<String, String> columns = new LinkedHashMap<>();
        private SalesforceSinkOptions.@Nullable Checkpoint checkpoint;
        private @Nullable IdListener ids;
        private SalesforceBulkOptions bulk = SalesforceBulkOptions.defaults();

        Builder(SalesforceCalls calls, String object) {
            this.calls = calls;
            this.object = SalesforceSinkFields.requireName("an object", object);
            if (object.contains(".")) {
                throw new IllegalArgumentException("'" + object + "' is not the name of an object");
            }
        }

        /** Each row is a new record. */
        public Builder insert() {
            return operation(SalesforceSinkOptions.Operation.INSERT, "");
        }

        /** Each row changes the record of its {@code Id}. */
        public Builder update() {
            return operation(SalesforceSinkOptions.Operation.UPDATE, "");
        }

        /** Each row changes the record with its value of this field, or is a new one if there is none. */
        public Builder upsert(String field) {
            SalesforceSinkFields.requireName("a field", field);
            if (field.contains(".")) {
                throw new IllegalArgumentException(
                        "'" + field + "' is a field of another object; name one of " + object);
            }
            return operation(SalesforceSinkOptions.Operation.UPSERT, field);
        }

        /** The records of the rows' {@code Id} go to the Recycle Bin; other columns are not looked at. */
        public Builder delete() {
            return operation(SalesforceSinkOptions.Operation.DELETE, "");
        }

        /** The records of the rows' {@code Id} are deleted for good, which takes a permission; other columns are not looked at. */
        public Builder hardDelete() {
            return operation(SalesforceSinkOptions.Operation.HARD_DELETE, "");
        }

        private Builder operation(SalesforceSinkOptions.Operation chosen, String field) {
            operation = chosen;
            externalId = field;
            return this;
        }

        /** Which API takes the rows; {@link Via#AUTO} by default. */
        public Builder via(Via which) {
            via = Objects.requireNonNull(which, "which");
            return this;
        }

        /** The most rows that {@link Via#AUTO} sends by REST, 0 to 1,000,000; {@value #DEFAULT_AUTO_ROWS} by default. */
        public Builder autoRows(int rows) {
            autoRows = Checks.between("autoRows", rows, 0, SalesforceChunk.MAX_ROWS);
            return this;
        }

        /** What absent values do; they clear the field by default. */
        public Builder nulls(Nulls what) {
            nulls = Objects.requireNonNull(what, "what");
            return this;
        }

        /** Whether one refused row makes the org undo all 200 of its call; off by default, and only by REST. */
        public Builder allOrNone(boolean on) {
            allOrNone = on;
            return this;
        }

        /** The id of an assignment rule for cases or leads; none by default. */
        public Builder assignmentRule(String id) {
            if (!SalesforceId.isId(id)) {
                throw new IllegalArgumentException(
                        "'" + Cut.printable(id, 40) + "' is not an id of 15 or 18 letters and digits");
            }
            assignmentRule = id;
            return this;
        }

        /** The most bytes of one job, 1,000 to 100,000,000; {@value #DEFAULT_CHUNK_BYTES} by default. A job has at most a million rows. */
        public Builder chunkBytes(long bytes) {
            chunkBytes = Checks.between("chunkBytes", bytes, 1_000, DEFAULT_CHUNK_BYTES);
            return this;
        }

        /** Writes a column of the rows into a field of another name; {@code Owner.Ext__c} for a related record's external id. */
        public Builder column(String ofRows, String field) {
            columns.put(Objects.requireNonNull(ofRows, "ofRows"), SalesforceSinkFields.requireName("a field", field));
            return this;
        }

        /**
         * Notes in a store which jobs there are, so that after this process was killed, at whatever moment, the same call with
         * the same rows goes on: a job that was not closed is replaced, one that was is waited for and its results are taken.
         * Rejected rows of the job under way may be reported again. Jobs are asked within the 7 days that the org keeps them.
         *
         * <p>A finished load leaves its last note: the same call for the same source reads nothing and returns the first
         * report, and another source starts over. Two loads must not use one checkpoint at a time.
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
            checkpoint = new SalesforceSinkOptions.Checkpoint(store, key, source);
            store.under(key);
            return this;
        }

        /**
         * Receives the id of each row's record; with jobs, their results are downloaded for it. Jobs that an earlier run of a
         * checkpoint has finished are not reported again.
         */
        public Builder ids(IdListener listener) {
            ids = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /** How long a job may take; 6 hours by default. */
        public Builder patience(Duration wait) {
            bulk = bulk.withLongestWait(wait);
            return this;
        }

        /** Where temporary files are made, each as large as a job; the directory of temporary files by default. */
        public Builder temporaryFiles(Path directory) {
            bulk = bulk.withDirectory(Objects.requireNonNull(directory, "directory"));
            return this;
        }

        /** The clock by which waits are measured, and how to wait. */
        public Builder clock(InstantSource clock, Pause pause) {
            bulk = bulk.withTime(clock, pause);
            return this;
        }

        /**
         * The sink. Asks the org nothing.
         *
         * @throws IllegalStateException when {@link Via#REST} is given for hard deletes or with a checkpoint, or
         *     {@link #allOrNone} without {@link Via#REST}
         */
        public SalesforceSink build() {
            boolean hard = operation == SalesforceSinkOptions.Operation.HARD_DELETE;
            if (via == Via.REST && hard) {
                throw new IllegalStateException("REST has no hardDelete(); use delete(), or via(BULK)");
            }
            if (via == Via.REST && checkpoint != null) {
                throw new IllegalStateException("via(REST) has no checkpoint(…): a call's outcome cannot be asked after"
                        + " later; use via(BULK)");
            }
            if (allOrNone && via != Via.REST) {
                throw new IllegalStateException("allOrNone(true) is of REST; give via(REST) with it");
            }
            Via chosen = via == Via.AUTO && (hard || checkpoint != null) ? Via.BULK : via;
            return new SalesforceSink(
                    calls,
                    new SalesforceSinkOptions(
                            object,
                            operation,
                            externalId,
                            chosen,
                            autoRows,
                            nulls,
                            allOrNone,
                            assignmentRule,
                            chunkBytes,
                            columns,
                            checkpoint,
                            ids,
                            bulk));
        }

        @Override
        public String toString() {
            return "SalesforceSink.Builder[" + object + "]";
        }
    }
}
