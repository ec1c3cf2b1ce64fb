package io.github.keywharf.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretSource;
import io.github.keywharf.secret.SecretSourceContract;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SecretsManagerSourceTest extends SecretSourceContract {
    private FakeSecretsManager fake;
    private AWSManager aws;

    @BeforeEach
    void start() {
        fake = FakeSecretsManager.start();
        aws = manager(FakeSecretsManager.ACCESS_KEY, FakeSecretsManager.SECRET_KEY);
    }

    @AfterEach
    void stop() {
        aws.close();
        fake.close();
    }

    private AWSManager manager(String accessKey, String secretKey) {
        return AWSManager.builder()
                .credentials(accessKey, Secret.of(secretKey))
                .region("eu-west-1")
                .endpoint(fake.endpoint())
                .attempts(3)
                .connect();
    }

    @Override
    protected SecretSource source(Map<String, String> secrets) {
        secrets.forEach(fake::put);
        return aws.secrets();
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
        fake.failNext(2);
        assertThat(aws.secrets().secret("a").reveal()).isEqualTo("x");
        fake.failNext(100);
        assertCode("secret.unavailable", aws, "a");
        assertThat(fake.requests()).isEqualTo(6);
    }

    @Test
    void refusals_are_distinguished() {
        fake.put("a", "x");
        fake.putBinary("b", new byte[] {1});
        fake.put("gone", "y");
        fake.markDeleted("gone");
        assertCode("secret.unreadable", aws, "b");
        assertCode("secret.refused", aws, "gone");
        fake.deny(true);
        assertCode("secret.denied", aws, "a");
        try (AWSManager wrong = manager(FakeSecretsManager.ACCESS_KEY, "another-secret-key");
                AWSManager unknown = manager("AKIAUNKNOWN", "another-secret-key")) {
            assertCode("secret.bad_credentials", wrong, "a");
            assertCode("secret.bad_credentials", unknown, "a");
        }
    }

    private static void assertCode(String code, AWSManager manager, String name) {
        assertThatThrownBy(() -> manager.secrets().find(name))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining("[" + name + "]")
                .hasMessageNotContaining("another-secret-key");
    }
}
