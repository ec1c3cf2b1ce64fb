package io.github.keywharf.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Progress;
import io.github.keywharf.event.Work;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.internal.Backoff;
import io.github.keywharf.internal.Cut;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One job of Bulk API 2.0, known by its id, in the version it was made with: results of another version are refused with 409.
 *
 * @see <a href="https://developer.salesforce.com/docs/platform/api-asynch/guide/query-get-one-job.html">A query job</a>
 */
final class SalesforceBulkJob {
    /** Code of an error when the org does not know a job, or no longer. */
    static final String UNKNOWN = "salesforce.job_unknown";

    private static final Logger LOG = LoggerFactory.getLogger(SalesforceBulkJob.class);

    /** Pauses between two looks at a job, each half as long again as the one before: a job of an hour takes 200 calls. */
    static final Backoff PAUSES = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(20), 1.5, 0);

    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");
    private static final int MAX_TEXT = 500;
    private static final int MAX_NAME = 100;
    private static final String RECORDS = "records";

    /** How far a job is. */
    enum State {
        OPEN("Open"),
        UPLOAD_COMPLETE("UploadComplete"),
        IN_PROGRESS("InProgress"),
        JOB_COMPLETE("JobComplete"),
        FAILED("Failed"),
        ABORTED("Aborted");

        private final String text;

        State(String text) {
            this.text = text;
        }

        static Optional<State> of(String text) {
            return Arrays.stream(values()).filter(one -> one.text.equals(text)).findFirst();
        }

        boolean hasEnded() {
            return this == JOB_COMPLETE || this == FAILED || this == ABORTED;
        }
    }

    /**
     * What the server says of a job.
     *
     * @param processed how many rows it has processed, failed ones included; -1 when it does not say
     * @param failed how many of them failed; -1 when it does not say
     * @param error why it failed; may be empty
     */
    record Info(State state, long processed, long failed, String error) {}

    private final SalesforceCalls calls;
    private final String id;
    private final String path;
    private final String operation;
    private final String object;
    private final AtomicReference<@Nullable State> reported = new AtomicReference<>();

    private SalesforceBulkJob(SalesforceCalls calls, String path, String id, JsonNode answer) {
        this.calls = calls;
        this.path = path;
        this.id = id;
        this.operation = Cut.printable(answer.path("operation").asText(), MAX_NAME);
        this.object = Cut.printable(answer.path("object").asText(), MAX_NAME);
    }

    /** What a job of CSV is made by, to be completed. */
    static ObjectNode request(String operation) {
        return SalesforceCalls.JSON
                .createObjectNode()
                .put("operation", operation)
                .put("contentType", "CSV")
                .put("columnDelimiter", "COMMA")
                .put("lineEnding", "LF");
    }

    /** Makes a job. Twice does no harm: a job without data, or a query that nobody reads, changes nothing. */
    static SalesforceBulkJob create(SalesforceCalls calls, String kind, ObjectNode request) {
        HttpResponse response = calls.send("POST", "jobs/" + kind, JSON, HttpBody.of(request.toString()), true);
        return of(calls, kind, calls.object(response));
    }

    /** A job that was made before. */
    static SalesforceBulkJob find(SalesforceCalls calls, String kind, String id) {
        if (!SalesforceId.isId(id)) {
            throw new IllegalArgumentException(
                    "'" + Cut.printable(id, 40) + "' is not the id of a job, which has 15 or 18 letters and digits");
        }
        try {
            return of(calls, kind, calls.getObject("jobs/" + kind + "/" + id));
        } catch (KeywharfException e) {
            throw e.code().equals(SalesforceErrors.NOT_FOUND) ? unknown(calls, id, e) : e;
        }
    }

    private static SalesforceBulkJob of(SalesforceCalls calls, String kind, JsonNode answer) {
        String id = answer.path("id").asText();
        if (!SalesforceId.isId(id)) {
            throw bad(calls.subject("jobs/" + kind), "gives a job without an id");
        }
        JsonNode given = answer.path("apiVersion");
        String version = given.isNumber() || given.isTextual() ? "v" + given.asText() : calls.version();
        if (!version.matches("v\\d{1,3}(\\.\\d)?")) {
            throw bad(calls.subject("jobs/" + kind), "gives the job the version '" + Cut.printable(version, 20) + "'");
        }
        String path =
                "/services/data/" + (version.contains(".") ? version : version + ".0") + "/jobs/" + kind + "/" + id;
        SalesforceBulkJob job = new SalesforceBulkJob(calls, path, id, answer);
        job.reported(answer);
        return job;
    }

    static KeywharfException unknown(SalesforceCalls calls, String id, KeywharfException cause) {
        return new KeywharfException(
                UNKNOWN,
                calls.subject("job " + id),
                "The org has no such job (any more): jobs and their results are kept for 7 days, and only the user who"
                        + " made one sees it; begin a new one",
                cause);
    }

    private static KeywharfException bad(String subject, String what) {
        return new KeywharfException(
                "salesforce.bad_answer",
                subject,
                "The answer " + what + "; check the instance, and whether a proxy is in between");
    }

    /** The error of a job that was made for something else. */
    KeywharfException other(String what) {
        return new KeywharfException(
                "salesforce.job_other",
                subject(),
                "The job " + what
                        + "; resume it by the query that it was made for, or run this query without resume(…)");
    }

    String id() {
        return id;
    }

    /** Its path, which parts such as {@code /results} follow. */
    String path() {
        return path;
    }

    /** The number of its API version: 66. */
    int version() {
        return Integer.parseInt(path.substring("/services/data/v".length(), path.indexOf('.')));
    }

    String subject() {
        return calls.subject("job " + id);
    }

    KeywharfException bad(String what) {
        return bad(subject(), what);
    }

    /**
     * How far it is.
     *
     * @throws KeywharfException {@code salesforce.job_unknown} when it is not there any more
     */
    Info info() {
        JsonNode answer;
        try {
            answer = calls.getObject(path);
        } catch (KeywharfException e) {
            throw e.code().equals(SalesforceErrors.NOT_FOUND) ? unknown(calls, id, e) : e;
        }
        return reported(answer);
    }

    /** Reads an answer, and reports a state that is new. */
    private Info reported(JsonNode answer) {
        String text = answer.path("state").asText();
        State state =
                State.of(text).orElseThrow(() -> bad("gives the job the state '" + Cut.printable(text, 40) + "'"));
        Info info = new Info(
                state,
                answer.path("numberRecordsProcessed").asLong(-1),
                answer.path("numberRecordsFailed").asLong(-1),
                Cut.printable(answer.path("errorMessage").asText(""), MAX_TEXT));
        if (reported.getAndSet(state) != state) {
            report(info);
        }
        return info;
    }

    private void report(Info info) {
        long processed = Math.max(0, info.processed());
        long failed = Math.max(0, info.failed());
        calls.events()
                .report(
                        info.state() == State.FAILED ? Event.Level.WARNING : Event.Level.INFO,
                        "salesforce.job.changed",
                        Work.NONE.withTask(id),
                        operation + " " + object,
                        String.format(
                                Locale.ROOT,
                                "job %s is %s, %,d records processed, %,d of them failed",
                                id,
                                info.state().text,
                                processed,
                                failed),
                        info.state().hasEnded()
                                ? new Fact[] {Fact.count("processed", processed), Fact.count("failed", failed)}
                                : new Fact[0]);
    }

    /** What runs, for progress. */
    String title() {
        return operation + " " + object + " " + id;
    }

    void progress(String task, long done, long total, String unit, boolean finished) {
        calls.events().onEvent(new Progress(Work.NONE.withTask(id), task, done, total, unit, finished));
    }

    /** Whether it is this operation on this object. */
    boolean isOf(String otherOperation, String otherObject) {
        return operation.equals(otherOperation) && object.equalsIgnoreCase(otherObject);
    }

    /**
     * What it says when it has ended, however it did.
     *
     * @param rows how many it has; 0 when unknown
     */
    Info await(SalesforceBulkOptions options, long rows) {
        Instant end = options.clock().instant().plus(options.patience());
        long processed = 0;
        try {
            for (int looks = 1; ; looks++) {
                Info info = info();
                processed = Math.max(processed, info.processed());
                if (info.state().hasEnded()) {
                    return info;
                }
                progress(title(), processed, rows, RECORDS, false);
                if (!options.clock().instant().isBefore(end)) {
                    throw KeywharfException.retryable(
                            "salesforce.timeout",
                            subject(),
                            "The job is " + info.state().text + " after " + options.patience() + ", with "
                                    + processed
                                    + " rows processed; it goes on in the org: wait longer, or look at it there");
                }
                pause(options, PAUSES.pause(looks));
            }
        } finally {
            // Also after a failure, so that no bar stays.
            progress(title(), processed, rows, RECORDS, true);
        }
    }

    void pause(SalesforceBulkOptions options, Duration wait) {
        options.pause().of(wait, subject());
    }

    /** The error of a job that did not complete. */
    KeywharfException failed(Info info) {
        return new KeywharfException(
                "salesforce.job_failed",
                subject(),
                "The job ended as " + info.state().text
                        + (info.error().isEmpty() ? "" : ": " + info.error())
                        + "; correct what it names, or begin a new one");
    }

    /** Asks for a state: {@link State#UPLOAD_COMPLETE} or {@link State#ABORTED}. Sent once. */
    void request(State state) {
        String body = "{\"state\":\"" + state.text + "\"}";
        calls.send("PATCH", path, JSON, HttpBody.of(body.getBytes(StandardCharsets.UTF_8)), false)
                .close();
    }

    /** Aborts it unless it has ended; whether that works or not is left to the org, which removes jobs after 7 days. */
    void abandon() {
        quietly(() -> request(State.ABORTED));
    }

    /** Deletes it with its results, if the org lets that be done. */
    void delete() {
        quietly(() ->
                calls.send("DELETE", path, Map.of(), HttpBody.empty(), true).close());
    }

    private static void quietly(Runnable action) {
        try {
            action.run();
        } catch (KeywharfException e) {
            LOG.atDebug().setCause(e).log("A job is left to the org");
        }
    }
}
