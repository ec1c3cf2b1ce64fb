package io.github.keywharf.sharing.server;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.ShareCatalog;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import io.github.keywharf.format.delta.DeltaTable;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.HttpRouter;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.SignedUrls;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shares Delta tables of the host's stores by the open protocol of Delta Sharing, with each recipient reading its part of them.
 *
 * <pre>{@code
 * DeltaSharingServer sharing = DeltaSharingServer.builder(store.under("sharing"))
 *         .table("usage", store, "tables/usage")
 *         .build();
 * try (JettyServer jetty = JettyServer.serve(sharing).start()) {
 *     ShareCatalog catalog = sharing.catalog(jetty.uri());
 *     catalog.ensureShare(Share.of("acme", SharedTable.of("usage", "platform.usage")
 *             .withFilter(TenantFilter.value("tenant", "acme"))));
 *     catalog.ensureRecipient(Recipient.of("acme"));
 *     catalog.ensureGrant("acme", "acme");
 *     catalog.activate("acme").orElseThrow().write(Path.of("acme.share"));
 * }
 * }</pre>
 *
 * <p>Thread-safe; any number of processes may serve one registry. A table's filter is applied to each file of each answer,
 * whatever a request asks for: queries, pages, earlier versions, changes and refreshed addresses. Whole files are shared, so
 * a filter is on a partition column. Files are read from the store by {@linkplain SignedUrls signed addresses}, or are sent
 * by this server.
 *
 * <p>Serve it over TLS wherever it is reached from elsewhere: tokens and addresses of files are secrets. Stores stay open.
 *
 * <p>Defaults are the constants of {@link Builder}.
 */
public final class DeltaSharingServer implements HttpHandler {
    /** What the paths of all requests begin with. */
    public static final String PATH = "/delta-sharing";

    private static final String FILES = "/files/";
    private static final Logger LOG = LoggerFactory.getLogger(DeltaSharingServer.class);

    private final Map<String, PublishedTable> tables;
    private final ShareRegistry registry;
    private final CallerGate gate;
    private final ListAnswers lists;
    private final TableAnswers answers;
    private final ServedFiles files;
    private final HttpRouter router;
    private final Optional<URI> address;
    private final Duration tokenLife;
    private final InstantSource clock;
    private final SecureRandom random;
    private final EventListener events;

    private DeltaSharingServer(Builder builder) {
        tables = Map.copyOf(builder.tables);
        clock = builder.clock;
        random = builder.random;
        events = builder.events;
        address = Optional.ofNullable(builder.address);
        tokenLife = builder.tokenLife;
        registry = new ShareRegistry(builder.registry, clock, builder.refresh);
        gate = new CallerGate(registry, builder.clientAddress, builder.requestsPerMinute, clock);
        SignedTokens tokens = new SignedTokens(builder.key(), clock);
        lists = new ListAnswers(tokens, clock);
        answers = new TableAnswers(tokens, builder.urlLife, clock, events);
        files = new ServedFiles(tokens, tables, gate, events);
        router = routes();
    }

    /**
     * A server of the shares and recipients that are kept in a folder of a store, which may be empty.
     *
     * @param registry holds them and nothing else; see {@link ObjectStore#under}. Whoever can write there can grant
     *     themselves everything
     */
    public static Builder builder(ObjectStore registry) {
        return new Builder(registry);
    }

    /** Collects the settings of a server. */
    public static final class Builder {
        /** How long addresses of files are valid, 1 hour: a table is read in that time, or addresses are asked for again. */
        public static final Duration DEFAULT_URL_LIFE = Duration.ofHours(1);

        /** How long tokens are valid for recipients that have no validity of their own, 365 days. */
        public static final Duration DEFAULT_TOKEN_LIFE = Duration.ofDays(365);

        /** How many requests a recipient may send, 6,000 a minute; files that the server sends are not counted. */
        public static final int DEFAULT_REQUESTS_PER_MINUTE = 6_000;

        /** How long a change of the registry by another process may go unseen, 5 seconds. */
        public static final Duration DEFAULT_REFRESH = Duration.ofSeconds(5);

        private static final Duration MAX_URL_LIFE = Duration.ofDays(7);
        private static final Duration MAX_REFRESH = Duration.ofHours(1);
        private static final int MIN_KEY = 32;
        private static final int KEY_BYTES = 32;

        private final ObjectStore registry;
        private final Map<String, PublishedTable> tables = new TreeMap<>();
        private Duration urlLife = DEFAULT_URL_LIFE;
        private Duration tokenLife = DEFAULT_TOKEN_LIFE;
        private int requestsPerMinute = DEFAULT_REQUESTS_PER_MINUTE;
        private Duration refresh = DEFAULT_REFRESH;
        private @Nullable Secret key;
        private @Nullable URI address;
        private Function<HttpRequest, Optional<String>> clientAddress = HttpRequest::peer;
        private InstantSource clock = InstantSource.system();
        private SecureRandom random = new SecureRandom();
        private EventListener events = EventListener.NONE;

        private Builder(ObjectStore registry) {
            this.registry = Objects.requireNonNull(registry, "registry");
        }

        /**
         * A table that may be shared, whose files this server sends.
         *
         * @param source how shares name it
         * @param folder of the store that is the table
         */
        public Builder table(String source, ObjectStore store, String folder) {
            return table(source, store, folder, Optional.empty());
        }

        /**
         * A table that may be shared, whose files recipients read from the store.
         *
         * @param source how shares name it
         * @param folder of the store that is the table
         * @param urls addresses of the objects of {@code store}
         */
        public Builder table(String source, ObjectStore store, String folder, SignedUrls urls) {
            return table(source, store, folder, Optional.of(urls));
        }

        private Builder table(String source, ObjectStore store, String folder, Optional<SignedUrls> urls) {
            // The name is checked as shares check it.
            SharedTable.of(source, "schema.table");
            if (tables.containsKey(source)) {
                throw new IllegalArgumentException("There is a table '" + source + "' already");
            }
            boolean whole = folder.isEmpty();
            tables.put(
                    source,
                    new PublishedTable(
                            DeltaTable.at(store, folder),
                            whole ? store : store.under(folder),
                            urls.map(signed -> whole ? signed : signed.under(folder))));
            return this;
        }

        /** How long addresses of files are valid, from a minute to 7 days. */
        public Builder urlLife(Duration life) {
            urlLife = Checks.between("urlLife", life, Duration.ofMinutes(1), MAX_URL_LIFE);
            return this;
        }

        /** How long tokens are valid for recipients that have no validity of their own, from a minute on. */
        public Builder tokenLife(Duration life) {
            tokenLife = Checks.between("tokenLife", life, Duration.ofMinutes(1), Duration.ofDays(36_500));
            return this;
        }

        /** How many requests a recipient may send in a minute; beyond, it is answered with 429. */
        public Builder requestsPerMinute(int most) {
            requestsPerMinute = Checks.positive("requestsPerMinute", most);
            return this;
        }

        /** How long a change of the registry by another process may go unseen, from zero to an hour. */
        public Builder refresh(Duration time) {
            refresh = Checks.between("refresh", time, Duration.ZERO, MAX_REFRESH);
            return this;
        }

        /**
         * The key that seals tokens of pages and addresses of files. Give the same to all processes that serve the same
         * recipients, and keep it, as they end with it; a new one is made for each server otherwise.
         *
         * @param secret of at least 32 characters, random; it may be closed after {@link #build}
         */
        public Builder signingKey(Secret secret) {
            if (secret.reveal().length() < MIN_KEY) {
                throw new IllegalArgumentException("The signing key has fewer than " + MIN_KEY + " characters");
            }
            key = secret;
            return this;
        }

        /**
         * How recipients reach the server, {@code https://host} with what a proxy adds before {@link #PATH}: what addresses
         * of files begin with that the server sends. Unless given, it is what each request says.
         */
        public Builder address(URI uri) {
            address = Objects.requireNonNull(uri, "uri");
            return this;
        }

        /**
         * Finds the IP address of a request's client, for recipients that may connect from some only; {@link
         * HttpRequest#peer} unless given. Behind a proxy take the header that the proxy sets, and make sure that nobody
         * else reaches the server.
         */
        public Builder clientAddress(Function<HttpRequest, Optional<String>> finder) {
            clientAddress = Objects.requireNonNull(finder, "finder");
            return this;
        }

        /** The clock by which tokens and addresses end; the system's unless given. */
        public Builder clock(InstantSource source) {
            clock = Objects.requireNonNull(source, "source");
            return this;
        }

        /** The source of tokens and ids. */
        public Builder random(SecureRandom source) {
            random = Objects.requireNonNull(source, "source");
            return this;
        }

        /** Receives the events {@code sharing.table.*}, {@code sharing.file.*} and {@code sharing.request.*}: who read which table, and who was refused. Never an address of a file. */
        public Builder events(EventListener listener) {
            events = listener.guarded();
            return this;
        }

        /** The server; reads nothing. */
        public DeltaSharingServer build() {
            return new DeltaSharingServer(this);
        }

        private Secret key() {
            if (key != null) {
                return key;
            }
            byte[] bytes = new byte[KEY_BYTES];
            random.nextBytes(bytes);
            return Secret.of(HexFormat.of().formatHex(bytes));
        }

        @Override
        public String toString() {
            return "DeltaSharingServer.Builder" + new TreeSet<>(tables.keySet());
        }
    }

    /**
     * The catalog of this server: what it is given is served from then on. A process that only manages shares can have one of a
     * server that it does not serve.
     *
     * @param uri how recipients reach the server, without {@link #PATH}, which their profiles have as well
     */
    public ShareCatalog catalog(URI uri) {
        return new EmbeddedCatalog(registry, tables, URI.create(withoutSlash(uri) + PATH), tokenLife, clock, random);
    }

    private static String withoutSlash(URI uri) {
        return uri.toString().replaceFirst("/+$", "");
    }

    /** A route of a recipient. */
    private interface Route {
        HttpResponse answer(Caller caller, HttpRequest request);
    }

    /** A route of a table. */
    private interface TableRoute {
        HttpResponse answer(Caller caller, TenantTable table, HttpRequest request);
    }

    private HttpRouter routes() {
        String share = PATH + "/shares/{share}";
        String table = share + "/schemas/{schema}/tables/{table}";
        HttpHandler version = ofTable((caller, of, request) -> answers.version(of, request));
        return HttpRouter.builder()
                .get(PATH + "/shares", route(lists::shares))
                .get(share, route(lists::share))
                .get(share + "/schemas", route(lists::schemas))
                .get(share + "/schemas/{schema}/tables", route(lists::tables))
                .get(share + "/all-tables", route(lists::allTables))
                .get(table + "/version", version)
                .route("HEAD", table, version)
                .get(table + "/metadata", ofTable((caller, of, request) -> answers.metadata(of, request)))
                .post(table + "/query", ofTable(answers::query))
                .post(table + "/queries/{query}", ofTable((caller, of, request) -> {
                    throw SharingErrors.notFound("query", request.part("query"));
                }))
                .get(table + "/changes", ofTable(answers::changes))
                .post(table + "/temporary-table-credentials", ofTable((caller, of, request) -> {
                    throw SharingErrors.badRequest(
                            of.name(), "The table is shared by addresses of files only; use its query");
                }))
                .get(PATH + FILES + "{ticket}", this::file)
                .build();
    }

    private HttpHandler route(Route route) {
        return request -> {
            Caller caller = null;
            try {
                caller = gate.enter(request);
                return route.answer(caller, request);
            } catch (KeywharfException e) {
                return refused(request, caller == null ? gate.address(request) : caller.name(), e);
            }
        };
    }

    private HttpHandler ofTable(TableRoute route) {
        return route((caller, request) -> route.answer(caller, table(caller, request), request));
    }

    private HttpResponse file(HttpRequest request) {
        try {
            return files.send(request);
        } catch (KeywharfException e) {
            return refused(request, gate.address(request), e);
        }
    }

    /** The only place that makes what requests get of a table. */
    private TenantTable table(Caller caller, HttpRequest request) {
        Share share = caller.share(request.part("share"));
        String schema = request.part("schema");
        String name = request.part("table");
        SharedTable shared = caller.table(share, schema, name)
                .orElseThrow(() -> SharingErrors.notFound("table", schema + "." + name));
        PublishedTable published = tables.get(shared.source());
        if (published == null) {
            throw SharingErrors.notFound("table", schema + "." + name);
        }
        TenantScope scope = caller.scope(shared);
        SignedUrls urls = published
                .urls()
                .orElseGet(() -> files.urls(base(request) + PATH + FILES, caller, shared.source(), scope));
        return new TenantTable(share, shared, published.table(), scope, urls);
    }

    private String base(HttpRequest request) {
        return address.map(DeltaSharingServer::withoutSlash)
                .orElseGet(
                        () -> request.uri().getScheme() + "://" + request.uri().getRawAuthority());
    }

    private HttpResponse refused(HttpRequest request, String subject, KeywharfException e) {
        HttpResponse answer = SharingErrors.answer(e);
        if (answer.status() < 500) {
            events.warning(
                    "sharing.request.refused",
                    Work.NONE,
                    subject,
                    "A request for " + path(request) + " was refused: " + e.getMessage() + " (" + e.code() + ")");
        } else {
            reportFailed(request, e);
        }
        return answer;
    }

    private void reportFailed(HttpRequest request, RuntimeException e) {
        reportFailed(events, path(request), e);
    }

    static void reportFailed(EventListener events, String subject, RuntimeException e) {
        LOG.atDebug().setCause(e).addKeyValue("subject", subject).log("A request failed");
        events.error("sharing.request.failed", Work.NONE, subject, "A request failed: " + e.getMessage());
    }

    /** Without what seals an address of a file. */
    private static String path(HttpRequest request) {
        String path = request.path();
        return path.startsWith(PATH + FILES) ? PATH + FILES + "…" : path;
    }

    @Override
    public HttpResponse handle(HttpRequest request) {
        try {
            HttpResponse answer = router.handle(request);
            return switch (answer.header("Content-Type").orElse("")) {
                case "text/plain; charset=utf-8" -> asJson(request, answer);
                default -> answer;
            };
        } catch (RuntimeException e) {
            reportFailed(request, e);
            return SharingErrors.failed();
        } finally {
            request.body().close();
        }
    }

    /** What the router itself refuses is plain text. */
    private static HttpResponse asJson(HttpRequest request, HttpResponse answer) {
        String code = answer.status() == 404 ? "RESOURCE_DOES_NOT_EXIST" : "INVALID_PARAMETER_VALUE";
        String problem = request.path().startsWith(PATH + "/")
                ? "The server has no such path or method"
                : "The paths of this server begin with " + PATH + "; check the endpoint";
        try (answer) {
            HttpResponse json = SharingErrors.json(answer.status(), code, problem);
            return answer.header("Allow")
                    .map(allow -> json.withHeader("Allow", allow))
                    .orElse(json);
        }
    }

    @Override
    public String toString() {
        return "DeltaSharingServer" + new TreeSet<>(tables.keySet());
    }
}
