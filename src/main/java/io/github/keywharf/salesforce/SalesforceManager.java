package io.github.keywharf.salesforce;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.force.api.ForceApi;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.http.BearerFilter;
import io.github.keywharf.http.BearerToken;
import io.github.keywharf.http.CallBudget;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.Pause;
import io.github.keywharf.http.RetryFilter;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.secret.Secret;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The entry point to Salesforce: one org, over its REST API.
 *
 * <pre>{@code
 * try (SalesforceManager salesforce = SalesforceManager.builder()
 *         .instance("acme")
 *         .credentials(SalesforceAuth.clientCredentials(clientId, clientSecret))
 *         .connect()) {
 *     System.out.println(salesforce.help());
 *     System.out.println(salesforce.describe("Contact").fields());
 * }
 * }</pre>
 *
 * <p>When the org refuses the token, one thread logs in again and the others wait for it. Calls that only read are sent
 * again when the org is not available, a row is locked or too many calls run at the same time; writes are sent once. Nothing
 * is sent again when the calls of the day are spent ({@code salesforce.daily_limit}).
 *
 * <p>Thread-safe. Errors are {@link KeywharfException}s with codes that begin with {@code salesforce.} or, when the org
 * cannot be reached, {@code http.}
 */
public final class SalesforceManager implements AutoCloseable {
    private static final Set<String> READS = Set.of("GET", "HEAD");

    private final SalesforceCalls calls;
    private final SalesforceDescribe describe;
    private final QueryContext queries;
    private final BearerFilter bearer;
    private final Duration timeout;
    private final AtomicBoolean closed;

    private SalesforceManager(SalesforceCalls calls, BearerFilter bearer, Duration timeout, AtomicBoolean closed) {
        this.calls = calls;
        this.describe = new SalesforceDescribe(calls);
        this.queries = new QueryContext(calls, describe, SalesforceBulkQuery.over(calls));
        this.bearer = bearer;
        this.timeout = timeout;
        this.closed = closed;
    }

    /** A builder with the defaults that {@link Builder} lists. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Logs in by user name and password, which works only with a Connected App that exists already, in an org that still
     * allows it: see {@link SalesforceAuth#password}. Prefer {@link #builder()} with
     * {@link SalesforceAuth#clientCredentials} or {@link SalesforceAuth#jwtBearer}.
     *
     * @throws IllegalArgumentException when the instance does not name an org
     * @throws KeywharfException {@code salesforce.auth_failed} when the org refuses
     */
    public static SalesforceManager connect(
            String instance,
            String clientId,
            Secret clientSecret,
            String username,
            Secret password,
            Secret securityToken) {
        return builder()
                .instance(instance)
                .credentials(SalesforceAuth.password(clientId, clientSecret, username, password, securityToken))
                .connect();
    }

    /**
     * The resources of this API version, by name, each with its URL, in the org's order.
     *
     * @throws KeywharfException {@code salesforce.unsupported_version} when the org does not have the version
     */
    public Map<String, String> help() {
        JsonNode tree;
        try {
            tree = calls.getObject("");
        } catch (KeywharfException e) {
            throw e.code().equals(SalesforceErrors.NOT_FOUND) ? noVersion(e) : e;
        }
        Map<String, String> resources = new LinkedHashMap<>();
        tree.properties().forEach(entry -> {
            if (entry.getValue().isTextual()) {
                resources.put(entry.getKey(), entry.getValue().textValue());
            }
        });
        return Collections.unmodifiableMap(resources);
    }

    private KeywharfException noVersion(KeywharfException cause) {
        return new KeywharfException(
                "salesforce.unsupported_version",
                calls.subject(calls.version()),
                "The org does not have this API version; set apiVersion(…) to one that versions() lists",
                cause);
    }

    /** The API versions that the org has, oldest first. */
    public List<SalesforceVersion> versions() {
        List<SalesforceVersion> versions = new ArrayList<>();
        for (JsonNode node : calls.getJson("/services/data")) {
            String number = node.path("version").asText();
            if (number.matches("\\d{1,3}\\.0")) {
                versions.add(
                        new SalesforceVersion("v" + number, node.path("label").asText()));
            }
        }
        versions.sort(Comparator.comparingInt(SalesforceVersion::number));
        return List.copyOf(versions);
    }

    /** The newest API version that the org has. */
    public SalesforceVersion latest() {
        List<SalesforceVersion> versions = versions();
        if (versions.isEmpty()) {
            throw new KeywharfException(
                    "salesforce.bad_answer",
                    calls.subject("versions"),
                    "The org lists no API version; check the instance, and whether a proxy is in between");
        }
        return versions.get(versions.size() - 1);
    }

    /** The API version of this manager: {@code v66.0}. */
    public String apiVersion() {
        return calls.version();
    }

    /** The org's limits by name, such as {@code DailyApiRequests}; the numbers may be some minutes old. */
    public Map<String, SalesforceLimit> limits() {
        Map<String, SalesforceLimit> limits = new LinkedHashMap<>();
        calls.getObject("limits").properties().forEach(entry -> {
            JsonNode limit = entry.getValue();
            if (limit.path("Max").isNumber() && limit.path("Remaining").isNumber()) {
                limits.put(
                        entry.getKey(),
                        new SalesforceLimit(
                                limit.path("Max").longValue(),
                                limit.path("Remaining").longValue()));
            }
        });
        return Collections.unmodifiableMap(limits);
    }

    /** How many API calls the org has made, as its latest answer said; costs no call. Empty before an answer that says so. */
    public Optional<SalesforceUsage> usage() {
        return calls.usage();
    }

    /** The objects that this user may see. */
    public List<SalesforceObjectInfo> describe() {
        return describe.objects();
    }

    /**
     * An object with its fields, as this user may see them. A call each time, which the org answers shortly while nothing has
     * changed.
     *
     * @throws KeywharfException {@code salesforce.not_found} when there is no such object, or the user may not see it
     */
    public SalesforceDescription describe(String object) {
        return describe.object(object);
    }

    /**
     * One kind of record, to be written, followed and copied. Makes no call.
     *
     * @param name API name, such as {@code Contact}
     */
    public SalesforceObject object(String name) {
        return new SalesforceObject(queries, name);
    }

    /** Several requests in one call. */
    public SalesforceComposite composite() {
        return new SalesforceComposite(calls);
    }

    /**
     * A query without values; sends nothing yet.
     *
     * @throws IllegalArgumentException when it has a {@code :name}, or more than {@link Soql#MAX_CHARACTERS} characters
     */
    public SalesforceQuery query(String soql) {
        return query(soql, Map.of());
    }

    /**
     * A query with a value for each of its {@code :names}; sends nothing yet. What may be bound is listed at {@link Soql#bind}.
     *
     * @throws IllegalArgumentException when names and values differ, a value has no form in SOQL, or the query has more than
     *     {@link Soql#MAX_CHARACTERS} characters
     */
    public SalesforceQuery query(String soql, Map<String, ?> values) {
        return queries.query(soql, values);
    }

    /**
     * What a search in SOSL finds, each record with its type and URL under {@code attributes}: {@code search("FIND {" +
     * Soql.searchText(text) + "} IN NAME FIELDS RETURNING Contact(Id, Name)")}. The org finds 2,000 records at most.
     *
     * @throws IllegalArgumentException when its URL has more than {@link SalesforceQuery#MAX_URL} characters
     */
    public List<Map<String, @Nullable Object>> search(String sosl) {
        return SearchCall.run(calls, sosl);
    }

    /** A GET for what this library does not do: {@code execute("GET", "tabs")}. */
    public JsonNode execute(String method, String route) {
        return execute(method, route, Map.of(), null);
    }

    /**
     * A request for what this library does not do. GET and HEAD are sent again where that may help, any other method is sent
     * once: when its answer is lost, {@code http.broken} or {@code http.timeout} leave open whether it was carried out.
     *
     * @param route below {@code /services/data/vNN.N/}, or from a slash on; percent-encoded
     * @param params of the URL, which are encoded here
     * @param data becomes the JSON of the body: a map, a list, a record; null for no body
     * @return the JSON of the answer, which is a missing node when there is none
     */
    public JsonNode execute(String method, String route, Map<String, ?> params, @Nullable Object data) {
        String query = params.entrySet().stream()
                .map(param -> encoded(param.getKey()) + "=" + encoded(String.valueOf(param.getValue())))
                .collect(Collectors.joining("&"));
        String path = query.isEmpty() ? route : route + (route.contains("?") ? "&" : "?") + query;
        if (method.equals("GET") && data == null) {
            return calls.getJson(path);
        }
        HttpBody body = HttpBody.empty();
        Map<String, String> headers = Map.of();
        if (data != null) {
            body = HttpBody.of(json(data));
            headers = Map.of("Content-Type", "application/json");
        }
        return calls.json(calls.send(method, path, headers, body, READS.contains(method)));
    }

    private static byte[] json(Object data) {
        try {
            return SalesforceCalls.JSON.writeValueAsBytes(data);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "The data of " + data.getClass().getName() + " cannot be written as JSON: "
                            + e.getOriginalMessage(),
                    e);
        }
    }

    private static String encoded(String text) {
        return HttpRequest.encoded(text);
    }

    /**
     * The client of force-rest-api over the present session, for reading what this library does not. It does not log in again
     * when the session ends: ask for another one. Its calls do not count for the budget, and its child subqueries lose what is
     * beyond the first page. Through SLF4J it logs the URLs of calls that the org refuses, with the text of their query. Its
     * writes throw {@link UnsupportedOperationException}, as it may carry them out twice.
     */
    public ForceApi unwrap() {
        requireOpen(closed);
        BearerToken token = bearer.token();
        return ReadingForceApi.of(token.at().orElse(calls.target().origin()), token, calls.version(), timeout);
    }

    SalesforceCalls calls() {
        return calls;
    }

    private static void requireOpen(AtomicBoolean closed) {
        if (closed.get()) {
            throw new IllegalStateException("The SalesforceManager is closed");
        }
    }

    /** Sends nothing more; twice is harmless. The session stays valid in the org until it expires. */
    @Override
    public void close() {
        closed.set(true);
    }

    @Override
    public String toString() {
        return "SalesforceManager[" + calls.target().host() + ", " + calls.version() + "]";
    }

    /**
     * Settings of a {@link SalesforceManager}.
     *
     * <p>Defaults: {@link #DEFAULT_API_VERSION}, {@link #DEFAULT_TIMEOUT}, the connect timeout of {@link HttpClients}, the
     * retries of {@link RetryFilter}, no budget, no listener, the system's clock.
     */
    public static final class Builder {
        /** The API version, v66.0 of Spring '26: the newest that orgs have everywhere. */
        public static final String DEFAULT_API_VERSION = "v66.0";

        /** How long a call may take with its answer, 15 minutes: the org ends calls after 10, and results have to be read. */
        public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(15);

        private @Nullable String instance;
        private @Nullable SalesforceAuth auth;
        private String apiVersion = DEFAULT_API_VERSION;
        private @Nullable HttpHandler client;
        private @Nullable CallBudget budget;
        private @Nullable Duration timeout;
        private @Nullable Duration connectTimeout;
        private EventListener listener = EventListener.NONE;
        private InstantSource clock = InstantSource.system();
        private Pause pause = Pause.SLEEP;

        private Builder() {}

        /**
         * The org, in any shape that people have at hand: its My Domain name ({@code acme}, {@code acme--uat} for a sandbox),
         * its host ({@code acme.my.salesforce.com}), or the address of one of its pages.
         *
         * @throws IllegalArgumentException when it does not name an org, or is plain http to another machine
         */
        public Builder instance(String name) {
            instance = SalesforceInstance.parse(name).toString();
            return this;
        }

        /** How to log in. */
        public Builder credentials(SalesforceAuth way) {
            auth = Objects.requireNonNull(way, "way");
            return this;
        }

        /**
         * The version of the API, from 41 on: {@code v66.0}, {@code 66.0} or {@code 66}.
         *
         * @throws IllegalArgumentException when it is older, or is written differently
         */
        public Builder apiVersion(String version) {
            apiVersion = SalesforceVersion.checked(version);
            return this;
        }

        /**
         * Sends requests by this client, which the host keeps: one with a proxy or TLS settings of
         * {@link HttpClients}, or a fake. It neither repeats requests nor follows redirects.
         */
        public Builder http(HttpHandler handler) {
            client = Objects.requireNonNull(handler, "handler");
            return this;
        }

        /** How many calls may be made; each attempt and each login counts. Managers may share one. */
        public Builder budget(CallBudget calls) {
            budget = Objects.requireNonNull(calls, "calls");
            return this;
        }

        /** How long a call may take, from sending to the last byte of its answer. */
        public Builder timeout(Duration longest) {
            timeout = Checks.positive("timeout", longest);
            return this;
        }

        /** How long connecting may take. */
        public Builder connectTimeout(Duration longest) {
            connectTimeout = Checks.positive("connectTimeout", longest);
            return this;
        }

        /** Receives retries, as {@link io.github.keywharf.http.RetryFilter#REPEATED} events, and progress. */
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
         * Logs in.
         *
         * @throws IllegalStateException when instance or credentials are missing, or options contradict each other
         * @throws KeywharfException {@code salesforce.auth_failed} when the org refuses the login, or codes of {@code http}
         *     when it cannot be reached
         */
        public SalesforceManager connect() {
            SalesforceAuth way =
                    Checks.required("The login", auth, "credentials(SalesforceAuth.clientCredentials(…)), or another");
            SalesforceTarget target = new SalesforceTarget(origin(way), apiVersion);
            HttpHandler sending = budget == null ? opened() : opened().with(budget);
            RetryFilter retries = RetryFilter.builder()
                    .passing(SalesforceErrors::mayPass)
                    .clock(clock, pause)
                    .events(listener)
                    .build();
            HttpHandler repeating = sending.with(retries, new KeptErrors());
            SalesforceAuth.Login login = new SalesforceAuth.Login(target.origin(), repeating, clock);
            BearerFilter bearer = BearerFilter.of(
                    target.origin(), () -> checked(target, way.login(login)), clock, KeptErrors::isTokenRefused);
            AtomicBoolean closed = new AtomicBoolean();
            HttpHandler guarded = repeating.with(bearer);
            bearer.token();
            return new SalesforceManager(
                    SalesforceCalls.of(
                            request -> {
                                requireOpen(closed);
                                return guarded.handle(request);
                            },
                            target,
                            listener,
                            clock),
                    bearer,
                    timeout == null ? DEFAULT_TIMEOUT : timeout,
                    closed);
        }

        /** What a way to log in of the host's answers is judged as an answer of the org is. */
        private static BearerToken checked(SalesforceTarget target, BearerToken token) {
            return new BearerToken(
                    token.value(),
                    token.expires(),
                    token.at().map(at -> SalesforceInstance.followed(target.origin(), at)));
        }

        private URI origin(SalesforceAuth way) {
            Optional<String> known =
                    way.instance().map(name -> SalesforceInstance.parse(name).toString());
            if (instance != null && known.isPresent() && !known.get().equals(instance)) {
                throw new IllegalStateException("instance(…) is " + instance + " and that of credentials(…) is "
                        + known.get() + "; give one of them");
            }
            return URI.create(known.orElseGet(() -> Checks.required("The org", instance, "instance(name)")));
        }

        private HttpHandler opened() {
            if (client != null) {
                if (timeout != null || connectTimeout != null) {
                    throw new IllegalStateException(
                            "http(…) is given together with timeout(…) or connectTimeout(…); set them on the client");
                }
                return client;
            }
            HttpClients.Builder clients = HttpClients.builder().timeout(timeout == null ? DEFAULT_TIMEOUT : timeout);
            if (connectTimeout != null) {
                clients.connectTimeout(connectTimeout);
            }
            return clients.open();
        }

        @Override
        public String toString() {
            return "SalesforceManager.Builder[" + instance + ", " + apiVersion + ", " + auth + "]";
        }
    }
}
