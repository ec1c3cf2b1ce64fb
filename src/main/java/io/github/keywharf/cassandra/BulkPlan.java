package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.metadata.schema.ColumnMetadata;
import com.datastax.oss.driver.api.core.metadata.schema.TableMetadata;
import com.datastax.oss.driver.api.core.type.DataType;
import com.datastax.oss.driver.api.core.type.DataTypes;
import com.datastax.oss.driver.api.core.type.ListType;
import io.github.keywharf.table.ColumnVector;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How rows become statements: which columns, in which order, with which timestamp. Immutable. */
final class BulkPlan {
    /** What the server's own limits of batches count for a row besides its values, about. */
    static final int ROW_WEIGHT = 24;

    /** The same for each value: timestamp, time to live, time of deletion. */
    static final int CELL_WEIGHT = 24;

    /** The longest key, in bytes: the server keeps its length in 16 bits. */
    static final int MAX_KEY_BYTES = 65_535;

    /** The largest row: half a segment of the commit log, 16 MiB by default, less room for what is around the values. */
    static final int MAX_ROW_BYTES = (16 << 20) - (64 << 10);

    /**
     * Microseconds between rows of tables with lists: each time that a row is sent again it takes the next one. The server
     * makes up new places for a list's elements with each write, and only a later write removes what an earlier one put
     * there.
     */
    static final int LIST_SPACING = 16;

    final List<BulkColumn> columns;

    /** How many of the first columns are the partition key. */
    final int partitionColumns;

    /** How many of the first columns are the primary key. */
    final int keyColumns;

    private final boolean counter;
    private final boolean hasLists;
    final boolean writesNulls;

    /** Whether rows have timestamps of the load's; otherwise the server gives them, or there are none. */
    final boolean givesTimestamps;

    /** The first timestamp of the load. */
    final long base;

    final String cql;
    private final int[] places;

    /** Places in the statement for rows that have static values only; -1 for columns that are not in it. */
    private final int[] staticPlaces;

    /** The statement for rows that have static values only; empty when there are no such rows. */
    final String staticCql;

    BulkPlan(
            BulkTableName name,
            TableMetadata table,
            List<BulkColumn> columns,
            BulkOptions options,
            long baseTimestamp) {
        this.columns = List.copyOf(columns);
        this.partitionColumns = count(BulkColumn.Role.PARTITION);
        this.keyColumns = partitionColumns + count(BulkColumn.Role.CLUSTERING);
        this.counter = isCounter(table);
        this.hasLists = columns.stream().anyMatch(BulkPlan::isLiveList);
        this.writesNulls = options.nulls == CassandraSink.Nulls.NULL && !counter;
        this.givesTimestamps = !counter && !options.serverTimestamps;
        this.base = baseTimestamp;
        this.places = new int[columns.size()];
        this.cql = counter ? update(name) : insert(name, options, columns, places);
        boolean mixed = keyColumns > partitionColumns && count(BulkColumn.Role.STATIC) > 0 && !counter;
        this.staticPlaces = new int[columns.size()];
        this.staticCql = mixed
                ? insert(
                        name,
                        options,
                        columns.stream().filter(BulkPlan::isOfPartition).toList(),
                        staticPlaces)
                : "";
    }

    private static boolean isOfPartition(BulkColumn column) {
        return column.role() == BulkColumn.Role.PARTITION || column.role() == BulkColumn.Role.STATIC;
    }

    static boolean isCounter(TableMetadata table) {
        return table.getColumns().values().stream().map(ColumnMetadata::getType).anyMatch(DataTypes.COUNTER::equals);
    }

    private static boolean isLiveList(BulkColumn column) {
        DataType type = column.type();
        return type instanceof ListType list
                && !list.isFrozen()
                && !column.role().isKey();
    }

    private int count(BulkColumn.Role role) {
        return (int) columns.stream().filter(column -> column.role() == role).count();
    }

    /** Inserts some of the columns, and notes the place of each. */
    private String insert(BulkTableName name, BulkOptions options, List<BulkColumn> some, int[] placed) {
        for (int i = 0; i < placed.length; i++) {
            placed[i] = some.indexOf(columns.get(i));
        }
        return "INSERT INTO " + name.asCql() + " ("
                + some.stream().map(column -> column.name().asCql(false)).collect(Collectors.joining(", "))
                + ") VALUES (" + "?, ".repeat(some.size() - 1) + "?)" + (givesTimestamps ? " USING TIMESTAMP ?" : "")
                + (options.timeToLive == null
                        ? ""
                        : (givesTimestamps ? " AND TTL " : " USING TTL ") + options.timeToLive.toSeconds());
    }

    /** A counter is only ever added to; the key comes after the sums. */
    private String update(BulkTableName name) {
        List<String> sums = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        int others = columns.size() - keyColumns;
        for (int i = 0; i < columns.size(); i++) {
            CqlIdentifier column = columns.get(i).name();
            if (i < keyColumns) {
                places[i] = others + i;
                keys.add(column.asCql(false) + " = ?");
            } else {
                places[i] = i - keyColumns;
                sums.add(column.asCql(false) + " = " + column.asCql(false) + " + ?");
            }
        }
        return "UPDATE " + name.asCql() + " SET " + String.join(", ", sums) + " WHERE " + String.join(" AND ", keys);
    }

    boolean isCounter() {
        return counter;
    }

    /** Whether rows have values that belong to their partition as a whole. */
    boolean writesStatics() {
        return count(BulkColumn.Role.STATIC) > 0;
    }

    /** Whether the same request changes nothing when it is carried out a second time. */
    boolean mayBeSentAgainUnchanged() {
        return !counter && !hasLists;
    }

    /**
     * Whether a row is of a partition as a whole, as a scan reads partitions that have static values only: it has such
     * values, and none in clustering or other columns.
     */
    boolean isStatic(BulkWindow window, int row, int position) {
        if (staticCql.isEmpty()
                || !window.vector(row, columns.get(partitionColumns).position()).isNull(position)) {
            return false;
        }
        boolean present = false;
        for (int i = partitionColumns; i < columns.size(); i++) {
            BulkColumn column = columns.get(i);
            boolean isNull = window.vector(row, column.position()).isNull(position);
            if (!isNull && column.role() != BulkColumn.Role.STATIC) {
                return false;
            }
            present |= !isNull;
        }
        return present;
    }

    /**
     * The place of a column's value in the statement, or -1.
     *
     * @param ofStatic in that for rows that have static values only
     */
    int place(int column, boolean ofStatic) {
        return ofStatic ? staticPlaces[column] : places[column];
    }

    int timestampPlace(boolean ofStatic) {
        return ofStatic ? partitionColumns + count(BulkColumn.Role.STATIC) : places.length;
    }

    /** Whether a row that is sent again needs another timestamp than before. */
    boolean needsAttempts() {
        return hasLists && givesTimestamps;
    }

    /**
     * The timestamp of a row's values: later rows have greater ones, and sent again a row keeps its own, or takes its next
     * one where {@link #needsAttempts}.
     */
    long timestamp(long row, int attempt) {
        return hasLists ? base + row * LIST_SPACING + attempt : base + row;
    }

    /** The bytes of a value; null when it is absent or the row was rejected for it. */
    @Nullable
    ByteBuffer encode(BulkColumn column, BulkWindow window, int row, int position, String source) {
        ColumnVector vector = window.vector(row, column.position());
        if (vector.isNull(position)) {
            if (column.role().isKey()) {
                window.reject(source, row, column.source().name(), "The value is absent, but part of the primary key");
            }
            return null;
        }
        try {
            return column.encoder().encode(vector, position);
        } catch (Unfit e) {
            window.reject(source, row, column.source().name(), e.reason());
            return null;
        }
    }
}
