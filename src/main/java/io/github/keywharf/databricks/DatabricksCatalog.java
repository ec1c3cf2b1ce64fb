package io.github.keywharf.databricks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.Recipient;
import io.github.keywharf.catalog.RecipientState;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.ShareCatalog;
import io.github.keywharf.catalog.ShareCredentials;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.http.BearerFilter;
import io.github.keywharf.http.BearerToken;
import io.github.keywharf.http.ClientCredentials;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpOrigin;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.JsonAnswer;
import io.github.keywharf.http.Pause;
import io.github.keywharf.http.RetryFilter;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretSource;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The shares and recipients of a Unity Catalog metastore of Databricks, over the REST API of one of its workspaces.
 *
 * <pre>{@code
 * ShareCatalog catalog = DatabricksCatalog.builder()
 *         .host("adb-1234567890123456.7.azuredatabricks.net")
 *         .credentials(clientId, clientSecret)
 *         .build();
 * catalog.ensureShare(Share.of("acme", SharedTable.of("main.usage.daily", "usage.daily")));
 * }</pre>
 *
 * <p>Thread-safe; holds nothing that has to be closed. The service principal needs CREATE SHARE and CREATE RECIPIENT on the
 * metastore, owns what it makes, and keeps SELECT on each table for as long as it is shared.
 *
 * <p>What differs from other catalogs: sources are {@code catalog.schema.table}; shared names have letters, digits and
 * underscores only. A share's views, volumes and notebooks, and tables whose filter is not one equality, are not listed, and
 * {@link #ensureShare} takes them out. Names come back in lower case. The validity of a recipient counts for its first token;
 * a rotation gives the next one the metastore's lifetime, so read {@link ShareProfile#expires()}. A recipient has two tokens
 * at most: within the grace of a rotation another one is {@code catalog.conflict}. {@link #recipients} also lists those that
 * log in without a token, which have none.
 */
public final class DatabricksCatalog implements ShareCatalog {
    private static final int ROUNDS = 5;

    private final DatabricksCalls calls;
    private final InstantSource clock;

    private DatabricksCatalog(DatabricksCalls calls, InstantSource clock) {
        this.calls = calls;
        this.clock = clock;
    }

    /** A builder. */
    public static Builder builder() {
        return new Builder();
    }

    private static String path(String kind, String name) {
        return "/" + kind + "/" + HttpRequest.encoded(name);
    }

    /** Result of a call; empty when what it names does not exist. */
    private static <T> Optional<T> unlessAbsent(Supplier<T> call) {
        try {
            return Optional.of(call.get());
        } catch (KeywharfException e) {
            if (e.is(DatabricksCalls.NOT_FOUND)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Optional<JsonNode> find(String subject, String path) {
        return unlessAbsent(() -> calls.get(subject, path));
    }

    @Override
    public Share ensureShare(Share share) {
        ShareUpdates.check(share);
        String subject = "share " + share.name();
        String path = path("shares", share.name());
        KeywharfException conflict = null;
        for (int round = 0; round < ROUNDS; round++) {
            try {
                JsonNode present =
                        find(subject, path + "?include_shared_data=true").orElse(null);
                if (present == null) {
                    calls.send(
                            "POST", subject, "/shares", DatabricksCalls.object().put("name", share.name()));
                    present = DatabricksCalls.object();
                }
                List<ObjectNode> updates = ShareUpdates.updates(present, share);
                if (updates.isEmpty() && present.has("name")) {
                    return ShareUpdates.share(present);
                }
                for (int i = 0; i < updates.size(); i += ShareUpdates.MAX_UPDATES) {
                    ObjectNode body = DatabricksCalls.object();
                    updates.subList(i, Math.min(updates.size(), i + ShareUpdates.MAX_UPDATES))
                            .forEach(body.withArray("updates")::add);
                    calls.send("PATCH", subject, path, body);
                }
            } catch (KeywharfException e) {
                if (!e.is(DatabricksCalls.CONFLICT)) {
                    throw e;
                }
                // Another makes the same: what it has made is seen in the next round.
                conflict = e;
            }
        }
        throw KeywharfException.retryable(
                "catalog.conflict", subject, "Another changes the share at the same time; try again later", conflict);
    }

    @Override
    public Optional<Share> findShare(String name) {
        return find("share " + name, path("shares", name) + "?include_shared_data=true")
                .map(ShareUpdates::share);
    }

    /** A call for each share, as lists come without tables. */
    @Override
    public List<Share> shares() {
        List<Share> shares = new ArrayList<>();
        for (JsonNode share : calls.list("shares", "/shares", "shares")) {
            shown(share, known -> findShare(known.path("name").asText("")).orElse(null))
                    .ifPresent(shares::add);
        }
        shares.sort(Comparator.comparing(Share::name));
        return List.copyOf(shares);
    }

    /** Others may have given names that cannot be ones here. */
    private static <T> Optional<T> shown(JsonNode json, Function<JsonNode, @Nullable T> reader) {
        try {
            return Optional.ofNullable(reader.apply(json));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public void removeShare(String name) {
        Optional<JsonNode> unused = unlessAbsent(() -> calls.delete("share " + name, path("shares", name)));
    }

    @Override
    public RecipientState ensureRecipient(Recipient recipient) {
        String subject = "recipient " + recipient.name();
        String path = path("recipients", recipient.name());
        JsonNode present = find(subject, path).orElse(null);
        if (present == null) {
            try {
                return Recipients.state(
                        calls.send("POST", subject, "/recipients", Recipients.created(recipient, clock.instant())));
            } catch (KeywharfException e) {
                if (!e.is(DatabricksCalls.CONFLICT)) {
                    throw e;
                }
                // Another has made it meanwhile, or this has, and the answer was lost.
                present = calls.get(subject, path);
            }
        }
        if (!Recipients.hasTokens(present)) {
            throw KeywharfException.retryable(
                    "catalog.conflict",
                    subject,
                    "There is a recipient of this name that logs in without a token; choose another name");
        }
        ObjectNode changes = Recipients.changes(present, recipient);
        return changes.isEmpty()
                ? Recipients.state(present)
                : Recipients.state(calls.send("PATCH", subject, path, changes));
    }

    @Override
    public Optional<RecipientState> findRecipient(String name) {
        return find("recipient " + name, path("recipients", name)).map(Recipients::state);
    }

    @Override
    public List<RecipientState> recipients() {
        List<RecipientState> recipients = new ArrayList<>();
        for (JsonNode recipient : calls.list("recipients", "/recipients", "recipients")) {
            shown(recipient, Recipients::state).ifPresent(recipients::add);
        }
        recipients.sort(Comparator.comparing(state -> state.recipient().name()));
        return List.copyOf(recipients);
    }

    @Override
    public void removeRecipient(String name) {
        Optional<JsonNode> unused = unlessAbsent(() -> calls.delete("recipient " + name, path("recipients", name)));
    }

    @Override
    public void ensureGrant(String share, String recipient) {
        change(share, recipient, "add");
    }

    @Override
    public void removeGrant(String share, String recipient) {
        Optional<JsonNode> unused = unlessAbsent(() -> change(share, recipient, "remove"));
    }

    private JsonNode change(String share, String recipient, String change) {
        ObjectNode body = DatabricksCalls.object();
        ObjectNode of = body.withArray("changes").addObject().put("principal", recipient);
        of.putArray(change).add("SELECT");
        return calls.send(
                "PATCH", "share " + share + ", recipient " + recipient, path("shares", share) + "/permissions", body);
    }

    @Override
    public Set<String> grants(String recipient) {
        Set<String> shares = new TreeSet<>();
        String path = path("recipients", recipient) + "/share-permissions";
        for (JsonNode permission : unlessAbsent(() -> calls.list("recipient " + recipient, path, "permissions_out"))
                .orElse(List.of())) {
            for (JsonNode assignment : permission.path("privilege_assignments")) {
                for (JsonNode privilege : assignment.path("privileges")) {
                    if (privilege.asText("").equals("SELECT")) {
                        shares.add(permission.path("share_name").asText(""));
                    }
                }
            }
        }
        return Set.copyOf(shares);
    }

    @Override
    public Optional<ShareProfile> activate(String recipient) {
        String subject = "recipient " + recipient;
        return activated(subject, Recipients.newest(calls.get(subject, path("recipients", recipient))));
    }

    /** The address that is answered is not called: only its code is sent, to the workspace. */
    private Optional<ShareProfile> activated(String subject, JsonNode token) {
        String url = Recipients.activationUrl(token);
        if (url.isEmpty()) {
            return Optional.empty();
        }
        String code = url.substring(url.indexOf('?') + 1);
        JsonNode json = calls.activation(subject, code);
        return json.isMissingNode() ? Optional.empty() : Optional.of(profile(subject, token, json));
    }

    /** Some answers do not say when the token ends, which the catalog knows. */
    private static ShareProfile profile(String subject, JsonNode token, JsonNode json) {
        try (Secret text = Secret.of(json.toString())) {
            ShareProfile profile = ShareProfile.parse(text);
            long ends = token.path("expiration_time").asLong(0);
            return profile.expires().isEmpty()
                            && ends > 0
                            && profile.credentials() instanceof ShareCredentials.Bearer bearer
                    ? ShareProfile.bearer(profile.endpoint(), bearer.token(), Instant.ofEpochMilli(ends))
                    : profile;
        } catch (KeywharfException e) {
            throw new KeywharfException(
                    "catalog.bad_answer",
                    subject,
                    "What was activated is not a profile; check for a proxy, then rotate the token, which is spent",
                    e);
        }
    }

    @Override
    public ShareProfile rotate(String recipient, Duration grace) {
        Checks.notNegative("grace", grace);
        String subject = "recipient " + recipient;
        JsonNode rotated = calls.sendOnce(
                "POST",
                subject,
                path("recipients", recipient) + "/rotate-token",
                DatabricksCalls.object().put("existing_token_expire_in_seconds", grace.toSeconds()));
        return activated(subject, Recipients.newest(rotated))
                .orElseThrow(() -> DatabricksCalls.bad(subject, "The new token has no activation that is left"));
    }

    @Override
    public String toString() {
        return "DatabricksCatalog[" + calls.host().getHost() + "]";
    }

    /** Settings of a {@link DatabricksCatalog}. */
    public static final class Builder {
        private static final Pattern HOST = Pattern.compile("[0-9a-zA-Z.-]{1,253}");

        private @Nullable URI host;
        private @Nullable String clientId;
        private @Nullable Secret secret;
        private @Nullable Supplier<Secret> document;
        private @Nullable Secret token;
        private @Nullable HttpHandler client;
        private EventListener listener = EventListener.NONE;
        private InstantSource clock = InstantSource.system();
        private Pause pause = Pause.SLEEP;

        private Builder() {}

        /**
         * The workspace, such as {@code adb-1234567890123456.7.azuredatabricks.net}, with or without {@code https://}.
         *
         * @throws IllegalArgumentException when it is not a host
         */
        public Builder host(String name) {
            String trimmed = name.strip().replaceFirst("/+$", "");
            host = HttpOrigin.parse(HOST.matcher(trimmed).matches() ? "https://" + trimmed : trimmed)
                    .orElseThrow(() -> new IllegalArgumentException("The host is not one of a workspace; write it as"
                            + " adb-1234567890123456.7.azuredatabricks.net"));
            return this;
        }

        /** Logs in as a service principal with an OAuth secret, which is copied and may be closed. */
        public Builder credentials(String id, Secret oauthSecret) {
            clientId = Objects.requireNonNull(id, "id");
            secret = oauthSecret.copy();
            return this;
        }

        /**
         * Logs in as the service principal of a secret that is a document {@code {"CLIENT_ID": …, "CLIENT_SECRET": …}}, in either
         * case. It is read for each login, about once an hour, so that it can be rotated; {@code catalog.refused} when it is
         * not such a document.
         */
        public Builder credentials(SecretSource secrets, String name) {
            Objects.requireNonNull(name, "name");
            document = () -> secrets.secret(name);
            return this;
        }

        private static ClientCredentials ofDocument(
                Secret document, URI endpoint, HttpHandler http, InstantSource clock) {
            try (document) {
                JsonNode json = JsonAnswer.parsed(document.reveal().getBytes(StandardCharsets.UTF_8));
                return ClientCredentials.of(
                        endpoint, member(json, "CLIENT_ID"), Secret.of(member(json, "CLIENT_SECRET")), http, clock);
            }
        }

        private static String member(JsonNode json, String name) {
            JsonNode value = json.has(name) ? json.path(name) : json.path(name.toLowerCase(Locale.ROOT));
            if (value.asText("").isBlank()) {
                throw notADocument();
            }
            return value.asText();
        }

        private static KeywharfException notADocument() {
            return new KeywharfException(
                    "catalog.refused",
                    "credentials",
                    "The document is not an object with CLIENT_ID and CLIENT_SECRET; write it as"
                            + " {\"CLIENT_ID\": \"…\", \"CLIENT_SECRET\": \"…\"}");
        }

        /** Logs in with a personal access token, which is copied and may be closed. */
        public Builder credentials(Secret token) {
            this.token = token.copy();
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
         * The catalog. Sends nothing.
         *
         * @throws IllegalStateException when host or login are missing, or there are two logins
         * @throws IllegalArgumentException when the host would be called by plain http, and is not a loopback one
         */
        public DatabricksCatalog build() {
            URI address = Checks.required("The workspace", host, "host(name)");
            HttpHandler sending = client == null
                    ? HttpClients.builder().timeout(Duration.ofMinutes(2)).open()
                    : client;
            HttpHandler open = sending.with(
                    RetryFilter.builder().clock(clock, pause).events(listener).build(), DatabricksCalls.kept());
            return new DatabricksCatalog(DatabricksCalls.of(open.with(bearer(address, open)), open, address), clock);
        }

        private BearerFilter bearer(URI address, HttpHandler open) {
            if (Stream.of(clientId, document, token).filter(Objects::nonNull).count() != 1) {
                throw new IllegalStateException(
                        "The login is missing or given in two ways; call credentials(…) once, in one of its forms");
            }
            if (token != null) {
                BearerToken fixed = new BearerToken(token, Instant.MAX);
                Supplier<BearerToken> source = () -> fixed;
                return BearerFilter.of(address, source, clock, response -> false);
            }
            DatabricksLogin login = new DatabricksLogin(credentials(URI.create(address + "/oidc/v1/token"), open));
            Predicate<HttpResponse> refusal = login::isRefusal;
            return BearerFilter.of(address, login, clock, refusal);
        }

        private Supplier<ClientCredentials> credentials(URI endpoint, HttpHandler open) {
            Supplier<Secret> documents = document;
            if (documents != null) {
                return () -> ofDocument(documents.get(), endpoint, open, clock);
            }
            ClientCredentials fixed = ClientCredentials.of(
                    endpoint, Objects.requireNonNull(clientId), Objects.requireNonNull(secret), open, clock);
            return () -> fixed;
        }

        @Override
        public String toString() {
            return "DatabricksCatalog.Builder[" + host + "]";
        }
    }
}
