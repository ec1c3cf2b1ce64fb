package io.github.keywharf.azure;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.http.BearerFilter;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.Pause;
import io.github.keywharf.http.RetryFilter;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretStore;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of an Azure Key Vault, in their current version, over its REST API. Thread-safe; holds nothing that has to be
 * closed.
 *
 * <pre>{@code
 * SecretStore secrets = KeyVaultSecrets.builder()
 *         .vault("acme-sharing")
 *         .login(AzureLogin.environment())
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
    private static final int MAX_PAGES = 100_000;

    /** A minute in all: deleting and recovering a secret take some seconds each. */
    private static final List<Duration> WAITS = Stream.of(1, 1, 2, 2, 4, 4, 6, 8, 8, 10, 14)
            .map(Duration::ofSeconds)
            .toList();

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
        KeyVaultCalls.Answer answer = calls.send("GET", name, "/secrets/" + name, null);
        if (answer.status() == 404) {
            return Optional.empty();
        }
        if (answer.status() == 403 && answer.inner().equals("SecretDisabled")) {
            throw new KeywharfException(
                    "secret.refused", name, "The secret is disabled; enable it, or put another one");
        }
        JsonNode secret = answer.orThrow(name);
        JsonNode value = secret.path("value");
        if (!value.isTextual()) {
            throw new KeywharfException(
                    "secret.unreadable", name, "The answer has no value; check the vault's address, and for a proxy");
        }
        return isRemoved(secret) ? Optional.empty() : Optional.of(Secret.of(value.textValue()));
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
        byte[] body = AzureJson.bytes(Map.of("value", text, "contentType", contentType));
        for (Duration wait : WAITS) {
            KeyVaultCalls.Answer answer = calls.send("PUT", name, "/secrets/" + name, body);
            if (answer.status() != 409) {
                answer.orThrow(name);
                return;
            }
            if (answer.inner().equals("ObjectIsDeletedButRecoverable")) {
                recover(name);
            }
            pause(name, wait);
        }
        throw new KeywharfException(
                "secret.unavailable",
                name,
                "The vault has been deleting or recovering the secret for a minute; try again later");
    }

    /** Another process may have recovered or purged it meanwhile, which the next attempt to put it shows. */
    private void recover(String name) {
        KeyVaultCalls.Answer answer = calls.send("POST", name, "/deletedsecrets/" + name + "/recover", new byte[0]);
        if (answer.status() != 404 && answer.status() != 409) {
            answer.orThrow(name);
        }
    }

    private void pause(String name, Duration wait) {
        try {
            pause.of(wait);
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted(name, e);
        }
    }

    @Override
    public void remove(String name) {
        SecretStore.checkName(name);
        KeyVaultCalls.Answer present = calls.send("GET", name, "/secrets/" + name, null);
        if (present.status() == 404) {
            return;
        }
        if (present.status() != 403 || !present.inner().equals("SecretDisabled")) {
            present.orThrow(name);
        }
        put(name, "removed", REMOVED);
        KeyVaultCalls.Answer answer = calls.send("DELETE", name, "/secrets/" + name, null);
        if (answer.status() != 404 && answer.status() != 409) {
            answer.orThrow(name);
        }
    }

    @Override
    public List<String> names() {
        Set<String> names = new TreeSet<>();
        String next = "/secrets?maxresults=25";
        for (int page = 0; page < MAX_PAGES; page++) {
            JsonNode answer = calls.send("GET", "secrets", next, null).orThrow("secrets");
            for (JsonNode secret : answer.path("value")) {
                boolean enabled = secret.path("attributes").path("enabled").asBoolean(true);
                boolean certificate = secret.path("managed").asBoolean(false);
                if (enabled && !certificate && !isRemoved(secret)) {
                    String id = secret.path("id").asText("");
                    names.add(id.substring(id.lastIndexOf('/') + 1));
                }
            }
            next = answer.path("nextLink").asText("");
            if (next.isEmpty()) {
                return List.copyOf(names);
            }
        }
        throw new KeywharfException(
                "secret.failed", "secrets", "The vault's list has no end; check its address, and for a proxy");
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
        public Builder login(AzureLogin way) {
            login = Objects.requireNonNull(way, "way");
            return this;
        }

        /**
         * Sends requests by this client, which the host keeps: one with a proxy or TLS settings of {@link HttpClients}, or a
         * fake. It neither repeats requests nor follows redirects.
         */
        public Builder client(HttpHandler handler) {
            client = Objects.requireNonNull(handler, "handler");
            return this;
        }

        /** Receives retries, as {@link io.github.keywharf.http.HttpEvent}s. */
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
            URI address = vault;
            if (address == null) {
                throw new IllegalStateException("Nothing says which vault; call vault(\"name\")");
            }
            AzureLogin way = login == null ? AzureLogin.environment() : login;
            HttpHandler sending = client == null
                    ? HttpClients.builder().deadline(Duration.ofMinutes(1)).open()
                    : client;
            HttpHandler repeating = sending.with(RetryFilter.builder()
                    .passing(KeyVaultCalls::mayPass)
                    .time(clock, pause)
                    .events(listener)
                    .build());
            String resource = KeyVaultCalls.resource(address);
            BearerFilter bearer = BearerFilter.of(address, () -> way.token(resource, repeating, clock), clock);
            return new KeyVaultSecrets(new KeyVaultCalls(repeating.with(bearer), address), pause);
        }

        @Override
        public String toString() {
            return "KeyVaultSecrets.Builder[" + vault + "]";
        }
    }
}
