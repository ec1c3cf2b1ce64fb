package io.github.keywharf.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Progress;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.FakeServer;
import io.github.keywharf.testing.aws.AwsFault;
import io.github.keywharf.testing.aws.AwsKeys;
import io.github.keywharf.testing.aws.FakeAppFlow;
import io.github.keywharf.testing.aws.FakeRun;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AppFlowTest {
    private static final String RECORDS = "DescribeFlowExecutionRecords";
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);

    private final FakeAppFlow fake = new FakeAppFlow();
    private final List<Event> events = new ArrayList<>();
    private final Deque<Runnable> duringPauses = new ArrayDeque<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private Instant now = NOON;
    private FakeServer server;
    private AppFlow flow;

    @BeforeEach
    void start() {
        server = FakeServer.start(fake);
        opened.add(server);
        flow = manager(server, 2).flow("contacts");
        fake.define("contacts", "OnDemand");
    }

    @AfterEach
    void stop() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    private AWSManager manager(FakeServer at, int attempts) {
        AWSManager manager = builder(at).attempts(attempts).connect();
        opened.add(manager);
        return manager;
    }

    private AWSManager.Builder builder(FakeServer at) {
        return AWSManager.builder()
                .credentials(AwsKeys.ACCESS_KEY, Secret.of(AwsKeys.SECRET_KEY))
                .region(FakeAppFlow.REGION)
                .endpoint(at.uri())
                .events(events::add)
                .clock(() -> now)
                .pause(time -> {
                    now = now.plus(time);
                    if (!duringPauses.isEmpty()) {
                        duringPauses.pop().run();
                    }
                });
    }

    private static KeywharfException failure(Runnable call) {
        return catchThrowableOfType(KeywharfException.class, call::run);
    }

    private String started() {
        return flow.start().executionId().orElseThrow();
    }

    // ---- start and await

    @Test
    void a_run_is_started_and_awaited_with_its_progress() {
        fake.hideNewRuns(1);
        FlowStart start = flow.start();
        String id = start.executionId().orElseThrow();
        duringPauses.add(() -> fake.advance(id, run -> run.with("InProgress", 10, 0, "")));
        duringPauses.add(() -> fake.finish(id, 25));

        FlowRun run = flow.await(id, HOUR);

        assertThat(start.state()).isEqualTo(FlowState.ACTIVE);
        assertThat(run.status()).isEqualTo(FlowStatus.SUCCESSFUL);
        assertThat(run.recordsProcessed()).isEqualTo(25);
        assertThat(run.bytesProcessed()).isEqualTo(2_500);
        assertThat(run.bytesWritten()).isEqualTo(1_000);
        assertThat(run.windowEnd()).isEqualTo(run.started());
        assertThat(run.windowStart()).isEqualTo(run.started().map(time -> time.minus(HOUR)));
        assertThat(run.message()).isEmpty();
        assertThat(events)
                .filteredOn(Progress.class::isInstance)
                .extracting(event -> ((Progress) event).done(), event -> ((Progress) event).finished())
                .containsExactly(tuple(10L, false), tuple(25L, true));
        Event last = events.get(events.size() - 1);
        assertThat(last).extracting(Event::name).isEqualTo("aws.flow.succeeded");
        assertThat(last.level()).isEqualTo(Event.Level.INFO);
        assertThat(last.message()).isEqualTo("Run " + id + " has 25 records");
        assertThat(events).extracting(Event::work).containsOnly(last.work());
    }

    @Test
    void a_successful_run_whose_rows_were_refused_or_that_has_none_is_a_warning() {
        String id = started();
        fake.advance(id, run -> run.with("Successful", 5, 2, ""));
        FlowRun run = flow.await(id, HOUR);
        assertThat(run.putFailures()).isEqualTo(2);
        assertThat(run.status()).isEqualTo(FlowStatus.SUCCESSFUL);
        assertThat(events).anySatisfy(event -> {
            assertThat(event.level()).isEqualTo(Event.Level.WARNING);
            assertThat(event.message()).endsWith("has 5 records; the destination refused 2");
        });

        events.clear();
        String empty = started();
        fake.finish(empty, 0);
        flow.await(empty, HOUR);
        assertThat(events).extracting(Event::level).contains(Event.Level.WARNING);
    }

    @Test
    void a_failed_run_is_an_error_with_the_service_s_message_on_one_line() {
        String id = started();
        fake.advance(id, run -> run.with("Error", 0, 0, "INVALID_FIELD: No such\ncolumn"));
        KeywharfException failed = failure(() -> flow.await(id, HOUR));
        assertThat(failed.code()).isEqualTo("aws.flow_failed");
        assertThat(failed)
                .hasMessageContaining("[flow contacts]")
                .hasMessageContaining("INVALID_FIELD: No such?column");
        assertThat(flow.run(id).message()).contains("INVALID_FIELD: No such?column");
    }

    @Test
    void a_canceled_run_ends_the_wait() {
        String id = started();
        assertThat(flow.cancel(id)).isTrue();
        assertThat(flow.run(id).status()).isEqualTo(FlowStatus.CANCEL_STARTED);
        assertThat(flow.cancel(id)).isFalse();
        duringPauses.add(() -> fake.advance(id, run -> run.with("Canceled", 0, 0, "")));
        assertThat(failure(() -> flow.await(id, HOUR)).code()).isEqualTo("aws.flow_canceled");
        assertThat(flow.cancel("00000000-0000-4000-8000-999999999999")).isFalse();
    }

    @Test
    void a_wait_that_is_over_says_the_last_status_and_that_the_run_goes_on() {
        String id = started();
        KeywharfException over = failure(() -> flow.await(id, Duration.ofMinutes(10)));
        assertThat(over.code()).isEqualTo("aws.flow_timeout");
        assertThat(over).hasMessageContaining("is InProgress after PT10M").hasMessageContaining("goes on");
        assertThat(now).isEqualTo(NOON.plus(Duration.ofMinutes(10)));
        assertThat(fake.calls(RECORDS)).isLessThan(30);
        fake.finish(id, 1);
        assertThat(flow.await(id, Duration.ZERO).recordsProcessed()).isEqualTo(1);
    }

    @Test
    void a_status_that_is_not_known_is_waited_for_like_one_that_runs() {
        String id = started();
        fake.advance(id, run -> run.with("Paused", 0, 0, ""));
        assertThat(flow.run(id).status()).isEqualTo(FlowStatus.UNKNOWN);
        assertThat(failure(() -> flow.await(id, HOUR))).hasMessageContaining("is Paused after PT1H");
        fake.finish(id, 1);
        assertThat(flow.await(id, HOUR).status()).isEqualTo(FlowStatus.SUCCESSFUL);
    }

    @Test
    void a_run_that_is_never_listed_is_given_up_after_the_time_of_grace() {
        KeywharfException never = failure(() -> flow.await("00000000-0000-4000-8000-000000000001", Duration.ofDays(1)));
        assertThat(never.code()).isEqualTo("aws.flow_not_visible");
        assertThat(Duration.between(NOON, now))
                .isBetween(AppFlow.VISIBLE_WITHIN, AppFlow.VISIBLE_WITHIN.plusSeconds(30));
        assertThat(failure(() -> flow.await("another", Duration.ofSeconds(1))))
                .hasMessageContaining("has not listed the run another after PT1S")
                .hasMessageContaining("check the id");
    }

    @Test
    void an_outage_while_waiting_is_outlasted_and_a_lasting_one_is_not() {
        String id = started();
        fake.fault(AwsFault.broken(RECORDS, 4));
        duringPauses.add(() -> {});
        duringPauses.add(() -> fake.finish(id, 3));
        assertThat(flow.await(id, HOUR).recordsProcessed()).isEqualTo(3);

        fake.fault(AwsFault.broken(RECORDS, Integer.MAX_VALUE));
        assertThat(failure(() -> flow.await(id, HOUR)).code()).isEqualTo("aws.unavailable");
        assertThat(fake.calls(RECORDS)).isEqualTo(4 + 1 + 2 * AppFlow.MAX_FAILED_LOOKS);
    }

    @Test
    void an_interrupted_wait_says_so() {
        AWSManager manager = builder(server)
                .pause(time -> {
                    throw new InterruptedException();
                })
                .connect();
        opened.add(manager);
        String id = started();
        assertThat(failure(() -> manager.flow("contacts").await(id, HOUR)).code())
                .isEqualTo(KeywharfException.INTERRUPTED);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void a_flow_with_a_run_in_progress_is_busy() {
        String id = started();
        KeywharfException busy = failure(flow::start);
        assertThat(busy.code()).isEqualTo("aws.flow_busy");
        assertThat(busy.retryable()).isTrue();
        fake.finish(id, 1);
        assertThat(started()).isNotEqualTo(id);
    }

    @Test
    void a_lost_answer_of_a_start_starts_one_run_only() {
        fake.fault(AwsFault.lostAnswer("StartFlow", 1));
        String id = started();
        assertThat(fake.runs("contacts")).extracting(FakeRun::id).containsExactly(id);
        assertThat(fake.calls("StartFlow")).isEqualTo(2);
        assertThat(fake.exchanges())
                .extracting(exchange -> exchange.request().path("clientToken").asText())
                .hasSize(2)
                .containsOnly(
                        fake.exchanges().get(0).request().path("clientToken").asText())
                .doesNotContain("");
    }

    @Test
    void a_start_without_any_answer_is_unknown_and_its_token_finds_the_run() {
        fake.fault(AwsFault.lostAnswer("StartFlow", 2));
        KeywharfException unknown = failure(flow::start);
        assertThat(unknown.code()).isEqualTo("aws.start_unknown");
        assertThat(unknown.retryable()).isFalse();
        Matcher token = Pattern.compile("start\\(\"([^\"]+)\"\\)").matcher(unknown.getMessage());
        assertThat(token.find()).isTrue();

        String id = flow.start(token.group(1)).executionId().orElseThrow();
        assertThat(fake.runs("contacts")).extracting(FakeRun::id).containsExactly(id);
    }

    @Test
    void a_start_whose_answer_was_lost_is_unknown_whatever_the_last_attempt_is_answered() {
        fake.fault(AwsFault.lostAnswer("StartFlow", 1));
        fake.fault(AwsFault.throttled("StartFlow", 1).withRetryAfter(0));
        KeywharfException unknown = failure(flow::start);
        assertThat(unknown.code()).isEqualTo("aws.start_unknown");
        assertThat(unknown.retryable()).isFalse();
        assertThat(fake.runs("contacts")).hasSize(1);

        AppFlow impatient = manager(server, 1).flow("contacts");
        fake.fault(AwsFault.throttled("StartFlow", 1));
        assertThat(failure(impatient::start).code()).isEqualTo("aws.throttled");
    }

    @Test
    void a_token_starts_one_run_and_two_tokens_two() {
        String first = flow.start("daily 2026-11-23").executionId().orElseThrow();
        assertThat(flow.start("daily 2026-11-23").executionId()).contains(first);
        fake.finish(first, 1);
        assertThat(flow.start("daily 2026-11-23").executionId()).contains(first);
        assertThat(flow.start("daily 2026-11-24").executionId()).isPresent().isNotEqualTo(Optional.of(first));
        assertThat(fake.runs("contacts")).hasSize(2);
    }

    @Test
    void scheduled_and_event_driven_flows_are_activated_without_a_run() {
        for (String trigger : List.of("Scheduled", "Event")) {
            AppFlow other = manager(server, 2).flow(trigger);
            fake.define(trigger, trigger);
            assertThat(other.describe().state()).isEqualTo(FlowState.SUSPENDED);
            assertThat(other.start()).isEqualTo(new FlowStart(FlowState.ACTIVE, Optional.empty()));
            assertThat(other.lastRun()).isEmpty();
            fake.add(trigger, FakeRun.of("by-itself", "Successful", NOON));
            assertThat(other.lastSuccessful()).map(FlowRun::id).contains("by-itself");
        }
    }

    // ---- runs

    @Test
    void the_last_successful_run_is_the_newest_one_whatever_stands_before_it() {
        fake.add("contacts", FakeRun.of("old", "Successful", NOON.minusSeconds(300)))
                .add("contacts", FakeRun.of("good", "Successful", NOON.minusSeconds(200)))
                .add("contacts", FakeRun.of("bad", "Error", NOON.minusSeconds(100)))
                .add("contacts", FakeRun.of("now", "InProgress", NOON));
        for (boolean oldestFirst : new boolean[] {true, false}) {
            fake.oldestFirst(oldestFirst);
            assertThat(flow.lastSuccessful()).map(FlowRun::id).contains("good");
            assertThat(flow.lastRun()).map(FlowRun::id).contains("now");
            assertThat(manager(server, 2).lastFlowId("contacts")).contains("good");
        }
        assertThat(flow.runs())
                .extracting(FlowRun::status)
                .containsExactly(
                        FlowStatus.IN_PROGRESS, FlowStatus.FAILED, FlowStatus.SUCCESSFUL, FlowStatus.SUCCESSFUL);
    }

    @Test
    void a_run_without_a_start_stands_where_its_record_last_changed() {
        fake.add("contacts", FakeRun.of("old", "Successful", NOON.minusSeconds(300)))
                .add(
                        "contacts",
                        FakeRun.of("early", "Error", NOON.minusSeconds(400)).withoutStart())
                .add(
                        "contacts",
                        FakeRun.of("good", "Successful", NOON.minusSeconds(200)).withoutStart())
                .add("contacts", FakeRun.of("now", "InProgress", NOON).withoutStart());
        for (boolean oldestFirst : new boolean[] {true, false}) {
            fake.oldestFirst(oldestFirst);
            assertThat(flow.lastSuccessful()).map(FlowRun::id).contains("good");
            assertThat(flow.lastRun()).map(FlowRun::id).contains("now");
        }
        assertThat(flow.runs()).hasSize(4);
        assertThat(flow.run("good").started()).isEmpty();
        assertThat(flow.await("good", Duration.ZERO).updated()).isEqualTo(NOON.minusSeconds(200));
        assertThat(events)
                .filteredOn(event -> event.name().equals("aws.flow.succeeded"))
                .singleElement()
                .satisfies(event -> assertThat(event.facts())
                        .extracting(Fact::name)
                        .containsExactly("records", "put_failures", "bytes_written"));
        fake.add("contacts", FakeRun.of("newer", "Successful", NOON.minusSeconds(100)));
        assertThat(flow.lastSuccessful()).map(FlowRun::id).contains("newer");
    }

    @Test
    void of_runs_that_started_together_the_same_one_is_the_last_in_any_order() {
        fake.add("contacts", FakeRun.of("b", "Successful", NOON)).add("contacts", FakeRun.of("a", "Successful", NOON));
        for (boolean oldestFirst : new boolean[] {true, false}) {
            fake.oldestFirst(oldestFirst);
            assertThat(flow.lastSuccessful()).map(FlowRun::id).contains("b");
        }
    }

    @Test
    void the_newest_successful_run_is_found_on_the_last_of_several_pages() {
        for (int i = 0; i < 249; i++) {
            fake.add("contacts", FakeRun.of("run-" + i, i % 2 == 0 ? "Error" : "Successful", NOON.plusSeconds(i)));
        }
        fake.add("contacts", FakeRun.of("newest", "Successful", NOON.plusSeconds(1_000)))
                .oldestFirst(true);
        assertThat(flow.lastSuccessful()).map(FlowRun::id).contains("newest");
        assertThat(fake.calls(RECORDS)).isEqualTo(3);
        assertThat(flow.await("newest", Duration.ZERO).id()).isEqualTo("newest");

        assertThat(flow.runs().limit(100)).hasSize(100);
        assertThat(fake.calls(RECORDS)).as("pages are fetched as they are read").isEqualTo(7);
    }

    @Test
    void a_flow_that_never_ran_has_no_runs() {
        assertThat(flow.runs()).isEmpty();
        assertThat(flow.lastRun()).isEmpty();
        assertThat(flow.lastSuccessful()).isEmpty();
        assertThat(failure(() -> flow.run("x")).code()).isEqualTo("aws.no_run");
    }

    @Test
    void a_list_that_never_ends_or_a_run_without_any_time_is_a_bad_answer() {
        HttpHandler endless = request -> HttpResponse.json(200, "{\"flowExecutions\":[],\"nextToken\":\"x\"}");
        HttpHandler without = request -> HttpResponse.json(200, "{\"flowExecutions\":[{\"executionId\":\"x\"}]}");
        for (HttpHandler handler : List.of(endless, without)) {
            FakeServer odd = FakeServer.start(handler);
            opened.add(odd);
            AppFlow of = manager(odd, 1).flow("contacts");
            assertThat(failure(of::lastRun).code()).isEqualTo("aws.bad_answer");
        }
    }

    // ---- what flows are

    @Test
    void a_flow_is_described_with_its_destination() {
        FlowDescription contacts = flow.describe();
        assertThat(contacts)
                .isEqualTo(new FlowDescription(
                        "contacts",
                        FlowState.ACTIVE,
                        FlowTrigger.ON_DEMAND,
                        "Salesforce",
                        Optional.of("Contact"),
                        Optional.of("BULKV2"),
                        Optional.of(new FlowDestination(
                                "crm-flows",
                                "contact",
                                FlowFileType.PARQUET,
                                Optional.empty(),
                                Optional.empty(),
                                List.of(FlowDestination.PathPart.EXECUTION_ID),
                                false,
                                true))));
    }

    @Test
    void what_a_description_leaves_out_or_adds_is_not_an_error() {
        fake.define("bare", "OnDemand", description -> {
            ObjectNode s3 =
                    (ObjectNode) description.at("/destinationFlowConfigList/0/destinationConnectorProperties/S3");
            s3.remove(List.of("s3OutputFormatConfig", "bucketPrefix"));
            description.remove("sourceFlowConfig");
        });
        fake.define("later", "Sometimes", description -> {
            ObjectNode s3 =
                    (ObjectNode) description.at("/destinationFlowConfigList/0/destinationConnectorProperties/S3");
            ObjectNode format = (ObjectNode) s3.get("s3OutputFormatConfig");
            format.put("fileType", "ORC").put("novelty", true);
            ((ObjectNode) format.get("prefixConfig"))
                    .put("prefixType", "PATH_AND_FILENAME")
                    .put("prefixFormat", "SECOND")
                    .putArray("pathPrefixHierarchy")
                    .add("SCHEMA_VERSION")
                    .add("TENANT");
            ((ObjectNode) format.get("aggregationConfig")).put("aggregationType", "SingleFile");
        });
        fake.define(
                "elsewhere",
                "OnDemand",
                description -> ((ObjectNode)
                                description.at("/destinationFlowConfigList/0/destinationConnectorProperties"))
                        .remove("S3"));
        AWSManager aws = manager(server, 2);

        FlowDestination bare = aws.flow("bare").describe().destination().orElseThrow();
        assertThat(bare.fileType()).isEqualTo(FlowFileType.UNKNOWN);
        assertThat(bare.prefix()).isEmpty();
        assertThat(bare.hierarchy()).isEmpty();
        FlowDescription later = aws.flow("later").describe();
        assertThat(later.trigger()).isEqualTo(FlowTrigger.UNKNOWN);
        assertThat(later.destination())
                .contains(new FlowDestination(
                        "crm-flows",
                        "contact",
                        FlowFileType.UNKNOWN,
                        Optional.of(FlowDestination.PrefixType.PATH_AND_FILENAME),
                        Optional.of(FlowDestination.PrefixFormat.UNKNOWN),
                        List.of(FlowDestination.PathPart.SCHEMA_VERSION, FlowDestination.PathPart.UNKNOWN),
                        true,
                        true));
        assertThat(aws.flow("elsewhere").describe().destination()).isEmpty();
    }

    @Test
    void flows_are_listed_page_by_page() {
        fake.pageSize(2).define("a1", "Scheduled").define("b1", "Event").define("c1", "OnDemand");
        fake.add("contacts", FakeRun.of("x", "Successful", NOON));
        AWSManager aws = manager(server, 2);
        assertThat(aws.flows().limit(1)).hasSize(1);
        assertThat(fake.calls("ListFlows")).isEqualTo(1);
        assertThat(aws.flows())
                .extracting(FlowSummary::name, FlowSummary::trigger, FlowSummary::lastRun)
                .containsExactly(
                        tuple("a1", FlowTrigger.SCHEDULED, Optional.empty()),
                        tuple("b1", FlowTrigger.EVENT, Optional.empty()),
                        tuple("c1", FlowTrigger.ON_DEMAND, Optional.empty()),
                        tuple("contacts", FlowTrigger.ON_DEMAND, Optional.of(NOON)));
    }

    // ---- refusals

    @Test
    void a_flow_that_does_not_exist_is_named_with_its_region() {
        AppFlow other = manager(server, 2).flow("nobody");
        for (Runnable call :
                List.<Runnable>of(other::start, other::lastRun, other::describe, () -> other.cancel("x"))) {
            KeywharfException missing = failure(call);
            assertThat(missing.code()).isEqualTo("aws.flow_not_found");
            assertThat(missing).hasMessageContaining("[flow nobody]").hasMessageContaining("eu-west-1");
        }
    }

    @Test
    void throttling_that_passes_is_not_noticed_and_a_lasting_one_is_reported() {
        fake.fault(AwsFault.throttled(RECORDS, 1).withRetryAfter(0));
        assertThat(flow.lastRun()).isEmpty();
        assertThat(fake.calls(RECORDS)).isEqualTo(2);

        fake.fault(AwsFault.throttled(RECORDS, 100));
        AppFlow impatient = manager(server, 1).flow("contacts");
        KeywharfException throttled = failure(impatient::lastRun);
        assertThat(throttled.code()).isEqualTo("aws.throttled");
        assertThat(throttled.retryable()).isTrue();
    }

    @Test
    void a_wait_goes_on_after_a_throttled_look() {
        String id = started();
        AppFlow impatient = manager(server, 1).flow("contacts");
        fake.fault(AwsFault.throttled(RECORDS, 1));
        fake.finish(id, 7);
        assertThat(impatient.await(id, HOUR).recordsProcessed()).isEqualTo(7);
    }

    @Test
    void refusals_of_the_caller_are_distinguished_and_show_no_secret() {
        fake.fault(AwsFault.denied("StartFlow"));
        assertThat(failure(flow::start).code()).isEqualTo("aws.denied");

        AWSManager elsewhere = builder(server).region("us-east-1").connect();
        AWSManager wrong = builder(server)
                .credentials(AwsKeys.ACCESS_KEY, Secret.of("another-secret-key"))
                .connect();
        AWSManager unknown = builder(server)
                .credentials("AKIAUNKNOWN", Secret.of("another-secret-key"))
                .connect();
        opened.addAll(List.of(elsewhere, wrong, unknown));
        assertThat(failure(elsewhere.flow("contacts")::lastRun).code()).isEqualTo("aws.wrong_region");
        for (AWSManager manager : List.of(wrong, unknown)) {
            KeywharfException refused = failure(manager.flow("contacts")::lastRun);
            assertThat(refused.code()).isEqualTo("aws.bad_credentials");
            assertThat(refused.toString() + refused.getCause() + manager).doesNotContain("another-secret-key");
        }
    }

    @Test
    void a_signature_whose_time_is_wrong_is_not_taken_for_a_wrong_key() {
        for (Duration wrong : List.of(HOUR, HOUR.negated())) {
            FakeAppFlow other = new FakeAppFlow(
                    new AwsKeys(), () -> InstantSource.system().instant().plus(wrong));
            FakeServer otherServer = FakeServer.start(other.define("contacts", "OnDemand"));
            opened.add(otherServer);
            KeywharfException clock = failure(manager(otherServer, 2).flow("contacts")::lastRun);
            assertThat(clock.code()).isEqualTo("aws.bad_credentials");
            assertThat(clock).hasMessageContaining("set this machine's clock");
        }
    }

    @Test
    void an_endpoint_with_a_password_is_refused_and_not_shown() {
        for (String address : List.of(
                "http://user:hunter2@localhost/", "http://user:hunter2@no_name/", "https://localhost/?token=hunter2")) {
            assertThatThrownBy(() -> AWSManager.builder().endpoint(URI.create(address)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining("hunter2");
        }
    }

    @Test
    void names_that_appflow_would_refuse_are_not_sent() {
        for (String name : List.of("", "a", "../x", "a b", "a/b", "-x", "x".repeat(257), "a\nb")) {
            assertThatThrownBy(() -> manager(server, 1).flow(name)).isInstanceOf(IllegalArgumentException.class);
        }
        for (String id : List.of("", "../x", "a/b", "x".repeat(257))) {
            assertThatThrownBy(() -> flow.run(id)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> flow.cancel(id)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> flow.await(id, HOUR)).isInstanceOf(IllegalArgumentException.class);
        }
        for (String token : List.of("", "ü", "x".repeat(257))) {
            assertThatThrownBy(() -> flow.start(token)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> flow.await("x", Duration.ofSeconds(-1))).isInstanceOf(IllegalArgumentException.class);
        assertThat(fake.exchanges()).isEmpty();
    }
}
