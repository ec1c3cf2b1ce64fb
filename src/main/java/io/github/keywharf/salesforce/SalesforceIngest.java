package io.github.keywharf.salesforce;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.internal.Backoff;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Origin;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Rows;
import java.time.Duration;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sends chunks as ingest jobs, and reads what became of their rows.
 *
 * <p>A job processes nothing before it is closed, and what is closed is asked after and never sent again. So the id of a job is
 * noted before its data are sent, and that it is being closed before that: whatever the moment at which this process ends, the
 * next run knows whether the rows may have been processed, and by which job.
 *
 * @see <a href="https://developer.salesforce.com/docs/platform/api-asynch/guide/walkthrough-bulk-insert.html">Ingest jobs</a>
 */
record SalesforceIngest(
        SalesforceCalls calls,
        SalesforceSinkOptions options,
        SalesforceSinkFields fields,
        SalesforceBulkDownload download,
        RejectListener rejects) {
    /** How often data are sent, each time in a new job, or a job is asked to close, 4 times. */
    private static final int ATTEMPTS = 4;

    /** How often rows that a job refused for a lock, or left out where twice does no harm, are sent again in a job of their own. */
    private static final int RESENDS = 2;

    private static final String LOCKED = "UNABLE_TO_LOCK_ROW:";

    private static final Backoff PAUSES = Backoff.doubling(Duration.ofSeconds(1), Duration.ofSeconds(4));
    private static final int MAX_REASON = 1_000;

    /** {@code REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --}. */
    private static final Pattern ERROR = Pattern.compile("([A-Z][A-Z0-9_]*):(.*?):([\\w, ]*) --", Pattern.DOTALL);

    /** What became of a chunk's rows. */
    record Outcome(long written, long rejected) {}

    /** Notes how far the last of a chunk's jobs is, before that is so. Those before it have ended. */
    @FunctionalInterface
    interface Noting {
        void note(SalesforceSinkNote.Stage stage, List<String> jobs);

        /** For the job after this one, which is given what this one did not write. */
        default Noting after(String job) {
            return (stage, jobs) ->
                    note(stage, Stream.concat(Stream.of(job), jobs.stream()).toList());
        }
    }

    /** Jobs that an earlier run has noted, in their order, of which the last one is at that stage. */
    private record Earlier(List<String> jobs, SalesforceSinkNote.Stage stage) {
        SalesforceSinkNote.Stage first() {
            return jobs.size() > 1 ? SalesforceSinkNote.Stage.CLOSING : stage;
        }

        Earlier rest() {
            return new Earlier(jobs.subList(1, jobs.size()), stage);
        }
    }

    /** Sends a chunk, or takes what the jobs of an earlier run did with it, and reports its rows. */
    Outcome load(SalesforceChunk chunk, Optional<SalesforceSinkNote> earlier, Noting noting) {
        return load(
                chunk,
                earlier.map(note -> new Earlier(note.jobs(), note.stage()))
                        .orElseGet(() -> new Earlier(List.of(), SalesforceSinkNote.Stage.BEFORE)),
                noting,
                RESENDS);
    }

    private Outcome load(SalesforceChunk chunk, Earlier earlier, Noting noting, int resends) {
        Optional<Ended> ended = earlier.jobs().isEmpty()
                ? Optional.empty()
                : recovered(earlier.jobs().get(0), earlier.first(), chunk);
        return ended.isPresent()
                ? outcome(ended.get(), chunk, earlier.rest(), noting, resends)
                : outcome(sent(chunk, noting), chunk, new Earlier(List.of(), earlier.stage()), noting, resends);
    }

    private record Ended(SalesforceBulkJob job, SalesforceBulkJob.Info info) {}

    private SalesforceBulkJob created() {
        ObjectNode request =
                SalesforceBulkJob.request(options.operation().text()).put("object", options.object());
        if (options.operation() == SalesforceSinkOptions.Operation.UPSERT) {
            request.put("externalIdFieldName", options.externalId());
        }
        if (!options.assignmentRule().isEmpty()) {
            request.put("assignmentRuleId", options.assignmentRule());
        }
        return SalesforceBulkJob.create(calls, "ingest", request);
    }

    private static boolean isUnanswered(KeywharfException e) {
        return SalesforceErrors.leavesOpen(e) || e.code().equals(HttpClients.UNREACHABLE);
    }

    private Ended sent(SalesforceChunk chunk, Noting noting) {
        for (int attempt = 1; ; attempt++) {
            SalesforceBulkJob job = created();
            noting.note(SalesforceSinkNote.Stage.CREATED, List.of(job.id()));
            try {
                calls.send(
                                "PUT",
                                job.path() + "/batches",
                                Map.of("Content-Type", "text/csv"),
                                HttpBody.file(chunk.file()),
                                false)
                        .close();
            } catch (KeywharfException e) {
                // The job is open, so that nothing of it was processed; another takes its place.
                job.abandon();
                if (attempt == ATTEMPTS || !isUnanswered(e)) {
                    throw e;
                }
                job.pause(options.bulk(), PAUSES.pause(attempt));
                continue;
            }
            noting.note(SalesforceSinkNote.Stage.CLOSING, List.of(job.id()));
            close(job, chunk);
            return awaited(job, chunk);
        }
    }

    /** Closes the job, so that it processes its data. If it is not known whether it did, the job is asked. */
    private void close(SalesforceBulkJob job, SalesforceChunk chunk) {
        for (int attempt = 1; ; attempt++) {
            try {
                job.request(SalesforceBulkJob.State.UPLOAD_COMPLETE);
                return;
            } catch (KeywharfException e) {
                SalesforceBulkJob.State state;
                try {
                    state = job.info().state();
                } catch (KeywharfException unread) {
                    e.addSuppressed(unread);
                    throw unknown(job, chunk, e);
                }
                if (state != SalesforceBulkJob.State.OPEN) {
                    return;
                }
                if (attempt == ATTEMPTS || !isUnanswered(e)) {
                    throw SalesforceErrors.leavesOpen(e) ? unknown(job, chunk, e) : e;
                }
                job.pause(options.bulk(), PAUSES.pause(attempt));
            }
        }
    }

    private Ended awaited(SalesforceBulkJob job, SalesforceChunk chunk) {
        try {
            return new Ended(job, job.await(options.bulk(), chunk.rows()));
        } catch (KeywharfException e) {
            throw unknown(job, chunk, e);
        }
    }

    private KeywharfException unknown(SalesforceBulkJob job, SalesforceChunk chunk, KeywharfException cause) {
        if (cause.code().equals(KeywharfException.INTERRUPTED)) {
            return cause;
        }
        return new KeywharfException(
                cause.is(SalesforceBulkJob.UNKNOWN) ? SalesforceBulkJob.UNKNOWN : SalesforceErrors.OUTCOME_UNKNOWN,
                job.subject(),
                "It is not known what became of " + chunk.described() + ", which the job was given to "
                        + options.operation().text() + ": " + cause.getMessage() + "; "
                        + (options.checkpoint() != null && !cause.code().equals(SalesforceBulkJob.UNKNOWN)
                                ? "the next run with the same checkpoint asks the job"
                                : "look at the job in the org before you send these rows again"),
                cause);
    }

    /**
     * What the job that an earlier run noted did with the chunk; empty when it did nothing, and the chunk is to be sent.
     *
     * @throws KeywharfException {@code salesforce.job_unknown} when the job was closed and is gone, so that nobody knows, and
     *     sending the rows again could double them
     */
    private Optional<Ended> recovered(String noted, SalesforceSinkNote.Stage stage, SalesforceChunk chunk) {
        boolean mayHaveRun = stage == SalesforceSinkNote.Stage.CLOSING;
        SalesforceBulkJob job;
        SalesforceBulkJob.Info info;
        try {
            job = SalesforceBulkJob.find(calls, "ingest", noted);
            info = job.info();
        } catch (KeywharfException e) {
            if (!e.code().equals(SalesforceBulkJob.UNKNOWN)) {
                throw e;
            }
            if (!mayHaveRun || options.operation().isIdempotent()) {
                return Optional.empty();
            }
            throw e.about(
                    calls.subject("job " + noted),
                    "An earlier run gave the job " + chunk.described() + " to "
                            + options.operation().text()
                            + ", and it is not there any more, so that it cannot be known whether they are in the org;"
                            + " look for them there, and begin a checkpoint for those that are not");
        }
        if (info.state() == SalesforceBulkJob.State.OPEN) {
            if (!mayHaveRun) {
                // Perhaps without all of its data, and nobody has asked for it to be closed: it never runs.
                job.request(SalesforceBulkJob.State.ABORTED);
                return Optional.empty();
            }
            // With all of its data. It is closed rather than replaced, as an earlier request for that may still arrive.
            close(job, chunk);
            return Optional.of(awaited(job, chunk));
        }
        Ended ended = info.state().hasEnded() ? new Ended(job, info) : awaited(job, chunk);
        if (!didNothing(ended.info())) {
            return Optional.of(ended);
        }
        // Where a job failed before it came to a row, its cause may have been corrected since: the rows are sent again.
        // One
        // that somebody aborted may have rows in work that it does not count yet.
        if (ended.info().state() == SalesforceBulkJob.State.FAILED
                || !mayHaveRun
                || options.operation().isIdempotent()) {
            return Optional.empty();
        }
        throw new KeywharfException(
                SalesforceErrors.OUTCOME_UNKNOWN,
                job.subject(),
                "The job was aborted after it was given " + chunk.described() + " to "
                        + options.operation().text()
                        + ", and it may have had rows in work; look for them in the org, and begin a checkpoint for those"
                        + " that are not there");
    }

    private static boolean didNothing(SalesforceBulkJob.Info info) {
        return info.state() != SalesforceBulkJob.State.JOB_COMPLETE && info.processed() == 0;
    }

    private Outcome outcome(Ended ended, SalesforceChunk chunk, Earlier earlier, Noting noting, int resends) {
        SalesforceBulkJob job = ended.job();
        SalesforceBulkJob.Info info = ended.info();
        if (didNothing(info)) {
            throw job.failed(info);
        }
        BitSet again = new BitSet();
        Outcome outcome;
        try {
            SalesforceChunk.Matcher matcher = chunk.matcher();
            long failed = each(job, "failedResults", (texts, result) -> {
                int ordinal = matcher.take(texts);
                String error = value(result, "sf__Error");
                if (resends > 0 && ordinal >= 0 && error.startsWith(LOCKED)) {
                    // It was not written, so that sending it again doubles nothing.
                    again.set(ordinal);
                } else {
                    reject(chunk, ordinal, texts, error);
                }
            });
            int locked = again.cardinality();
            long written = written(job, info, chunk, matcher, failed);
            BitSet left = new BitSet();
            long unprocessed = written + failed == chunk.rows()
                    ? 0
                    : each(job, "unprocessedrecords", (texts, result) -> {
                        int ordinal = matcher.take(texts);
                        if (ordinal >= 0) {
                            left.set(ordinal);
                        }
                    });
            if (written + failed + unprocessed != chunk.rows() || left.cardinality() != unprocessed) {
                throw new KeywharfException(
                        SalesforceErrors.COUNT_MISMATCH,
                        job.subject(),
                        "The job was given " + chunk.described() + ", and reports " + written + " successful, " + failed
                                + " failed and " + unprocessed + " unprocessed ones; look at the job in the org");
            }
            outcome = new Outcome(written, failed - locked);
            if (options.operation().isIdempotent() && resends > 0) {
                again.or(left);
            } else if (unprocessed > 0) {
                leftOut(chunk, left, job, info);
                outcome = new Outcome(written, failed - locked + unprocessed);
            }
        } catch (KeywharfException e) {
            throw isUnanswered(e) || e.code().equals(SalesforceBulkJob.UNKNOWN) ? unknown(job, chunk, e) : e;
        }
        if (again.isEmpty()) {
            return outcome;
        }
        SalesforceChunk rest = chunk.subset(again, download.file());
        try {
            rest.finish();
            if (earlier.jobs().isEmpty()) {
                job.pause(options.bulk(), PAUSES.pause(RESENDS + 1 - resends));
            }
            Outcome more = resent(rest, earlier, noting.after(job.id()), resends - 1);
            return new Outcome(outcome.written() + more.written(), outcome.rejected() + more.rejected());
        } finally {
            rest.discard();
        }
    }

    /**
     * Sends what a job did not write. Where that cannot even begin, what became of the other rows is known, which an error
     * would not say: the rows of an insert are rejected then. A checkpoint knows it, so that the next run goes on.
     */
    private Outcome resent(SalesforceChunk rest, Earlier earlier, Noting noting, int resends) {
        boolean[] mayRun = {options.operation().isIdempotent() || options.checkpoint() != null};
        try {
            return load(
                    rest,
                    earlier,
                    (stage, jobs) -> {
                        mayRun[0] |= stage == SalesforceSinkNote.Stage.CLOSING;
                        noting.note(stage, jobs);
                    },
                    resends);
        } catch (KeywharfException e) {
            if (mayRun[0] || e.code().equals(KeywharfException.INTERRUPTED)) {
                throw e;
            }
            BitSet all = new BitSet();
            all.set(0, rest.rows());
            rejectAll(
                    rest,
                    all,
                    LOCKED + " a record was locked, and the row could not be sent again: " + e.getMessage(),
                    calls.subject("jobs/ingest"));
            return new Outcome(0, rest.rows());
        }
    }

    private long written(
            SalesforceBulkJob job,
            SalesforceBulkJob.Info info,
            SalesforceChunk chunk,
            SalesforceChunk.Matcher matcher,
            long failed) {
        SalesforceSink.IdListener ids = options.ids();
        if (ids == null && info.processed() >= 0 && info.failed() == failed) {
            // Who does not ask for ids need not download all rows again: the job's own counts say it.
            return info.processed() - failed;
        }
        return each(job, "successfulResults", (texts, result) -> {
            int ordinal = matcher.take(texts);
            if (ids != null) {
                ids.written(
                        ordinal < 0 ? new Origin(options.source(), 0) : chunk.origin(ordinal),
                        value(result, "sf__Id"),
                        value(result, "sf__Created").equalsIgnoreCase("true"));
            }
        });
    }

    private void leftOut(SalesforceChunk chunk, BitSet left, SalesforceBulkJob job, SalesforceBulkJob.Info info) {
        String reason = "The job " + job.id() + " ended as "
                + info.state().name().toLowerCase(Locale.ROOT) + " before it came to this row, which is not in the org"
                + (info.error().isEmpty() ? "" : ": " + info.error());
        rejectAll(chunk, left, reason, job.subject());
    }

    private void rejectAll(SalesforceChunk chunk, BitSet left, String reason, String subject) {
        try (Rows rows = chunk.rows(left, download.file(), subject)) {
            int ordinal = left.nextSetBit(0);
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                for (int row = 0; row < batch.size(); row++) {
                    Map<String, String> result = result(batch, row);
                    reject(chunk, ordinal, texts(result), reason);
                    ordinal = left.nextSetBit(ordinal + 1);
                }
            }
        }
    }

    /** Takes a row of results: the texts that were sent, in their order, and all texts by their names. */
    @FunctionalInterface
    private interface Taking {
        void take(String[] texts, Map<String, String> result);
    }

    private long each(SalesforceBulkJob job, String results, Taking taking) {
        SalesforceBulkDownload.Page page;
        try {
            page = download.fetch(job.path() + "/" + results + "/");
        } catch (KeywharfException e) {
            throw e.code().equals(SalesforceErrors.NOT_FOUND) ? SalesforceBulkJob.unknown(calls, job.id(), e) : e;
        }
        long count = 0;
        try (Rows rows = SalesforceBulkCsv.texts(page.file(), job.subject())) {
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                for (int row = 0; row < batch.size(); row++) {
                    Map<String, String> result = result(batch, row);
                    taking.take(texts(result), result);
                    count++;
                }
            }
        } finally {
            SalesforceBulkDownload.delete(page.file());
        }
        return count;
    }

    private static Map<String, String> result(ColumnBatch batch, int row) {
        Map<String, String> result = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < batch.schema().size(); i++) {
            String text = batch.column(i).isNull(row) ? "" : ((BytesVector) batch.column(i)).stringAt(row);
            result.putIfAbsent(batch.schema().column(i).name(), text);
        }
        return result;
    }

    private static String value(Map<String, String> result, String name) {
        return result.getOrDefault(name, "");
    }

    /** The texts of the fields that were sent, by name, as the server may give them in another order. */
    private String[] texts(Map<String, String> result) {
        List<SalesforceSinkFields.Field> sent = fields.fields();
        String[] texts = new String[sent.size()];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = value(result, sent.get(i).name());
        }
        return texts;
    }

    private void reject(SalesforceChunk chunk, int ordinal, String[] texts, String reason) {
        Origin origin = ordinal < 0 ? new Origin(options.source(), 0) : chunk.origin(ordinal);
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        for (int i = 0; i < texts.length; i++) {
            SalesforceSinkFields.Field field = fields.fields().get(i);
            row.put(field.column(), SalesforceSinkValues.value(field.type(), texts[i]));
        }
        String column = "";
        String said = reason.isEmpty() ? "The org gives no reason" : reason;
        Matcher error = ERROR.matcher(reason.strip());
        if (error.matches()) {
            String named = error.group(3).strip();
            column = fields.column(named);
            said = error.group(1) + ": " + error.group(2)
                    + (column.isEmpty() && !named.isEmpty() ? " (fields " + named + ")" : "");
        }
        rejects.rejected(
                new RejectedRow(origin.source(), origin.position(), column, Cut.printable(said, MAX_REASON), row));
    }
}
