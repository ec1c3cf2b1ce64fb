package io.github.keywharf.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.ManualClock;
import io.github.keywharf.testing.RecordingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TenantUsersTest {
    /** Of the older system: the passwords are {@code password-1} and {@code password-2}. */
    static final String OLD_USERS = """
            {
                "customer-1":"97d0eed887efa9702fcba83a64ace149ea7923227a8649cbb01dc825f09118c8e0f95c5a4a496dd30d35554ef3984c697d3f7541d517e6c6c642189a23b21accfb8b5e7aa6b4b12f6e824ddca05818ff82c4df4799e083ff1a4d7957743070f8",
                "customer-2":"aa9e53cc66ff8252bb6d29a5829bc83802f320169c25170660537c55aedb8047ae0197077815317a1cb0af21149173f4293575332da4e3d12680d9c3e3f1d2a9f88cee90cda580be1221ba73ca18a2ab7d4f4558d08532c4b5cbff21a7471797"
            }
            """;

    @TempDir
    Path directory;

    private Path file;
    private final ManualClock clock = new ManualClock();
    private final RecordingListener events = new RecordingListener();

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(directory.resolve("users.json"), OLD_USERS);
    }

    private static boolean matches(TenantUsers users, String name, String password) {
        try (Secret secret = Secret.of(password)) {
            return users.matches(name, secret);
        }
    }

    /** A hash that tests can afford. */
    static String cheap(String password) {
        return TenantUsers.hash(Secret.of(password), PasswordHash.MIN_ITERATIONS, new SecureRandom());
    }

    @Test
    void users_of_the_older_system_log_in_with_their_passwords() {
        TenantUsers users = TenantUsers.file(file);

        assertThat(users.names()).containsExactly("customer-1", "customer-2");
        assertThat(matches(users, "customer-1", "password-1")).isTrue();
        assertThat(matches(users, "customer-2", "password-2")).isTrue();
        assertThat(matches(users, "customer-1", "password-2")).isFalse();
        assertThat(matches(users, "customer-3", "password-1")).isFalse();
    }

    @Test
    void a_new_hash_has_its_own_salt_and_todays_iterations() {
        try (Secret password = Secret.of("pässwörd 漢字")) {
            String one = TenantUsers.hash(password);

            assertThat(one)
                    .matches("pbkdf2-sha512\\$220000\\$[A-Za-z0-9+/]{43}\\$[A-Za-z0-9+/]{86}")
                    .isNotEqualTo(TenantUsers.hash(password));
            assertThat(PasswordHash.parse(one).matches(password.revealChars(), 0))
                    .isTrue();
            assertThat(PasswordHash.parse(one).matches("other".toCharArray(), 0))
                    .isFalse();
        }
    }

    @Test
    void no_password_is_hashed_that_is_empty_or_endless() {
        assertThatIllegalArgumentException().isThrownBy(() -> TenantUsers.hash(Secret.of("")));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TenantUsers.hash(Secret.of("x".repeat(TenantUsers.MAX_PASSWORD + 1))));
    }

    @Test
    void a_password_that_nobody_can_have_is_wrong() throws IOException {
        Files.writeString(file, "{\"a\": \"" + cheap(" ") + "\"}");
        TenantUsers users = TenantUsers.file(file);

        assertThat(matches(users, "a", " ")).isTrue();
        assertThat(matches(users, "a", "")).isFalse();
        assertThat(matches(users, "a", "x".repeat(TenantUsers.MAX_PASSWORD + 1)))
                .isFalse();
        assertThat(matches(users, "", " ")).isFalse();
        assertThat(matches(users, "../a", " ")).isFalse();
    }

    @Test
    void users_are_added_changed_and_removed_and_others_stay_as_they_are() throws IOException {
        TenantUsers users = TenantUsers.file(file, clock, events);
        try (Secret secret = Secret.of("first");
                Secret other = Secret.of("second")) {
            users.put("customer-3", secret);
            assertThat(matches(users, "customer-3", "first")).isTrue();
            users.put("customer-3", other);
        }
        users.remove("customer-2");

        assertThat(users.names()).containsExactly("customer-1", "customer-3");
        assertThat(matches(users, "customer-3", "first")).isFalse();
        assertThat(matches(TenantUsers.file(file), "customer-3", "second")).isTrue();
        assertThat(Files.readString(file)).contains("97d0eed887efa9702fcba83a64ace149ea7923227a8649cbb01dc825f09118c8");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void a_new_file_is_its_owners_and_never_in_the_place_of_another() throws IOException {
        Path fresh = directory.resolve("fresh.json");

        assertThat(TenantUsers.create(fresh).names()).isEmpty();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fresh)))
                .isEqualTo("rw-------");
        assertThatThrownBy(() -> TenantUsers.create(file)).isInstanceOf(KeywharfException.class);
        assertThat(Files.readString(file)).isEqualTo(OLD_USERS);
    }

    @Test
    void a_change_of_the_file_is_noticed_within_a_second() throws IOException {
        TenantUsers users = TenantUsers.file(file, clock, events);
        Files.writeString(file, "{\"customer-1\": \"" + cheap("new") + "\"}");

        assertThat(users.names()).hasSize(2);
        clock.advance(TenantUsers.DEFAULT_REFRESH);
        assertThat(users.names()).containsExactly("customer-1");
        assertThat(matches(users, "customer-1", "new")).isTrue();
    }

    @Test
    void a_file_that_breaks_is_reported_once_and_the_users_stay() throws IOException {
        TenantUsers users = TenantUsers.file(file, clock, events);
        Files.writeString(file, "{\"customer-1\": ");
        for (int i = 0; i < 3; i++) {
            clock.advance(TenantUsers.DEFAULT_REFRESH);
            assertThat(users.names()).hasSize(2);
        }
        Files.delete(file);
        clock.advance(TenantUsers.DEFAULT_REFRESH);
        assertThat(users.names()).hasSize(2);
        assertThat(events.named("batch.platform.trouble")).hasSize(2);

        Files.writeString(file, "{}");
        clock.advance(TenantUsers.DEFAULT_REFRESH);
        assertThat(users.names()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{\"a\": 1}",
                "{\"a\": \"kwsecret\"}",
                "{\"a\": \"pbkdf2-sha512$100$kwsecretkwsecretkwsecret$kwsecret\"}",
                "{\"a\": \"pbkdf2-sha512$99999999$c2FsdHNhbHRzYWx0c2FsdA$"
                        + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
                "{\"../a\": \"kwsecret\"}",
                "{\"a\": \"kwsecret\", \"a\": \"kwsecret\"}",
                "{\"a\": kwsecret}",
            })
    void a_file_that_is_wrong_is_refused_and_no_hash_is_quoted(String content) throws IOException {
        Files.writeString(file, content);

        assertThatThrownBy(() -> TenantUsers.file(file))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("batch.bad_users"))
                .hasMessageNotContaining("kwsecret")
                .hasNoCause();
    }

    @Test
    void a_failure_costs_what_the_dearest_user_costs_so_that_the_time_shows_nobody() {
        PasswordHash cheap = PasswordHash.parse(cheap("x"));
        PasswordHash nobody = PasswordHash.ofNobody(5_000);

        // The time is not measured; the iterations of both are the same by this sum.
        assertThat(cheap.iterations()).isEqualTo(1_000);
        assertThat(nobody.iterations()).isEqualTo(5_000);
        assertThat(cheap.matches("y".toCharArray(), 5_000)).isFalse();
        assertThat(nobody.matches("y".toCharArray(), 5_000)).isFalse();
    }

    @Test
    void nothing_that_prints_shows_a_hash_or_a_password() {
        assertThat(TenantUsers.file(file).toString() + PasswordHash.parse(cheap("x")))
                .doesNotContain("97d0", "$");
    }

    @Test
    void the_users_are_looked_at_once_a_second_at_most() throws IOException {
        TenantUsers users = TenantUsers.file(file, clock, events);
        clock.advance(TenantUsers.DEFAULT_REFRESH);
        assertThat(users.names()).hasSize(2);
        Files.writeString(file, "{}");

        clock.advance(TenantUsers.DEFAULT_REFRESH.minus(Duration.ofMillis(1)));
        assertThat(users.names()).hasSize(2);
    }
}
