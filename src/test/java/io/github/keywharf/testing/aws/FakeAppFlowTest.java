package io.github.keywharf.testing.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.testing.FakeServer;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.appflow.AppflowClient;
import software.amazon.awssdk.services.appflow.model.AppflowException;
import software.amazon.awssdk.services.appflow.model.ConflictException;
import software.amazon.awssdk.services.appflow.model.DescribeFlowExecutionRecordsResponse;
import software.amazon.awssdk.services.appflow.model.ExecutionRecord;
import software.amazon.awssdk.services.appflow.model.ExecutionStatus;
import software.amazon.awssdk.services.appflow.model.ResourceNotFoundException;
import software.amazon.awssdk.services.appflow.model.ValidationException;

/** The fake by the SDK's own client: what the service refuses, it refuses. */
class FakeAppFlowTest {
    private final FakeAppFlow fake = new FakeAppFlow();
    private FakeServer server;
    private AppflowClient client;

    @BeforeEach
    void start() {
        server = FakeServer.start(fake);
        client = client(
                StaticCredentialsProvider.create(AwsBasicCredentials.create(AwsKeys.ACCESS_KEY, AwsKeys.SECRET_KEY)));
        fake.define("contacts", "OnDemand").define("nightly", "Scheduled");
    }

    private AppflowClient client(AwsCredentialsProvider credentials) {
        return AppflowClient.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .credentialsProvider(credentials)
                .region(Region.EU_WEST_1)
                .endpointOverride(server.uri())
                .build();
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void unsigned_and_wrongly_signed_requests_are_refused() {
        AwsCredentialsProvider wrong =
                StaticCredentialsProvider.create(AwsBasicCredentials.create(AwsKeys.ACCESS_KEY, "another"));
        for (AwsCredentialsProvider credentials : List.of(AnonymousCredentialsProvider.create(), wrong)) {
            try (AppflowClient stranger = client(credentials)) {
                assertThatThrownBy(() -> stranger.listFlows(request -> {}))
                        .isInstanceOfSatisfying(
                                AppflowException.class,
                                e -> assertThat(e.statusCode()).isEqualTo(403));
            }
        }
    }

    @Test
    void values_out_of_range_are_refused() {
        for (int most : new int[] {0, 101}) {
            assertThatThrownBy(() -> client.listFlows(request -> request.maxResults(most)))
                    .isInstanceOf(ValidationException.class);
            assertThatThrownBy(() -> client.describeFlowExecutionRecords(
                            request -> request.flowName("contacts").maxResults(most)))
                    .isInstanceOf(ValidationException.class);
        }
        for (String token : List.of("x".repeat(257), "ü")) {
            assertThatThrownBy(() -> client.startFlow(
                            request -> request.flowName("contacts").clientToken(token)))
                    .isInstanceOf(AppflowException.class)
                    .hasMessageContaining("clientToken");
        }
        assertThatThrownBy(() -> client.listFlows(request -> request.nextToken("mine")))
                .isInstanceOf(ValidationException.class);
        assertThatThrownBy(() -> client.startFlow(request -> request.flowName("nobody")))
                .isInstanceOf(ResourceNotFoundException.class);
    }

    @Test
    void a_page_has_twenty_runs_unless_asked_and_the_next_one_goes_on() {
        for (int i = 0; i < 25; i++) {
            fake.add("contacts", FakeRun.of("run-" + i, "Successful", Instant.EPOCH.plusSeconds(i)));
        }
        DescribeFlowExecutionRecordsResponse first =
                client.describeFlowExecutionRecords(request -> request.flowName("contacts"));
        assertThat(first.flowExecutions()).hasSize(20);
        DescribeFlowExecutionRecordsResponse rest = client.describeFlowExecutionRecords(
                request -> request.flowName("contacts").nextToken(first.nextToken()));
        assertThat(rest.flowExecutions())
                .extracting(ExecutionRecord::executionId)
                .contains("run-0")
                .hasSize(5);
        assertThat(rest.nextToken()).isNull();
    }

    @Test
    void a_run_in_progress_is_a_conflict_but_its_own_token_is_not() {
        String id = client.startFlow(request -> request.flowName("contacts").clientToken("one"))
                .executionId();
        assertThatThrownBy(() ->
                        client.startFlow(request -> request.flowName("contacts").clientToken("two")))
                .isInstanceOf(ConflictException.class);
        assertThat(client.startFlow(request -> request.flowName("contacts").clientToken("one"))
                        .executionId())
                .isEqualTo(id);
        assertThatThrownBy(() ->
                        client.startFlow(request -> request.flowName("nightly").clientToken("one")))
                .as("of a scheduled flow, a token with other parameters")
                .isInstanceOf(ConflictException.class);
        assertThat(client.cancelFlowExecutions(
                                request -> request.flowName("contacts").executionIds(id, "other"))
                        .invalidExecutions())
                .containsExactly("other");
        assertThat(client.describeFlowExecutionRecords(request -> request.flowName("contacts"))
                        .flowExecutions())
                .extracting(ExecutionRecord::executionStatus)
                .containsExactly(ExecutionStatus.CANCEL_STARTED);
        fake.forgetTokens();
        assertThat(client.startFlow(request -> request.flowName("contacts").clientToken("one"))
                        .executionId())
                .isNotEqualTo(id);
    }
}
