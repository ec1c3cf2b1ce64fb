package io.github.keywharf.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.Pause;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretStore;
import io.github.keywharf.testing.FakeRest.Fault;
import io.github.keywharf.testing.FakeServer;
import io.github.keywharf.testing.azure.FakeEntra;
import io.github.keywharf.testing.azure.FakeKeyVault;
import io.github.keywharf.testing.contract.SecretStoreContract;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyVaultSecretsTest extends SecretStoreContract {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-23T12:00:00Z"));
    private final FakeEntra entra = new FakeEntra(now::get);
    private final FakeKeyVault vault = new FakeKeyVault(entra, now::get);
    private final List<Duration> pauses = new ArrayList<>();

    @Override
    protected SecretStore store() {
        return store(application(FakeEntra.CLIENT_SECRET), pauses::add);
    }

    @Override
    protected int maxSecretBytes() {
        return KeyVaultSecrets.MAX_BYTES;
    }

    @Override
    protected void removeByHand(SecretStore store, String name) {
        vault.delete(name);
    }

    private static AzureLogin application(String secret) {
        return AzureLogin.clientCredentials(FakeEntra.TENANT, FakeEntra.CLIENT_ID, Secret.of(secret));
    }

    private KeyVaultSecrets store(AzureLogin login, Pause pause) {
        return store(login, pause, vault.withEntra());
    }

    private KeyVaultSecrets store(AzureLogin login, Pause pause, HttpHandler client) {
        return KeyVaultSecrets.builder()
                .vault("acme-sharing")
                .credentials(login)
                .http(client)
                .clock(now::get)
                .pause(pause)
                .build();
    }

    @Test
    void a_tenant_that_was_removed_can_be_put_again_while_the_vault_still_recovers_the_name() {
        SecretStore store = store();
        store.put("tenant-1", Secret.of("old"));
        vault.settleAfter(2);
        store.remove("tenant-1");
        assertThat(store.find("tenant-1")).isEmpty();

        store.put("tenant-1", Secret.of("new"));

        assertThat(store.secret("tenant-1").reveal()).isEqualTo("new");
        assertThat(vault.calls(FakeKeyVault.RECOVER)).isEqualTo(1);
        assertThat(pauses).hasSizeGreaterThan(2);
    }

    @Test
    void a_process_that_is_killed_after_it_recovered_a_name_does_not_bring_the_old_secret_back() {
        SecretStore store = store();
        store.put("tenant-1", Secret.of("old"));
        store.remove("tenant-1");
        KeyVaultSecrets killed = store(application(FakeEntra.CLIENT_SECRET), wait -> {
            throw new InterruptedException("killed");
        });
        assertThatThrownBy(() -> killed.put("tenant-1", Secret.of("new")))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(KeywharfException.INTERRUPTED));
        assertThat(Thread.interrupted()).isTrue();

        assertThat(store.find("tenant-1")).isEmpty();
        assertThat(store.names()).isEmpty();
        store.remove("tenant-1");
        store.put("tenant-1", Secret.of("new"));
        assertThat(store.secret("tenant-1").reveal()).isEqualTo("new");
    }

    @Test
    void a_vault_that_is_busy_with_a_name_for_longer_than_a_minute_is_reported() {
        SecretStore store = store();
        store.put("a", Secret.of("x"));
        vault.settleAfter(100);
        store.remove("a");
        assertCode("secret.unavailable", () -> store.put("a", Secret.of("y")));
        assertThat(pauses.stream().reduce(Duration.ZERO, Duration::plus)).isGreaterThan(Duration.ofSeconds(55));
    }

    @Test
    void one_login_serves_all_calls_until_it_expires_or_is_refused() {
        SecretStore store = store();
        store.put("a", Secret.of("x"));
        store.names();
        store.find("b");
        assertThat(entra.calls(FakeEntra.TOKEN)).isEqualTo(1);
        now.updateAndGet(time -> time.plus(Duration.ofMinutes(61)));
        assertThat(store.secret("a").reveal()).isEqualTo("x");
        assertThat(entra.calls(FakeEntra.TOKEN)).isEqualTo(2);
        entra.revokeAll();
        assertThat(store.secret("a").reveal()).isEqualTo("x");
        assertThat(entra.calls(FakeEntra.TOKEN)).isEqualTo(3);
    }

    @Test
    void the_managed_identity_of_an_app_and_of_a_machine_logs_in() {
        vault.put("a", "x", true);
        Map<String, String> app = Map.of(
                "IDENTITY_ENDPOINT",
                "http://127.0.0.1:41741/msi/token",
                "IDENTITY_HEADER",
                FakeEntra.IDENTITY_HEADER,
                "AZURE_CLIENT_ID",
                FakeEntra.CLIENT_ID);
        assertThat(store(AzureLogin.environment(app), pauses::add).secret("a").reveal())
                .isEqualTo("x");
        assertThat(entra.calls(FakeEntra.APP_TOKEN)).isEqualTo(1);

        entra.fault(Fault.status(FakeEntra.MACHINE_TOKEN, 1, 429));
        assertThat(store(AzureLogin.environment(Map.of()), pauses::add)
                        .secret("a")
                        .reveal())
                .isEqualTo("x");
        assertThat(entra.calls(FakeEntra.MACHINE_TOKEN)).isEqualTo(2);
        assertThat(AzureLogin.environment(app)).asString().doesNotContain(FakeEntra.IDENTITY_HEADER);
    }

    @Test
    void the_application_of_the_environment_wins() {
        AzureLogin login = AzureLogin.environment(Map.of(
                "AZURE_TENANT_ID",
                FakeEntra.TENANT,
                "AZURE_CLIENT_ID",
                FakeEntra.CLIENT_ID,
                "AZURE_CLIENT_SECRET",
                FakeEntra.CLIENT_SECRET,
                "IDENTITY_ENDPOINT",
                "http://127.0.0.1:1/",
                "IDENTITY_HEADER",
                "x"));
        assertThat(store(login, pauses::add).find("a")).isEmpty();
        assertThat(entra.calls(FakeEntra.TOKEN)).isEqualTo(1);
    }

    @Test
    void refusals_are_distinguished_and_show_no_secret() {
        vault.put("a", "hidden-value", true);
        vault.put("off", "hidden-value", false);
        assertCode("secret.refused", () -> store().find("off"));
        assertThat(store().names()).containsExactly("a");
        assertCode(
                "secret.bad_credentials",
                () -> store(application("hidden-value"), pauses::add).find("a"));
        vault.forbid("get");
        assertCode("secret.denied", () -> store().find("a"));
        vault.forbid("set");
        assertCode("secret.denied", () -> store().put("a", Secret.of("hidden-value")));
        assertCode(
                "secret.bad_credentials",
                () -> store(
                                AzureLogin.environment(Map.of(
                                        "IDENTITY_ENDPOINT", "http://127.0.0.1:1/msi/token", "IDENTITY_HEADER", "no")),
                                pauses::add)
                        .find("a"));
    }

    @Test
    void passing_failures_are_not_noticed_and_lasting_ones_are_reported() {
        vault.put("a", "x", true);
        vault.fault(new Fault(FakeKeyVault.GET, 2, HttpResponse.json(429, "{}").withHeader("Retry-After", "7")));
        assertThat(store().secret("a").reveal()).isEqualTo("x");
        assertThat(pauses).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(7));
        vault.fault(Fault.lostAnswer(FakeKeyVault.SET, 1));
        store().put("a", Secret.of("y"));
        assertThat(store().secret("a").reveal()).isEqualTo("y");
        vault.fault(Fault.status(FakeKeyVault.GET, 100, 503));
        assertCode("secret.unavailable", () -> store().find("a"));
        vault.heal();
        vault.fault(Fault.lostAnswer(FakeKeyVault.GET, 100));
        assertCode("secret.unavailable", () -> store().find("a"));
        vault.heal();
        vault.fault(new Fault(FakeKeyVault.GET, 1, HttpResponse.text(200, "<html>hidden-value</html>")));
        assertCode("secret.unreadable", () -> store().find("a"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://elsewhere.example/secrets", "http://acme-sharing.vault.azure.net/secrets", "::"})
    void a_list_that_goes_on_at_another_host_is_not_followed(String next) {
        vault.fault(new Fault(
                FakeKeyVault.LIST, 1, HttpResponse.json(200, "{\"value\":[],\"nextLink\":\"" + next + "\"}")));
        assertCode("secret.failed", () -> store().names());
    }

    @Test
    void names_are_compared_without_case_as_the_vault_does() {
        SecretStore store = store();
        store.put("Acme", Secret.of("x"));
        assertThat(store.secret("acme").reveal()).isEqualTo("x");
    }

    @Test
    void a_vault_is_named_or_addressed_and_never_reached_in_plain_text() {
        assertThat(KeyVaultSecrets.builder().vault("acme-sharing").build())
                .hasToString("Key Vault https://acme-sharing.vault.azure.net");
        assertThat(KeyVaultSecrets.builder()
                        .vault("https://acme.vault.azure.cn/")
                        .build())
                .hasToString("Key Vault https://acme.vault.azure.cn");
        assertThat(KeyVaultCalls.resource(URI.create("https://acme.vault.azure.cn")))
                .isEqualTo("https://vault.azure.cn");
        for (String wrong :
                List.of("a b", "acme/x", "ftp://acme", "https://user:word@acme", "https://acme/secrets?x")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> KeyVaultSecrets.builder().vault(wrong))
                    .withMessageNotContaining("word");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyVaultSecrets.builder()
                        .vault("http://acme.vault.azure.net")
                        .build());
        assertThatThrownBy(() -> KeyVaultSecrets.builder().build()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void it_works_over_a_port() {
        try (FakeServer server = FakeServer.start(vault.withEntra())) {
            SecretStore store = KeyVaultSecrets.builder()
                    .vault(server.uri().toString())
                    .credentials(AzureLogin.clientCredentials(
                            server.uri(), FakeEntra.TENANT, FakeEntra.CLIENT_ID, Secret.of(FakeEntra.CLIENT_SECRET)))
                    .clock(now::get)
                    .build();
            for (int i = 0; i < 30; i++) {
                store.put("tenant-" + (10 + i), Secret.of("{\"n\":" + i + "}"));
            }
            assertThat(store.names()).hasSize(30);
            store.remove("tenant-10");
            assertThat(store.find("tenant-10")).isEmpty();
        }
    }

    private static void assertCode(String code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageNotContaining("hidden-value")
                .hasMessageNotContaining("entra-token");
    }
}
