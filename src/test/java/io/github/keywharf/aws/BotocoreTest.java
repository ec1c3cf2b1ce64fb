package io.github.keywharf.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.FakeServer;
import io.github.keywharf.testing.aws.AwsExchange;
import io.github.keywharf.testing.aws.AwsFault;
import io.github.keywharf.testing.aws.AwsKeys;
import io.github.keywharf.testing.aws.FakeAppFlow;
import io.github.keywharf.testing.aws.FakeSecretsManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the library sends, and what the fakes answer, fits the official service models, which botocore has
 * (src/test/botocore/check.py). Needs python3 with botocore: {@code apt-get install python3-botocore}.
 */
class BotocoreTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    private Path folder;

    @BeforeAll
    static void needsBotocore() throws Exception {
        boolean there;
        try {
            there = new ProcessBuilder("python3", "-c", "import botocore")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            there = false;
        }
        assumeTrue(there, "python3 has no botocore; install python3-botocore");
    }

    private record Checked(int status, String printed) {}

    private Checked check(List<? extends JsonNode> calls) throws Exception {
        List<String> lines = new ArrayList<>();
        for (JsonNode call : calls) {
            lines.add(JSON.writeValueAsString(call));
        }
        Path input = Files.write(folder.resolve("calls"), lines);
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder("python3", "src/test/botocore/check.py")
                .redirectInput(input.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        return new Checked(process.exitValue(), Files.readString(output, UTF_8));
    }

    /** Calls of each operation, with each status that a run can have and each error that a fake gives. */
    private static List<AwsExchange> calls() {
        FakeAppFlow flows = new FakeAppFlow().pageSize(1);
        FakeSecretsManager secrets = new FakeSecretsManager();
        List<AwsExchange> calls = new ArrayList<>();
        try (FakeServer flowServer = FakeServer.start(flows);
                FakeServer secretServer = FakeServer.start(secrets)) {
            AWSManager.Builder builder = AWSManager.builder()
                    .region("eu-west-1")
                    .endpoint(AwsService.APPFLOW, flowServer.uri())
                    .endpoint(AwsService.SECRETS_MANAGER, secretServer.uri())
                    .attempts(1)
                    .pause(time -> {});
            try (AWSManager aws = builder.credentials(AwsKeys.ACCESS_KEY, Secret.of(AwsKeys.SECRET_KEY))
                            .connect();
                    AWSManager stranger =
                            builder.credentials("AKIA", Secret.of("x")).connect()) {
                callFlows(flows, aws);
                callSecrets(secrets, aws);
                for (AWSManager each : List.of(aws, stranger)) {
                    attempt(() -> each.flow("nobody").start());
                    attempt(() -> each.secrets().find("nobody"));
                }
            }
        }
        calls.addAll(flows.exchanges());
        calls.addAll(secrets.exchanges());
        return calls;
    }

    /** Calls, whether that fails or not: what was sent and answered counts. */
    private static void attempt(ThrowingCallable call) {
        assertThat(catchThrowable(call) instanceof Error).isFalse();
    }

    private static void callFlows(FakeAppFlow fake, AWSManager aws) {
        for (String trigger : List.of("OnDemand", "Scheduled", "Event")) {
            fake.define(trigger, trigger);
            aws.startFlow(trigger);
            aws.flow(trigger).describe();
        }
        AppFlow flow = aws.flow("OnDemand");
        attempt(flow::start);
        for (String status : List.of("Successful", "Error", "CancelStarted", "Canceled")) {
            String id = flow.lastRun().orElseThrow().id();
            fake.advance(id, run -> run.with(status, 10, 1, "Something failed"));
            attempt(() -> flow.await(id, Duration.ZERO));
            flow.cancel(id);
            flow.start();
        }
        flow.cancel(flow.lastRun().orElseThrow().id());
        aws.flows().forEach(each -> {});
        fake.fault(AwsFault.throttled("ListFlows", 1));
        fake.fault(AwsFault.broken("ListFlows", 1));
        fake.fault(AwsFault.denied("ListFlows"));
        for (int i = 0; i < 3; i++) {
            attempt(() -> aws.flows().forEach(each -> {}));
        }
    }

    private static void callSecrets(FakeSecretsManager fake, AWSManager aws) {
        fake.put("a", "text");
        fake.putBinary("b", new byte[] {1});
        fake.put("c", "x");
        fake.markDeleted("c");
        for (String name : List.of("a", "b", "c", "new")) {
            attempt(() -> aws.secrets().find(name));
            attempt(() -> aws.secrets().put(name, Secret.of("text")));
        }
        aws.secrets().names();
        aws.secrets().remove("new");
        aws.secrets().remove("new");
        fake.fault(AwsFault.denied(FakeSecretsManager.GET));
        attempt(() -> aws.secrets().find("a"));
        fake.heal();
    }

    @Test
    void what_is_sent_and_what_the_fakes_answer_fits_the_official_models() throws Exception {
        List<JsonNode> calls = new ArrayList<>();
        for (AwsExchange call : calls()) {
            calls.add(JSON.valueToTree(call));
        }
        assertThat(calls)
                .extracting(call -> call.path("operation").asText())
                .contains(
                        "StartFlow",
                        "DescribeFlow",
                        "DescribeFlowExecutionRecords",
                        "ListFlows",
                        "CancelFlowExecutions",
                        "GetSecretValue",
                        "PutSecretValue",
                        "CreateSecret",
                        "RestoreSecret",
                        "DeleteSecret",
                        "ListSecrets");
        assertThat(calls)
                .extracting(call -> call.path("error").asText())
                .contains(
                        "ResourceNotFoundException",
                        "ConflictException",
                        "ThrottlingException",
                        "InternalServerException",
                        "AccessDeniedException",
                        "InvalidRequestException",
                        "UnrecognizedClientException");
        Checked checked = check(calls);
        assertThat(checked.printed()).matches("[0-9]{2,} calls checked, [0-9]+ of operations.*\\n");
        assertThat(checked.status()).isZero();
    }

    @Test
    void what_does_not_fit_is_found() throws Exception {
        Map<String, String> planted = Map.of(
                "{\"flow\": \"a1\"}", "flowName is missing",
                "{\"flowName\": 1}", "must be a text",
                "{\"flowName\": \"a1\", \"more\": 1}", "has no member more",
                "{\"flowName\": \"a 1\"}", "is not of the form",
                "{\"flowName\": \"a1\", \"maxResults\": 101}", "above 100",
                "{\"flowName\": \"a1\", \"maxResults\": true}", "must be a number");
        for (Map.Entry<String, String> each : planted.entrySet()) {
            ObjectNode call = call(each.getKey(), 200, "", "{}");
            Checked checked = check(List.of(call));
            assertThat(checked.status()).as(each.getKey()).isEqualTo(1);
            assertThat(checked.printed()).contains(each.getValue());
        }
        String fine = "{\"flowName\": \"a1\"}";
        Checked checked = check(List.of(
                call(
                        fine,
                        200,
                        "",
                        "{\"flowExecutions\": [{\"executionStatus\": \"Paused\", \"startedAt\": \"noon\"}]}"),
                call(fine, 402, "ConflictException", "{}"),
                call(fine, 400, "ResourceNotFoundException", "{\"Message\": \"x\"}")));
        assertThat(checked.printed())
                .contains("has no value 'Paused'", "must be a number, not 'noon'")
                .contains("ConflictException is not among its errors", "has the status 409, not 402")
                .contains("has the status 404, not 400", "has no member Message");
    }

    private static ObjectNode call(String request, int status, String error, String answer) throws IOException {
        ObjectNode call = JSON.createObjectNode()
                .put("service", "appflow")
                .put("operation", "DescribeFlowExecutionRecords")
                .put("status", status)
                .put("error", error);
        call.set("request", JSON.readTree(request));
        call.set("answer", JSON.readTree(answer));
        return call;
    }
}
