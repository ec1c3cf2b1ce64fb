package io.github.keywharf.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.http.BearerFilter;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.JsonAnswer;
import io.github.keywharf.http.Pause;
import io.github.keywharf.http.RetryFilter;
import io.github.keywharf.internal.Backoff;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretStore;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of an Azure Key Vault, in their current version, over its REST API. Thread-safe; holds nothing that has to be
 * closed.
 *
 * <pre>{@code
 * SecretStore secrets = KeyVaultSecrets.builder()
 *         .vault("acme-sharing")
 *         .credentials(AzureLogin.environment())
 *         .build();
 * secrets.put("tenant-1", Secret.of("…"));
 * }</pre>
 *
 * <p>A vault keeps removed secrets for days, and refuses their names for as long. Here a removed secret is first replaced by
 * an empty mark, so that {@link #put} can recover it without that anybody reads the old value. The vault ignores the case of
 * names. It keeps earlier versions of each secret, and of removed ones, which those who may read versions can see.
 *
 * <p>Its errors: {@code secret.bad_credentials}, {@code secret.denied}, {@code secret.refused} for a disabled secret,
 * {@code secret.too_large}, {@code secret.tls_failed}, {@code secret.unavailable} when all attempts failed or the vault is
 * busy with the name for a minute, {@code secret.failed} for the rest.
 */
public final class KeyVaultSecrets implements SecretStore {
    /** The most bytes of a secret, 25,000. */
    public static final int MAX_BYTES = 25_000;

    private static final String REMOVED = "application/vnd.keywharf.removed";
    private static final Pattern NAME = Pattern.compile("[0-9a-zA-Z-]{1," + MAX_NAME + "}");

    /** A minute in all: deleting and recovering a secret take some seconds each. */
    private static final int ATTEMPTS = 10;

    private static final Backoff BACKOFF = Backoff.doubling(Duration.ofSeconds(1), Duration.ofSeconds(8));

    private final KeyVaultCalls calls;
    private final Pause pause;

    private KeyVaultSecrets(KeyVaultCalls calls, Pause pause) {
        this.calls = calls;
        this.pause = pause;
    }

    /** A builder. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public Optional<Secret> find(String name) {
        if (!NAME.matcher(name).matches()) {
            return Optional.empty();
        }
        JsonAnswer answer = calls.send("GET", name, "/secrets/" + name);
        if (answer.status() == 404) {
            return Optional.empty();
        }
        if (isDisabled(answer)) {
            throw new KeywharfException(
                    "secret.refused", name, "The secret is disabled; enable it, or put another one");
        }
        JsonNode secret = KeyVaultCalls.checked(name, answer);
        JsonNode value = secret.path("value");
        if (!value.isTextual()) {
            throw new KeywharfException(
                    "secret.unreadable", name, "The answer has no value; check the vault's address, and for a proxy");
        }
        return isRemoved(secret) ? Optional.empty() : Optional.of(Secret.of(value.textValue()));
    }

    private static boolean isDisabled(JsonAnswer answer) {
        return answer.status() == 403 && KeyVaultCalls.inner(answer).equals("SecretDisabled");
    }

    private static boolean isRemoved(JsonNode secret) {
        return secret.path("contentType").asText("").equals(REMOVED);
    }

    @Override
    public void put(String name, Secret secret) {
        SecretStore.checkName(name);
        String text = secret.reveal();
        if (text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw new KeywharfException(
                    "secret.too_large",
                    name,
                    "The secret has more than " + MAX_BYTES + " bytes, which is what a vault keeps; keep it elsewhere");
        }
        put(name, text, "text/plain");
    }

    private void put(String name, String text, String contentType) {
        JsonNode body = JsonNodeFactory.instance.objectNode().put("value", text).put("contentType", contentType);
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            JsonAnswer answer = calls.put(name, body);
            if (answer.status() != 409) {
                KeyVaultCalls.checked(name, answer);
                return;
            }
            if (KeyVaultCalls.inner(answer).equals("ObjectIsDeletedButRecoverable")) {
                settle(name, calls.send("POST", name, "/deletedsecrets/" + name + "/recover"));
            }
            pause.of(BACKOFF.pause(attempt), name);
        }
        throw KeywharfException.retryable(
                KeyVaultCalls.UNAVAILABLE,
                name,
                "The vault has been deleting or recovering the secret for a minute; try again later");
    }

    /** Accepts that another process did the same, or purged the secret meanwhile, which the next attempt shows. */
    private static void settle(String name, JsonAnswer answer) {
        if (answer.status() != 404 && answer.status() != 409) {
            KeyVaultCalls.checked(name, answer);
        }
    }

    @Override
    public void remove(String name) {
        SecretStore.checkName(name);
        JsonAnswer present = calls.send("GET", name, "/secrets/" + name);
        if (present.status() == 404) {
            return;
        }
        if (!isDisabled(present)) {
            KeyVaultCalls.checked(name, present);
        }
        put(name, "removed", REMOVED);
        settle(name, calls.send("DELETE", name, "/secrets/" + name));
    }

    @Override
    public List<String> names() {
        return calls.list("secrets")
                .filter(secret -> secret.path("attributes").path("enabled").asBoolean(true)
                        && !secret.path("managed").asBoolean(false)
                        && !isRemoved(secret))
                .map(secret -> secret.path("id").asText(""))
                .map(id -> id.substring(id.lastIndexOf('/') + 1))
                .distinct()
                .sorted()
                .toList();
    }

    @Override
    public String toString() {
        return "Key Vault " + calls.vault();
    }

    /** Settings of {@link KeyVaultSecrets}. By default the login is {@link AzureLogin#environment()}. */
    public static final class Builder {
        private static final Pattern SHORT = Pattern.compile("[a-zA-Z][0-9a-zA-Z-]{1,22}[0-9a-zA-Z]");

        private @Nullable URI vault;
        private @Nullable AzureLogin login;
        private @Nullable HttpHandler client;
        private EventListener listener = EventListener.NONE;
        private InstantSource clock = InstantSource.system();
        private Pause pause = Pause.SLEEP;

        private Builder() {}

        /**
         * The vault: its name in the public cloud, or its address.
         *
         * @throws IllegalArgumentException when it is neither; also for an address of plain http, unless it is a loopback one
         */
        public Builder vault(String nameOrAddress) {
            String address = SHORT.matcher(nameOrAddress).matches()
                    ? "https://" + nameOrAddress + ".vault.azure.net"
                    : nameOrAddress;
            vault = KeyVaultCalls.checkedVault(address);
            return this;
        }

        /** How to log in. */
        public Builder credentials(AzureLogin way) {
            login = Objects.requireNonNull(way, "way");
            return this;
        }

        /**
         * Sends requests by this client, which the host keeps: one with a proxy or TLS settings of {@link HttpClients}, or a
         * fake. It neither repeats requests nor follows redirects.
         */
        public Builder http(HttpHandler handler) {
            client = Objects.requireNonNull(handler, "handler");
            return this;
        }

        /** Receives retries, as {@link io.github.keywharf.http.RetryFilter#REPEATED} events. */
        public Builder events(EventListener receiver) {
            listener = receiver.guarded();
            return this;
        }

        /** The time of this machine; the system's clock unless given. */
        public Builder clock(InstantSource source) {
            clock = Objects.requireNonNull(source, "source");
            return this;
        }

        /** How to wait between attempts. */
        Builder pause(Pause waiting) {
            pause = waiting;
            return this;
        }

        /**
         * The store. Sends nothing.
         *
         * @throws IllegalStateException when no vault is given
         */
        public KeyVaultSecrets build() {
            URI address = Checks.required("The vault", vault, "vault(name)");
            AzureLogin way = login == null ? AzureLogin.environment() : login;
            HttpHandler sending = client == null
                    ? HttpClients.builder().timeout(Duration.ofMinutes(1)).open()
                    : client;
            HttpHandler repeating = sending.with(RetryFilter.builder()
                    .passing(KeyVaultCalls::mayPass)
                    .clock(clock, pause)
                    .events(listener)
                    .build());
            String resource = KeyVaultCalls.resource(address);
            BearerFilter bearer = BearerFilter.of(address, () -> way.token(resource, repeating, clock), clock);
            return new KeyVaultSecrets(KeyVaultCalls.of(repeating.with(bearer), address), pause);
        }

        @Override
        public String toString() {
            return "KeyVaultSecrets.Builder[" + vault + "]";
        }
    }
}
