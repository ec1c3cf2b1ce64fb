package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.metadata.TokenMap;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Rows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How to read a whole table, by pieces of the token ring, several concurrently.
 *
 * <pre>{@code
 * try (Rows rows = cassandra.table("actions").scan().columns("user_id", "title").parallelism(8).rows()) {
 *     ...
 * }
 * cassandra.table("actions").scan().unload(store, "actions/2024-05-20").run();
 * }</pre>
 *
 * <p>Defaults: all columns, the manager's consistency, pages of up to {@link #DEFAULT_PAGE_SIZE} rows, {@link
 * #DEFAULT_PARALLELISM} pieces concurrently, no limit of rows a second, {@link #DEFAULT_PATIENCE} for a server that does not
 * answer, pieces of about {@link #DEFAULT_RANGE_BYTES} and at least {@link #RANGES_PER_READER} for each that is read
 * concurrently.
 *
 * <p>Each row that is there all the time comes once. The rows of a partition stay together, in their clustering order; the
 * order of partitions is open. It is not a snapshot: what is written meanwhile may be in it or not. A partition that has only
 * static values is a row whose clustering columns and other values are null. Memory: for each piece read concurrently, two
 * pages and two batches of rows, some 30 MB at most unless a single value is larger.
 *
 * <p>A server that does not answer is waited for and asked again from where the last page ended, so no row comes twice.
 *
 * <p>A mutable builder, not thread-safe, that can be used more than once.
 */
public final class TableScan {

    /** Rows of a page at most, 5,000; wide rows come in smaller pages, of about 8 MB with the driver's own objects. */
    public static final int DEFAULT_PAGE_SIZE = CassandraManager.Builder.DEFAULT_PAGE_SIZE;

    /** Pieces of the ring that are read concurrently, 4: what keeps a node busy and leaves it to its other clients too. */
    public static final int DEFAULT_PARALLELISM = 4;

    /** How long a piece waits for a server that does not answer, 5 minutes: longer than a node's restart. */
    public static final Duration DEFAULT_PATIENCE = CassandraSink.Builder.DEFAULT_PATIENCE;

    /** About how many bytes a piece of the ring holds by the server's own estimates, 64 MB: seconds of work. */
    public static final long DEFAULT_RANGE_BYTES = 64L * 1024 * 1024;

    /** Pieces of the ring for each that is read concurrently, 8, so that readers end at about the same time. */
    public static final int RANGES_PER_READER = 8;

    /** The most pieces of the ring, 100,000: each costs a request at least. */
    public static final int MAX_RANGES = 100_000;

    /** The most pieces that are read concurrently, 256, well below what a connection carries. */
    public static final int MAX_PARALLELISM = 256;

    private final CassandraContext context;
    private final CqlIdentifier keyspace;
    private final CqlIdentifier table;
    private List<String> columns = List.of();
    private final LinkedHashSet<String> writetimes = new LinkedHashSet<>();
    private final LinkedHashSet<String> ttls = new LinkedHashSet<>();
    private final Map<String, ColumnType> types = new LinkedHashMap<>();
    private @Nullable ConsistencyLevel consistency;
    private int parallelism = DEFAULT_PARALLELISM;
    private long rangeBytes = DEFAULT_RANGE_BYTES;
    private int ranges;
    int pageSize = DEFAULT_PAGE_SIZE;
    double rowsPerSecond = Double.POSITIVE_INFINITY;
    Duration patience = DEFAULT_PATIENCE;

    TableScan(CassandraContext context, CqlIdentifier keyspace, CqlIdentifier table) {
        this.context = context;
        this.keyspace = keyspace;
        this.table = table;
    }

    /** Reads these columns only, in this order, by their names as they are. None means all, keys first. */
    public TableScan columns(String... names) {
        columns = List.of(names);
        if (new LinkedHashSet<>(columns).size() != columns.size()) {
            throw new IllegalArgumentException("columns " + columns + " names one twice");
        }
        return this;
    }

    /**
     * Reads when these columns were written too, as columns {@code writetime_<name>}: microseconds since 1970, as the
     * writer gave them. Key columns, counters, and in most servers collections, have none.
     */
    public TableScan writetime(String... names) {
        writetimes.addAll(List.of(names));
        return this;
    }

    /** Reads the seconds that these columns have left to live too, as columns {@code ttl_<name>}, null for ever. */
    public TableScan ttl(String... names) {
        ttls.addAll(List.of(names));
        return this;
    }

    /**
     * Reads a column as another type than the usual one, as {@link CassandraQuery#columnType} does: a {@code decimal} as
     * a decimal of its own digits, or as {@link ColumnType#STRING}, which takes all there are.
     */
    public TableScan columnType(String column, ColumnType type) {
        types.put(Objects.requireNonNull(column, "column"), Objects.requireNonNull(type, "type"));
        return this;
    }

    /** How many replicas answer for each page. */
    public TableScan consistency(ConsistencyLevel level) {
        consistency = Objects.requireNonNull(level, "level");
        return this;
    }

    /** Rows of a page at most. */
    public TableScan pageSize(int rows) {
        pageSize = Checks.positive("pageSize", rows);
        return this;
    }

    /** How many pieces of the ring are read concurrently, up to {@link #MAX_PARALLELISM}. */
    public TableScan parallelism(int readers) {
        parallelism = Checks.between("parallelism", readers, 1, MAX_PARALLELISM);
        return this;
    }

    /** Spares the servers: not more than so many rows a second, all readers together. */
    public TableScan rowsPerSecond(long rows) {
        rowsPerSecond = Checks.positive("rowsPerSecond", rows);
        return this;
    }

    /** How long a piece waits for a server that does not answer before the read fails. */
    public TableScan patience(Duration atMost) {
        patience = Checks.notNegative("patience", atMost);
        return this;
    }

    /** About how many bytes a piece of the ring holds, by the estimates that servers make some minutes after writes. */
    public TableScan rangeBytes(long bytes) {
        rangeBytes = Checks.positive("rangeBytes", bytes);
        return this;
    }

    /** Cuts the ring into at least so many pieces, whatever sizes are estimated; up to {@link #MAX_RANGES}. */
    public TableScan ranges(int atLeast) {
        ranges = Checks.between("ranges", atLeast, 1, MAX_RANGES);
        return this;
    }

    /**
     * Begins to read, on threads of its own. Close the rows unless they are read to their end; the manager stays open.
     *
     * @throws KeywharfException with code {@code cassandra.no_table} or {@code cassandra.unknown_column}, or when the
     *     server refuses; later {@link Rows#next} throws it with {@code cassandra.schema_changed} when the table changes
     *     meanwhile, or with what the server failed with longer than {@link #patience} allows
     */
    public Rows rows() {
        UnloadSource source = source();
        UnloadScan scan = new UnloadScan(context, source, this, "read");
        List<TokenSpan> spans = spans(parallelism);
        scan.expect(spans.size());
        return new UnloadRows(scan, spans, parallelism, true);
    }

    /**
     * Writes what is read to files in a store, with all that it takes to go on after a killed process.
     *
     * @param store where; it stays open
     * @param folder a valid key, with or without a {@code /} at its end, for this unload alone
     */
    public TableUnload unload(ObjectStore store, String folder) {
        return new TableUnload(context, this, store, folder);
    }

    UnloadSource source() {
        return UnloadSource.read(context, keyspace, table);
    }

    int parallelism() {
        return parallelism;
    }

    ConsistencyLevel consistency() {
        return consistency == null ? context.defaults().consistency() : consistency;
    }

    Optional<TokenMap> tokens() {
        return context.session().getMetadata().getTokenMap();
    }

    /** The ring in pieces for so many readers or files. */
    List<TokenSpan> spans(int users) {
        int wanted = ranges > 0 ? ranges : users * RANGES_PER_READER;
        if (ranges == 0) {
            long bytes = DictionarySizes.bytes(context, keyspace, table);
            wanted = (int) Math.min(MAX_RANGES, Math.max(wanted, bytes / rangeBytes));
        }
        return TokenSpan.ring(tokens().orElse(null), wanted);
    }

    /** The names of the columns that are read. */
    List<String> names(UnloadSource source) {
        List<String> known =
                source.columns().stream().map(UnloadSource.SourceColumn::name).toList();
        List<String> asked = new ArrayList<>(columns);
        asked.addAll(writetimes);
        asked.addAll(ttls);
        for (String name : asked) {
            if (!known.contains(name)) {
                throw new KeywharfException(
                        "cassandra.unknown_column",
                        source.subject(),
                        "There is no column '" + name + "'; there are " + known);
            }
        }
        return columns.isEmpty() ? known : columns;
    }

    /** What is read besides columns: from the name it gets to its expression. */
    Map<String, String> functions() {
        Map<String, String> functions = new LinkedHashMap<>();
        writetimes.forEach(name -> functions.put("writetime_" + name, "WRITETIME(" + quoted(name) + ")"));
        ttls.forEach(name -> functions.put("ttl_" + name, "TTL(" + quoted(name) + ")"));
        return functions;
    }

    private static String quoted(String name) {
        return CqlIdentifier.fromInternal(name).asCql(true);
    }

    Map<String, ColumnType> columnTypes() {
        return Map.copyOf(types);
    }

    @Override
    public String toString() {
        return "TableScan[" + keyspace.asCql(true) + "." + table.asCql(true)
                + (columns.isEmpty() ? "" : ", columns " + columns) + "]";
    }
}
