package io.github.keywharf.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.FakeServer;
import io.github.keywharf.testing.S3Server;
import io.github.keywharf.testing.aws.AwsKeys;
import io.github.keywharf.testing.aws.FakeAppFlow;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.appflow.AppflowClient;
import software.amazon.awssdk.services.s3.S3Client;

/** Which flow a manager's flow type is, and over whose clients. */
class FlowTypeTest {
    private static S3Server s3;

    private String bucket;
    private FakeAppFlow fake;
    private FakeServer server;

    @BeforeAll
    static void startS3() {
        s3 = S3Server.start();
    }

    @AfterAll
    static void stopS3() {
        s3.close();
    }

    @BeforeEach
    void start() {
        bucket = "flows-" + UUID.randomUUID();
        try (S3Client client = TestClients.s3(s3)) {
            client.createBucket(request -> request.bucket(bucket));
        }
        fake = new FakeAppFlow(new AwsKeys().issue(s3.accessKey(), s3.secretKey(), ""), InstantSource.system());
        server = FakeServer.start(fake);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private AWSManager.Builder builder() {
        return AWSManager.builder()
                .credentials(s3.accessKey(), Secret.of(s3.secretKey()))
                .region("eu-west-1")
                .endpoint(s3.endpoint())
                .pathStyle(true)
                .endpoint(AwsService.APPFLOW, server.uri());
    }

    private void settings(String json) {
        try (AWSManager aws = S3Managers.of(s3)) {
            aws.store(bucket).createIfAbsent(FlowSettings.KEY, json.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void the_settings_in_the_bucket_name_the_flow_of_a_type_and_its_place() {
        settings("""
                {"contact": {"flow_name": "crm-contacts-v2", "prefix": "sf/contact/", "note": 1},
                 "account": {"flow_name": "crm-accounts", "prefix": ""}}
                """);
        fake.define("crm-contacts-v2", "OnDemand");
        try (AWSManager aws = builder().flowType("contact").flowBucket(bucket).connect()) {
            AppFlow flow = aws.flow();
            assertThat(flow.name()).isEqualTo("crm-contacts-v2");
            assertThat(flow.settings()).contains(new FlowSettings("crm-contacts-v2", bucket, "sf/contact/"));
            assertThat(aws.startFlow(flow.name()).executionId()).isPresent();
            assertThat(aws.lastFlowId(flow.name())).isEmpty();
            assertThat(aws.flow("any").settings()).isEmpty();
        }
    }

    @Test
    void without_settings_a_type_is_the_flow_of_its_name() {
        fake.define("contact", "OnDemand");
        try (AWSManager bucketless = builder().flowType("contact").connect();
                AWSManager fileless =
                        builder().flowType("contact").flowBucket(bucket).connect()) {
            for (AWSManager aws : List.of(bucketless, fileless)) {
                assertThat(aws.flow().describe().destination())
                        .map(FlowDestination::bucket)
                        .contains("crm-flows");
                assertThat(aws.flow().settings()).isEqualTo(Optional.empty());
            }
        }
    }

    @Test
    void a_type_that_is_not_there_or_not_given_is_an_error_that_lists_the_others() {
        settings("{\"contact\": {\"flow_name\": \"c1\"}, \"account\": {\"flow_name\": \"a1\"}}");
        try (AWSManager lead = builder().flowType("lead").flowBucket(bucket).connect();
                AWSManager none = builder().connect()) {
            assertThat(failure(lead, "aws.no_flow_type"))
                    .hasMessageContaining("'lead'; choose one of [account, contact]");
            assertThat(failure(none, "aws.no_flow_type")).hasMessageContaining("flowType(…)");
        }
        assertThatThrownBy(() -> builder().flowType("../x")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void settings_that_cannot_be_read_are_named_with_their_object() {
        List<String> faulty = List.of(
                "{",
                "[]",
                "{\"contact\": 1, \"contact\": 2}",
                "{\"contact\": {\"prefix\": \"x\"}}",
                "{\"contact\": {\"flow_name\": \"a/../b\"}}",
                "{\"contact\": {\"flow_name\": \"c1\", \"prefix\": \"../other\"}}",
                "{\"contact\": {\"flow_name\": \"c1\", \"prefix\": \"/x\"}}",
                "{\"contact\": {\"flow_name\": \"c1\", \"prefix\": \"a\\nb\"}}");
        try (AWSManager aws = builder().flowType("contact").flowBucket(bucket).connect()) {
            for (String json : faulty) {
                aws.store(bucket).delete(FlowSettings.KEY);
                settings(json);
                assertThat(failure(aws, "aws.bad_flow_settings"))
                        .hasMessageContaining("[s3://" + bucket + "/config/flow_settings.json]");
            }
        }
        try (AWSManager aws =
                builder().flowType("contact").flowBucket("nowhere-" + bucket).connect()) {
            failure(aws, "store.no_bucket");
        }
    }

    private static KeywharfException failure(AWSManager aws, String code) {
        KeywharfException failure = catchThrowableOfType(KeywharfException.class, aws::flow);
        assertThat(failure.code()).isEqualTo(code);
        return failure;
    }

    @Test
    void the_constructor_of_three_arguments_is_in_ireland() {
        try (AWSManager aws = AWSManager.connect("AKIA", Secret.of("a secret"), "contact")) {
            assertThat(aws).asString().contains("eu-west-1").doesNotContain("a secret");
            assertThat(aws.flow().name()).isEqualTo("contact");
        }
    }

    @Test
    void clients_of_the_hosts_are_used_and_left_open() {
        fake.define("contact", "OnDemand");
        try (AWSManager owner = builder().connect()) {
            AppflowClient client = owner.unwrapAppFlow();
            AWSManager aws =
                    AWSManager.builder().client(client).flowType("contact").connect();
            assertThat(aws.flow().lastRun()).isEmpty();
            assertThat(aws.unwrapAppFlow()).isSameAs(client);
            assertThatThrownBy(() -> aws.store(bucket).find("a"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("none of S3");
            AppFlow flow = aws.flow();
            aws.close();
            aws.close();
            assertThatThrownBy(flow::lastRun).isInstanceOf(IllegalStateException.class);
            assertThat(client.listFlows(request -> {}).flows()).hasSize(1);
        }
    }

    @Test
    void settings_that_exclude_each_other_are_refused() {
        Secret secret = Secret.of("a secret");
        try (AWSManager owner = builder().connect()) {
            for (AWSManager.Builder builder : List.of(
                    builder().profile("dev"),
                    builder().client(owner.unwrapAppFlow()),
                    AWSManager.builder().region("eu-west-1").sessionToken(secret),
                    builder().externalId("tenant-7"),
                    builder().sessionName("nightly"))) {
                assertThatThrownBy(builder::connect).isInstanceOf(IllegalStateException.class);
            }
        }
        for (AWSManager.Builder builder : List.of(
                builder().assumeRole("reader"),
                builder().assumeRole("arn:aws:iam::1:role/a").sessionName("a b"),
                builder().assumeRole("arn:aws:iam::1:role/a").externalId("tenant 7"))) {
            assertThatThrownBy(builder::connect)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining("tenant 7");
        }
    }
}
