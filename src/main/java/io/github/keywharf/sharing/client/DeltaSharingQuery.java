package io.github.keywharf.sharing.client;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.delta.DeltaFile;
import io.github.keywharf.format.delta.DeltaSnapshot;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Condition;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of a shared table to read: {@link #where} (all), {@link #limit} (none), {@link #version} and {@link #timestamp}
 * (the newest). A mutable builder, not thread-safe, that can be used more than once.
 *
 * <p>Rows and files are of one version of the table, whatever is written meanwhile. Their addresses are renewed when they
 * expire; where the server gives no token for that, and the table has changed since, that fails with
 * {@code sharing.expired}.
 */
public final class DeltaSharingQuery {

    private final ClientContext context;
    private final DeltaSharingTable table;
    private @Nullable Condition where;
    private long limit = -1;
    private long version = -1;
    private @Nullable Instant timestamp;

    DeltaSharingQuery(ClientContext context, DeltaSharingTable table) {
        this.context = context;
        this.table = table;
    }

    /** Only rows that fit. The server leaves out files by it as far as it can, and the rest is filtered here. */
    public DeltaSharingQuery where(Condition condition) {
        where = Objects.requireNonNull(condition, "condition");
        return this;
    }

    /** So many rows at most, which ones is the server's choice. */
    public DeltaSharingQuery limit(long rows) {
        if (rows < 0) {
            throw new IllegalArgumentException("A limit of " + rows + " rows is negative");
        }
        limit = rows;
        return this;
    }

    /**
     * The table as it was at a version, where the provider shares its history.
     *
     * @throws IllegalArgumentException when it is negative, or a timestamp was given
     */
    public DeltaSharingQuery version(long value) {
        if (value < 0 || timestamp != null) {
            throw new IllegalArgumentException(
                    "The version " + value + " is negative, or given beside the timestamp " + timestamp);
        }
        version = value;
        return this;
    }

    /**
     * The table as it was at a time, where the provider shares its history.
     *
     * @throws IllegalArgumentException when a version was given
     */
    public DeltaSharingQuery timestamp(Instant value) {
        if (version >= 0) {
            throw new IllegalArgumentException("The timestamp " + value + " is given beside the version " + version);
        }
        timestamp = Objects.requireNonNull(value, "value");
        return this;
    }

    /**
     * The rows. Asks for the list of files, and downloads files ahead of whoever reads. At most about 256 MB wait, or one file
     * where that is larger: those of up to 1 MiB in memory, four for each download at the same time, others in the client's
     * directory for temporary files.
     *
     * @throws IllegalArgumentException when the condition does not fit the columns
     */
    public Rows rows() {
        Answer answer = ask();
        Rows rows = rows(answer, answer.files());
        Rows fitting = where == null ? rows : rows.filter(where);
        return limit < 0 ? fitting : fitting.limit(limit);
    }

    /** Runs the query and reads all its rows into memory; prints as a table. */
    public Table table() {
        return rows().toTable();
    }

    /** Runs the query and reads its rows as records; see {@link Rows#records}. Close the stream. */
    public <R extends Record> Stream<R> records(Class<R> type) {
        return rows().records(type);
    }

    /** The rows of some of the files. */
    Rows rows(Answer answer, List<ClientFile> files) {
        if (files.isEmpty()) {
            return Rows.empty(answer.schema());
        }
        List<DeltaFile> local = files.stream().map(ClientFile::local).toList();
        return open(answer, files).rows(store -> answer.snapshot(store).rows(local));
    }

    private ClientStore open(Answer answer, List<ClientFile> files) {
        return ClientStore.open(
                context.fetch(answer.request(), answer.listing()), context.folder(), context.parallel(), files);
    }

    /** Hands on the rows of files one after the other, each file's to be closed by who takes them. */
    void each(Answer answer, List<ClientFile> files, BiConsumer<ClientFile, Rows> taker) {
        if (files.isEmpty()) {
            return;
        }
        try (ClientStore store = open(answer, files)) {
            DeltaSnapshot snapshot = answer.snapshot(store);
            for (ClientFile file : files) {
                taker.accept(file, snapshot.rows(List.of(file.local())));
            }
        }
    }

    /**
     * Downloads the files as they are, named by their id, into a directory, which is created if it is not there. What is
     * there already with its size is kept, so that a call after a crash, or for a later version, goes on. A limit counts for
     * the server alone.
     *
     * <p>The files hold what the provider wrote; read {@link DownloadedFile} for what is missing in them.
     */
    public List<DownloadedFile> download(Path directory) {
        Answer answer = ask();
        ClientFetch fetch = context.fetch(answer.request(), answer.listing());
        createDirectories(directory);
        ExecutorService threads = ClientStore.threads(context.parallel());
        try {
            List<Future<?>> running = new ArrayList<>();
            for (ClientFile file : answer.files()) {
                running.add(threads.submit(() -> download(fetch, file, directory)));
            }
            for (Future<?> one : running) {
                ClientStore.await(table.toString(), one);
            }
        } finally {
            ClientStore.stop(threads);
        }
        return answer.files().stream().map(file -> downloaded(file, directory)).toList();
    }

    private static void download(ClientFetch fetch, ClientFile file, Path directory) {
        fetch.data(file, directory.resolve(file.dataName()));
        if (file.hasStoredVector()) {
            fetch.vector(file, directory.resolve(file.vectorName()));
        }
    }

    private static DownloadedFile downloaded(ClientFile file, Path directory) {
        return new DownloadedFile(
                file.id(),
                directory.resolve(file.dataName()),
                file.partitionValues(),
                file.local().deletionVector());
    }

    static void createDirectories(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new KeywharfException(
                    "format.write_failed",
                    directory.toString(),
                    "The directory cannot be created: " + e + "; choose another",
                    e);
        }
    }

    /**
     * What the server answered.
     *
     * @param files those that may have a row that fits
     */
    record Answer(
            DeltaSharingTable table,
            ClientRequest request,
            ClientListing listing,
            Schema schema,
            List<ClientFile> files) {

        DeltaSnapshot snapshot(ObjectStore store) {
            return table.snapshot(listing, store);
        }
    }

    Answer ask() {
        ObjectNode body = ClientCalls.JSON.createObjectNode();
        if (where != null) {
            Schema schema = table.schema();
            where.bind(schema);
            hint(body, ClientHints.of(where, schema));
        } else if (limit >= 0) {
            body.put("limitHint", limit);
        }
        if (version >= 0) {
            body.put("version", version);
        } else if (timestamp != null) {
            body.put("timestamp", timestamp.toString());
        } else {
            body.put("includeRefreshToken", true);
        }
        ClientRequest request = new ClientRequest(
                context.calls(),
                table.toString(),
                context.capabilities(),
                table.path() + "/query",
                Optional.of(body),
                Map.of());
        ClientListing listing = request.send();
        DeltaSnapshot columns = table.snapshot(listing, ObjectStore.inMemory());
        return new Answer(table, request, listing, columns.schema(), fitting(columns, listing.files()));
    }

    private List<ClientFile> fitting(DeltaSnapshot columns, List<ClientFile> files) {
        if (where == null) {
            return files;
        }
        Predicate<DeltaFile> mayFit = columns.mayFit(where);
        return files.stream().filter(file -> mayFit.test(file.local())).toList();
    }

    private static void hint(ObjectNode body, ClientHints hints) {
        hints.json().ifPresent(json -> body.put("jsonPredicateHints", json.toString()));
        if (!hints.sql().isEmpty()) {
            ArrayNode sql = body.putArray("predicateHints");
            hints.sql().forEach(sql::add);
        }
    }

    @Override
    public String toString() {
        return "DeltaSharingQuery[" + table + (version < 0 ? "" : ", version " + version)
                + (timestamp == null ? "" : ", at " + timestamp) + "]";
    }
}
