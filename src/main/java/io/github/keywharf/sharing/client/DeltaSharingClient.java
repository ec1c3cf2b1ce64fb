package io.github.keywharf.sharing.client;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.Pause;
import io.github.keywharf.http.RetryFilter;
import io.github.keywharf.query.DatabaseWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is shared by Delta Sharing: from Databricks, the reference server, this library, or any other
 * server of the open protocol.
 *
 * <pre>{@code
 * DeltaSharingClient client = DeltaSharingClient.of(ShareProfile.read(Path.of("config.share")));
 * client.shares().flatMap(client::tables).forEach(System.out::println);
 * Table usage = client.table("acme", "platform", "usage")
 *         .query()
 *         .where(Condition.ge("day", LocalDate.of(2026, 11, 1)))
 *         .rows()
 *         .toTable();
 * }</pre>
 *
 * <p>Reads tables in the parquet and the delta format, with deletion vectors and mapped columns. Requests are sent again when
 * the server is busy or cannot be reached. The credentials of the profile go to its endpoint alone; files are downloaded by
 * the addresses that the server gives, of https unless the endpoint itself is on this machine.
 *
 * <p>Thread-safe, and holds nothing that would have to be closed. Errors are those of {@link DeltaSharingTable}.
 */
public final class DeltaSharingClient {

    private final ClientContext context;

    private DeltaSharingClient(ClientContext context) {
        this.context = context;
    }

    /**
     * A client with the defaults that {@link Builder} lists.
     *
     * @throws IllegalArgumentException when the profile's endpoint is neither of https nor on this machine
     */
    public static DeltaSharingClient of(ShareProfile profile) {
        return builder(profile).build();
    }

    /** A builder with the defaults that {@link Builder} lists. */
    public static Builder builder(ShareProfile profile) {
        return new Builder(profile);
    }

    /** The shares that the profile may read; each page of the list is asked for when it is needed. */
    public Stream<String> shares() {
        return context.calls()
                .items("shares", ClientCalls.SHARES)
                .map(item -> ClientCalls.name("shares", item, "name"));
    }

    /** The schemas of a share. */
    public Stream<String> schemas(String share) {
        return context.calls()
                .items(share, path(share) + "/schemas")
                .map(item -> ClientCalls.name(share, item, "name"));
    }

    /** The tables of all schemas of a share. */
    public Stream<DeltaSharingTable> tables(String share) {
        return context.calls()
                .items(share, path(share) + "/all-tables")
                .map(item ->
                        table(share, ClientCalls.name(share, item, "schema"), ClientCalls.name(share, item, "name")));
    }

    /** The tables of a schema. */
    public Stream<DeltaSharingTable> tables(String share, String schema) {
        String subject = share + "." + schema;
        return context.calls()
                .items(subject, path(share) + "/schemas/" + HttpRequest.encoded(schema) + "/tables")
                .map(item -> table(share, schema, ClientCalls.name(subject, item, "name")));
    }

    private static String path(String share) {
        return ClientCalls.SHARES + "/" + HttpRequest.encoded(share);
    }

    /** A table by its names, in which case does not matter; asks nothing yet. */
    public DeltaSharingTable table(String share, String schema, String table) {
        for (String name : new String[] {share, schema, table}) {
            if (name.isBlank()) {
                throw new IllegalArgumentException("'" + name + "' is not a name");
            }
        }
        return new DeltaSharingTable(context, share, schema, table);
    }

    /**
     * Copies all tables of a share into a database, under the names of their schemas, in place of what was there:
     * {@code client.land("acme", () -> DuckDbFile.replace(Path.of("acme.duckdb")))}. Either all of it is replaced, or nothing.
     *
     * @param target opens the database, which is closed here
     */
    public List<LandedTable> land(String share, Supplier<? extends DatabaseWriter> target) {
        return new ShareLanding(Optional.empty(), context.calls().now()).land(tables(share), target);
    }

    /**
     * Copies all tables of a share into Parquet files, one for each of the share's, and writes a database with a view of each
     * table's. A file that is there already is not downloaded again. Files that no view shows any more, those of vanished tables
     * among them, are deleted by the first call an hour later, and nothing else in the folder is. Either all views are replaced,
     * or nothing; what a killed call left is completed or deleted by the next one.
     *
     * @param folder of the files, for one database; several shares can have it together. It is created if it is not there
     * @param target opens the database, which is closed here
     * @throws KeywharfException with code {@code sharing.busy} when another call, of any process, lands the share there
     */
    public List<LandedTable> landViews(String share, Path folder, Supplier<? extends DatabaseWriter> target) {
        return ShareLanding.views(
                        folder,
                        context.calls().endpoint(),
                        share,
                        context.calls().now())
                .land(tables(share), target);
    }

    /** The endpoint, and nothing of the credentials. */
    @Override
    public String toString() {
        return "DeltaSharingClient[" + context + "]";
    }

    /**
     * How to read: {@link #http} (the JDK's client), {@link #parallelism} ({@value #DEFAULT_PARALLELISM}), {@link #tempDirectory}
     * (the system's), {@link #clock} (the system's), {@link #events} (none).
     */
    public static final class Builder {

        /** Downloads at the same time; more do not make small files faster on one machine. */
        public static final int DEFAULT_PARALLELISM = 8;

        private static final int MAX_PARALLELISM = 64;

        /** How long a file may take. */
        private static final Duration FILE_DEADLINE = Duration.ofHours(1);

        private final ShareProfile profile;
        private @Nullable HttpHandler http;
        private int parallel = DEFAULT_PARALLELISM;
        private Path tempDirectory = Path.of(System.getProperty("java.io.tmpdir"));
        private InstantSource clock = InstantSource.system();
        private Pause pause = Pause.SLEEP;
        private EventListener listener = EventListener.NONE;
        private String capabilities = ClientListing.CAPABILITIES;

        private Builder(ShareProfile profile) {
            this.profile = Objects.requireNonNull(profile, "profile");
        }

        /**
         * What sends the requests, to the endpoint, the token endpoint and the stores of the files, such as {@link
         * HttpClients} with a proxy.
         */
        public Builder http(HttpHandler client) {
            http = Objects.requireNonNull(client, "client");
            return this;
        }

        /** How many files are downloaded at the same time. */
        public Builder parallelism(int files) {
            if (files < 1 || files > MAX_PARALLELISM) {
                throw new IllegalArgumentException(files + " downloads are not from 1 to " + MAX_PARALLELISM);
            }
            parallel = files;
            return this;
        }

        /** Where files of more than 1 MiB lie while their rows are read, in a directory that only the owner may look into. */
        public Builder tempDirectory(Path directory) {
            tempDirectory = Objects.requireNonNull(directory, "directory");
            return this;
        }

        /** The clock by which tokens and addresses expire, and how to wait before something is tried again. */
        public Builder clock(InstantSource source, Pause waiting) {
            clock = source;
            pause = waiting;
            return this;
        }

        /** Who is informed of requests that are sent again. */
        public Builder events(EventListener eventListener) {
            listener = eventListener.guarded();
            return this;
        }

        /** The header by which the client says what it can read. */
        Builder capabilities(String header) {
            capabilities = header;
            return this;
        }

        /**
         * The client; asks nothing.
         *
         * @throws IllegalArgumentException when the profile's endpoint is neither of https nor on this machine
         */
        public DeltaSharingClient build() {
            RetryFilter retries =
                    RetryFilter.builder().clock(clock, pause).events(listener).build();
            HttpHandler server = http == null ? HttpClients.builder().open() : http;
            HttpHandler stores = http == null
                    ? HttpClients.builder()
                            .timeout(FILE_DEADLINE)
                            .maxResponseBytes(Long.MAX_VALUE)
                            .open()
                    : http;
            ClientCalls calls = new ClientCalls(
                    profile, server.with(retries, ClientLogin.filter(profile, server.with(retries), clock)), clock);
            return new DeltaSharingClient(
                    new ClientContext(calls, stores.with(retries), pause, tempDirectory, parallel, capabilities));
        }
    }
}
