package io.github.keywharf.sharing.client;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.delta.DeltaChange;
import io.github.keywharf.format.delta.DeltaMetadata;
import io.github.keywharf.format.delta.DeltaSnapshot;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A table of a share. Nothing is kept between calls: each asks the server. Thread-safe.
 *
 * <p>Every method that asks throws {@link KeywharfException}: {@code sharing.not_found}, {@code sharing.unauthorized},
 * {@code sharing.expired}, {@code sharing.refused}, {@code sharing.bad_request}, {@code sharing.limited},
 * {@code sharing.unavailable}, {@code sharing.bad_answer}, those of {@code http.} when the server cannot be reached,
 * {@code delta.unsupported} when the table needs what this library does not have.
 */
public final class DeltaSharingTable {

    private final ClientContext context;
    private final String share;
    private final String schema;
    private final String name;

    DeltaSharingTable(ClientContext context, String share, String schema, String name) {
        this.context = context;
        this.share = share;
        this.schema = schema;
        this.name = name;
    }

    /** The name of the share. */
    public String share() {
        return share;
    }

    /** The name of the schema in the share. */
    public String schemaName() {
        return schema;
    }

    /** The name of the table in the schema. */
    public String name() {
        return name;
    }

    String path() {
        return ClientCalls.SHARES + "/" + HttpRequest.encoded(share) + "/schemas/" + HttpRequest.encoded(schema)
                + "/tables/" + HttpRequest.encoded(name);
    }

    /** The newest version. */
    public long version() {
        return version(Map.of());
    }

    /** The first version that was committed at a time or later, where the provider shares the history. */
    public long version(Instant from) {
        return version(Map.of("startingTimestamp", from.toString()));
    }

    private long version(Map<String, String> query) {
        try (HttpResponse response = context.calls().get(toString(), path() + "/version", query, "")) {
            String text = response.header("Delta-Table-Version").orElse("");
            if (!text.matches("[0-9]{1,18}")) {
                throw ClientCalls.badAnswer(toString(), "The server does not say the table's version", null);
            }
            return Long.parseLong(text);
        }
    }

    /** What the table is, its schema's own JSON included. */
    public DeltaMetadata metadata() {
        return described().metadata();
    }

    /** The columns, partition columns among them. */
    public Schema schema() {
        ClientListing listing = described();
        return columns(listing).schema();
    }

    private ClientListing described() {
        try (HttpResponse response =
                context.calls().get(toString(), path() + "/metadata", Map.of(), context.capabilities())) {
            ClientListing listing = new ClientListing(toString(), false);
            listing.add(response);
            return listing;
        } catch (IOException e) {
            throw ClientCalls.badAnswer(toString(), "The server's answer breaks off: " + e, e);
        }
    }

    private DeltaSnapshot columns(ClientListing listing) {
        return snapshot(listing, ObjectStore.inMemory());
    }

    DeltaSnapshot snapshot(ClientListing listing, ObjectStore store) {
        return DeltaSnapshot.of(toString(), store, listing.protocol(), listing.metadata(), listing.version());
    }

    /** All rows of the newest version; see {@link DeltaSharingQuery#rows}. */
    public Rows rows() {
        return query().rows();
    }

    /** What to read; asks nothing yet. */
    public DeltaSharingQuery query() {
        return new DeltaSharingQuery(context, this);
    }

    /**
     * What the versions from one on to the newest changed, where the provider shares the change feed: the columns of the
     * table, {@code _change_type} ({@code insert}, {@code delete}, {@code update_preimage}, {@code update_postimage}),
     * {@code _commit_version} and {@code _commit_timestamp}, version by version.
     */
    public Rows changeRows(long from) {
        return changeRows(Map.of("startingVersion", "" + requireVersion(from)));
    }

    /**
     * What the versions of a range changed.
     *
     * @param to the last version, included
     */
    public Rows changeRows(long from, long to) {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("startingVersion", "" + requireVersion(from));
        query.put("endingVersion", "" + requireVersion(to));
        return changeRows(query);
    }

    /** What the versions of a time changed, both ends included. */
    public Rows changeRows(Instant from, Instant to) {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("startingTimestamp", from.toString());
        query.put("endingTimestamp", to.toString());
        return changeRows(query);
    }

    private static long requireVersion(long version) {
        if (version < 0) {
            throw new IllegalArgumentException("The version " + version + " is negative");
        }
        return version;
    }

    private Rows changeRows(Map<String, String> query) {
        ClientRequest request = new ClientRequest(
                context.calls(), toString(), context.capabilities(), path() + "/changes", Optional.empty(), query);
        ClientListing listing = request.send();
        List<ClientFile> files = listing.files().stream()
                .sorted(Comparator.comparingLong(ClientFile::version))
                .toList();
        if (files.isEmpty()) {
            return Rows.empty(columns(listing).changeSchema());
        }
        List<DeltaChange> changes = files.stream()
                .map(file -> new DeltaChange(file.version(), file.timestamp(), file.kind(), file.local()))
                .toList();
        return ClientStore.open(context.fetch(request, listing), context.folder(), context.parallel(), files)
                .rows(store -> snapshot(listing, store).changeRows(changes));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DeltaSharingTable table
                && table.context.equals(context)
                && table.share.equals(share)
                && table.schema.equals(schema)
                && table.name.equals(name);
    }

    @Override
    public int hashCode() {
        return Objects.hash(share, schema, name);
    }

    /** {@code share.schema.table} */
    @Override
    public String toString() {
        return share + "." + schema + "." + name;
    }
}
