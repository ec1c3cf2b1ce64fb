package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Work;
import io.github.keywharf.internal.Backoff;
import io.github.keywharf.internal.Checks;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.appflow.AppflowClient;
import software.amazon.awssdk.services.appflow.model.CancelFlowExecutionsResponse;
import software.amazon.awssdk.services.appflow.model.ConflictException;
import software.amazon.awssdk.services.appflow.model.DescribeFlowExecutionRecordsResponse;
import software.amazon.awssdk.services.appflow.model.ExecutionRecord;
import software.amazon.awssdk.services.appflow.model.ListFlowsResponse;
import software.amazon.awssdk.services.appflow.model.ResourceNotFoundException;
import software.amazon.awssdk.services.appflow.model.StartFlowResponse;

/**
 * One flow of AppFlow: it is started, awaited, and its runs are listed.
 *
 * <pre>{@code
 * AppFlow flow = aws.flow("crm-contacts");
 * String id = flow.start().executionId().orElseThrow();
 * FlowRun run = flow.await(id, Duration.ofHours(1));
 * }</pre>
 *
 * <p>Thread-safe. It ends with its manager. Errors of all calls: {@code aws.flow_not_found}, {@code aws.bad_credentials},
 * {@code aws.denied}, {@code aws.wrong_region}, {@code aws.throttled} and {@code aws.unavailable} when all attempts failed,
 * {@code aws.failed} for the rest.
 *
 * @see <a href="https://docs.aws.amazon.com/appflow/1.0/APIReference/API_Operations.html">The API of AppFlow</a>
 */
public final class AppFlow {
    private static final String UNAVAILABLE = "aws.unavailable";

    private static final String THROTTLED = "aws.throttled";

    /**
     * How long a run that is awaited may be missing from the list of runs, 2 minutes: AppFlow lists a run some seconds after
     * it has started.
     */
    public static final Duration VISIBLE_WITHIN = Duration.ofMinutes(2);

    /** Pauses between two looks at a run, each half as long again as the one before: a run of an hour takes about 130 calls. */
    static final Backoff PAUSES = new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(30), 1.5, 0);

    /** How many looks in a row may fail, each after all attempts, 5: an outage of a few minutes. */
    static final int MAX_FAILED_LOOKS = 5;

    /** Of runs that started together the one that changed last is the later one; ids make the choice the same each time. */
    private static final Comparator<FlowRun> BY_START = Comparator.comparing(
                    (FlowRun run) -> run.started().orElse(run.updated()))
            .thenComparing(FlowRun::updated)
            .thenComparing(FlowRun::id);

    private final AwsClients clients;
    private final String name;
    private final @Nullable FlowSettings settings;

    AppFlow(AwsClients clients, String name, @Nullable FlowSettings settings) {
        this.clients = clients;
        this.name = FlowNames.flow(name);
        this.settings = settings;
    }

    /** All flows of the account in its region. */
    static Stream<FlowSummary> list(AwsClients clients) {
        return FlowPages.stream(
                "flows",
                token -> call(clients, "flows", client -> {
                    ListFlowsResponse page = client.listFlows(
                            request -> request.maxResults(FlowPages.PAGE_SIZE).nextToken(token));
                    return new FlowPages.Page<>(
                            page.flows().stream().map(FlowModel::summary).toList(), page.nextToken());
                }));
    }

    /** The name of the flow. */
    public String name() {
        return name;
    }

    /** Where the flow's files are by the settings of flow types; empty where only {@link #describe} says so. */
    Optional<FlowSettings> settings() {
        return Optional.ofNullable(settings);
    }

    /**
     * Starts a run, with a client token of its own: an answer that is lost on the way never starts a second run, however often
     * the request is repeated within this call.
     *
     * @throws KeywharfException {@code aws.flow_busy} when a run is in progress; {@code aws.start_unknown} when an
     *     answer may have been lost, with the token to go on with
     */
    public FlowStart start() {
        return start("keywharf-" + UUID.randomUUID());
    }

    /**
     * Starts a run unless this token started one already: AppFlow keeps tokens for 8 hours, and answers with the same run.
     *
     * @param clientToken 1 to 256 printable ASCII characters, such as the run of a schedule; not a secret
     * @throws KeywharfException {@code aws.flow_busy} when another run is in progress; {@code aws.start_unknown} when an answer
     *     may have been lost
     */
    public FlowStart start(String clientToken) {
        FlowNames.token(clientToken);
        try {
            StartFlowResponse started = call(
                    client -> client.startFlow(request -> request.flowName(name).clientToken(clientToken)));
            return new FlowStart(
                    FlowModel.state(started.flowStatus()),
                    Optional.ofNullable(started.executionId()).filter(id -> !id.isEmpty()));
        } catch (KeywharfException e) {
            if (!mayHaveStarted(e)) {
                throw e;
            }
            throw new KeywharfException(
                    "aws.start_unknown",
                    subject(),
                    "An answer was lost, and a run may have started; call start(\"" + clientToken
                            + "\") within 8 hours, which starts no second run",
                    e);
        }
    }

    /** Whether the answer of an attempt may have been lost; of several attempts any but the last may have had another end. */
    private static boolean mayHaveStarted(KeywharfException e) {
        return e.is(UNAVAILABLE)
                || (e.is(THROTTLED)
                        && e.getCause() instanceof SdkException last
                        && last.numAttempts() != null
                        && last.numAttempts() > 1);
    }

    /**
     * Waits until a run has ended, and returns it when it is successful. Its {@link FlowRun#putFailures} may be above 0 all the
     * same, and it may have no records, which is a warning among the events.
     *
     * @param executionId of the run, see {@link #start()}
     * @param timeout how long to wait; zero looks once
     * @throws KeywharfException {@code aws.flow_failed} with AppFlow's message, {@code aws.flow_canceled},
     *     {@code aws.flow_timeout} with the last status when the run goes on, {@code aws.flow_not_visible} when AppFlow does not
     *     list the run within {@link #VISIBLE_WITHIN}
     */
    public FlowRun await(String executionId, Duration timeout) {
        FlowNames.execution(executionId);
        Checks.notNegative("timeout", timeout);
        return new FlowWait(this, clients, executionId, timeout, Work.NONE.started("flow")).await();
    }

    /**
     * The runs that AppFlow remembers, in its order, which is not documented. Pages of 100 are fetched as they are read; a run
     * that has just started may be missing.
     */
    public Stream<FlowRun> runs() {
        return records().map(record -> FlowModel.run(subject(), record));
    }

    /**
     * A run.
     *
     * @throws KeywharfException {@code aws.no_run} when AppFlow does not list it
     */
    public FlowRun run(String executionId) {
        return find(FlowNames.execution(executionId))
                .map(record -> FlowModel.run(subject(), record))
                .orElseThrow(() -> new KeywharfException(
                        "aws.no_run",
                        subject(),
                        "AppFlow lists no run '" + executionId + "' of this flow; check the id and the region"));
    }

    /**
     * The run that started last, whatever its status; empty when AppFlow lists none. One whose start is not known stands where
     * its record last changed. Reads all pages.
     */
    public Optional<FlowRun> lastRun() {
        return runs().max(BY_START);
    }

    /** The successful run that started last, as {@link #lastRun}; empty when AppFlow lists none. Reads all pages. */
    public Optional<FlowRun> lastSuccessful() {
        return runs().filter(run -> run.status() == FlowStatus.SUCCESSFUL).max(BY_START);
    }

    /**
     * Cancels a run. What it has written stays.
     *
     * @return whether it is canceled, at first as {@link FlowStatus#CANCEL_STARTED}; false when it has not started, has ended, or
     *     is not a run of this flow
     */
    public boolean cancel(String executionId) {
        List<String> ids = List.of(FlowNames.execution(executionId));
        CancelFlowExecutionsResponse answer = call(client ->
                client.cancelFlowExecutions(request -> request.flowName(name).executionIds(ids)));
        return !answer.invalidExecutions().contains(executionId);
    }

    /** What the flow does, and where it writes. */
    public FlowDescription describe() {
        return FlowModel.description(name, call(client -> client.describeFlow(request -> request.flowName(name))));
    }

    /**
     * What the newest successful run wrote.
     *
     * @throws KeywharfException {@code aws.no_run} when AppFlow lists none, and as {@link #data(String)} does
     */
    public FlowData data() {
        return FlowRuns.of(clients, this).data(FlowRuns.newest(this));
    }

    /**
     * What a run wrote; lists its files.
     *
     * @throws KeywharfException {@code aws.run_not_successful} when it has not ended so; {@code aws.no_destination} when the
     *     flow does not write to S3; {@code aws.no_files} when records were written and no file is found;
     *     {@code aws.ambiguous_files} when files may be another run's; {@code aws.too_many_files}
     */
    public FlowData data(String executionId) {
        return FlowRuns.of(clients, this).data(run(executionId));
    }

    /**
     * Gives the files of the newest successful run names that end with {@code .parquet} where they are Parquet, as Spark's tools
     * want it; others are left, or converted with {@link SparkFormatOption#CONVERT}. What a file is, its content says.
     *
     * <p>Each file is copied, the copy verified, and the file deleted. A call that fails or is killed at any point is simply
     * repeated, and two calls at the same time do no harm: what they are about is noted in the folder {@code _keywharf/} beside the
     * files, which must be kept. Whoever lists the files meanwhile may find one under both names, but misses none;
     * {@link #data()} reads it once. An object that has the new name already is never replaced.
     *
     * @throws KeywharfException as {@link #data()} does; {@code aws.bad_journal} when the notes cannot be read
     */
    public SparkFormatReport ensureSparkFormat(SparkFormatOption... options) {
        return FlowRuns.of(clients, this).ensureSparkFormat(FlowRuns.newest(this), options);
    }

    /** The same for the files of another run, which must be successful. */
    public SparkFormatReport ensureSparkFormat(String executionId, SparkFormatOption... options) {
        return FlowRuns.of(clients, this).ensureSparkFormat(run(executionId), options);
    }

    /** The record of a run, as AppFlow lists it. */
    Optional<ExecutionRecord> find(String executionId) {
        return records()
                .filter(record -> executionId.equals(record.executionId()))
                .findFirst();
    }

    private Stream<ExecutionRecord> records() {
        return FlowPages.stream(
                subject(),
                token -> call(client -> {
                    DescribeFlowExecutionRecordsResponse page =
                            client.describeFlowExecutionRecords(request -> request.flowName(name)
                                    .maxResults(FlowPages.PAGE_SIZE)
                                    .nextToken(token));
                    return new FlowPages.Page<>(page.flowExecutions(), page.nextToken());
                }));
    }

    private <T> T call(Function<AppflowClient, T> request) {
        return call(clients, subject(), request);
    }

    private static <T> T call(AwsClients clients, String subject, Function<AppflowClient, T> request) {
        try {
            return request.apply(clients.appFlow());
        } catch (ResourceNotFoundException e) {
            throw new KeywharfException(
                    "aws.flow_not_found",
                    subject,
                    "There is no such flow in " + clients.region() + "; check the name and the region",
                    e);
        } catch (ConflictException e) {
            throw KeywharfException.retryable(
                    "aws.flow_busy",
                    subject,
                    "The flow has a run in progress, or is being changed; wait for it, or cancel it",
                    e);
        } catch (SdkException e) {
            if (AwsErrors.isThrottled(e)) {
                throw KeywharfException.retryable(
                        THROTTLED,
                        subject,
                        "AppFlow takes no more requests for now; call less often, or ask AWS for a higher quota",
                        e);
            }
            throw AwsErrors.map("aws", subject, e);
        }
    }

    String subject() {
        return "flow " + name;
    }

    @Override
    public String toString() {
        return "AppFlow[" + name + "]";
    }
}
