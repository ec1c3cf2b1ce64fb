package io.github.keywharf.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.CachedSecrets;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretStore;
import io.github.keywharf.testing.FakeServer;
import io.github.keywharf.testing.aws.AwsFault;
import io.github.keywharf.testing.aws.AwsKeys;
import io.github.keywharf.testing.aws.FakeSecretsManager;
import io.github.keywharf.testing.contract.SecretStoreContract;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SecretsManagerSourceTest extends SecretStoreContract {
    private final List<Duration> pauses = new ArrayList<>();
    private FakeSecretsManager fake;
    private FakeServer server;
    private AWSManager aws;

    @BeforeEach
    void start() {
        fake = new FakeSecretsManager();
        server = FakeServer.start(fake);
        aws = manager(AwsKeys.ACCESS_KEY, AwsKeys.SECRET_KEY);
    }

    @AfterEach
    void stop() {
        aws.close();
        server.close();
    }

    private AWSManager manager(String accessKey, String secretKey) {
        return AWSManager.builder()
                .credentials(accessKey, Secret.of(secretKey))
                .region("eu-west-1")
                .endpoint(server.uri())
                .attempts(3)
                .pause(pauses::add)
                .connect();
    }

    @Override
    protected SecretStore store() {
        return aws.secrets();
    }

    @Override
    protected void removeByHand(SecretStore store, String name) {
        fake.markDeleted(name);
    }

    @Test
    void a_secret_that_is_marked_for_deletion_is_restored_by_a_new_value_alone() {
        SecretStore store = aws.secrets();
        fake.put("marked", "old");
        fake.markDeleted("marked");
        assertThat(store.find("marked")).isEmpty();
        assertThat(fake.calls(FakeSecretsManager.RESTORE)).isZero();
        store.put("marked", Secret.of("new"));
        assertThat(store.secret("marked").reveal()).isEqualTo("new");
        assertThat(fake.calls(FakeSecretsManager.RESTORE)).isEqualTo(1);
        assertThat(fake.calls(FakeSecretsManager.CREATE)).isZero();
        assertThat(pauses).as("between restoring and putting").isEmpty();
    }

    @Test
    void a_name_whose_secret_was_just_removed_can_be_put() {
        SecretStore store = aws.secrets();
        store.put("gone", Secret.of("old"));
        fake.takenAfterDeletion(3);
        store.remove("gone");
        store.put("gone", Secret.of("new"));
        assertThat(store.secret("gone").reveal()).isEqualTo("new");
        fake.takenAfterDeletion(100);
        store.remove("gone");
        assertThatThrownBy(() -> store.put("gone", Secret.of("another-secret-key")))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("secret.unavailable"))
                .hasMessageNotContaining("another-secret-key");
    }

    @Test
    void names_that_no_store_has_are_not_listed() {
        fake.put("prod/db", "x");
        fake.put("tenant-1", "y");
        assertThat(aws.secrets().names()).containsExactly("tenant-1");
    }

    @Test
    void a_secret_is_found_by_its_arn_and_read_again_each_time() {
        fake.put("totesys", "one");
        assertThat(aws.secrets()
                        .secret("arn:aws:secretsmanager:eu-west-1:000000000000:secret:totesys-AbCdEf")
                        .reveal())
                .isEqualTo("one");
        fake.put("totesys", "two");
        assertThat(aws.secrets().secret("totesys").reveal()).isEqualTo("two");
    }

    @Test
    void passing_failures_are_not_noticed_and_lasting_ones_are_reported() {
        fake.put("a", "x");
        fake.fault(AwsFault.broken(FakeSecretsManager.GET, 2));
        assertThat(aws.secrets().secret("a").reveal()).isEqualTo("x");
        fake.fault(AwsFault.broken(FakeSecretsManager.GET, 100));
        assertCode("secret.unavailable", aws, "a");
        assertThat(fake.calls(FakeSecretsManager.GET)).isEqualTo(6);
    }

    @Test
    void refusals_are_distinguished() {
        fake.put("a", "x");
        fake.putBinary("b", new byte[] {1});
        assertCode("secret.unreadable", aws, "b");
        fake.managed("a");
        assertThatThrownBy(() -> aws.secrets().put("a", Secret.of("another-secret-key")))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("secret.refused"))
                .hasMessageContaining("managed by another service")
                .hasMessageNotContaining("another-secret-key");
        assertThat(pauses).isEmpty();
        fake.fault(AwsFault.denied(FakeSecretsManager.GET));
        assertCode("secret.denied", aws, "a");
        fake.heal();
        try (AWSManager wrong = manager(AwsKeys.ACCESS_KEY, "another-secret-key");
                AWSManager unknown = manager("AKIAUNKNOWN", "another-secret-key")) {
            assertCode("secret.bad_credentials", wrong, "a");
            assertCode("secret.bad_credentials", unknown, "a");
        }
    }

    @Test
    void a_kept_secret_is_read_once_until_its_time_is_over_or_it_is_refreshed() {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-23T12:00:00Z"));
        CachedSecrets kept = aws.secrets().cached(Duration.ofMinutes(5), now::get);
        fake.put("totesys", "one");
        assertThat(kept.secret("totesys").reveal()).isEqualTo("one");
        fake.put("totesys", "two");
        now.updateAndGet(time -> time.plusSeconds(299));
        assertThat(kept.secret("totesys").reveal()).isEqualTo("one");
        assertThat(fake.calls(FakeSecretsManager.GET)).isEqualTo(1);
        now.updateAndGet(time -> time.plusSeconds(1));
        assertThat(kept.secret("totesys").reveal()).isEqualTo("two");

        fake.put("totesys", "three");
        assertThat(kept.refresh("totesys").orElseThrow().reveal()).isEqualTo("three");
        assertThat(kept.secret("totesys").reveal()).isEqualTo("three");
        assertThat(fake.calls(FakeSecretsManager.GET)).isEqualTo(3);
        assertThat(kept).asString().contains("AWS Secrets Manager").doesNotContain("three");
    }

    private static void assertCode(String code, AWSManager manager, String name) {
        assertThatThrownBy(() -> manager.secrets().find(name))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining("[" + name + "]")
                .hasMessageNotContaining("another-secret-key");
    }
}
