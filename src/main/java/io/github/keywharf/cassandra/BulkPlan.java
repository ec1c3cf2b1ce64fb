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
     * makes up the places of a list's elements anew for each write, and only a later write removes what an earlier one
     * put there.
     */
    static final int LIST_SPACING = 16;

    private final List<BulkColumn> columns;
    private final int partitionColumns;
    private final int keyColumns;
    private final boolean counter;
    private final boolean hasLists;
    private final boolean writesNulls;
    private final long base;
    private final String cql;
    private final int[] places;

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
        this.writesNulls = options.nulls() == CassandraSink.Nulls.NULL && !counter;
        this.base = baseTimestamp;
        this.places = new int[columns.size()];
        this.cql = counter ? update(name) : insert(name, options);
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

    private String insert(BulkTableName name, BulkOptions options) {
        for (int i = 0; i < places.length; i++) {
            places[i] = i;
        }
        return "INSERT INTO " + name.asCql() + " ("
                + columns.stream().map(column -> column.name().asCql(false)).collect(Collectors.joining(", "))
                + ") VALUES (" + "?, ".repeat(columns.size() - 1) + "?) USING TIMESTAMP ?"
                + (options.timeToLive() == null
                        ? ""
                        : " AND TTL " + options.timeToLive().toSeconds());
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

    String cql() {
        return cql;
    }

    List<BulkColumn> columns() {
        return columns;
    }

    /** How many of the first columns are the partition key. */
    int partitionColumns() {
        return partitionColumns;
    }

    /** How many of the first columns are the primary key. */
    int keyColumns() {
        return keyColumns;
    }

    boolean isCounter() {
        return counter;
    }

    boolean writesNulls() {
        return writesNulls;
    }

    /** Whether the same request changes nothing when it is carried out a second time. */
    boolean mayBeSentAgainUnchanged() {
        return !counter && !hasLists;
    }

    /** The place of a column's value in the statement. */
    int place(int column) {
        return places[column];
    }

    int timestampPlace() {
        return places.length;
    }

    /** The timestamp of a row's values: later rows have greater ones, and sent again a row keeps its own. */
    long timestamp(long row, int attempt) {
        return hasLists ? base + row * LIST_SPACING + Math.min(attempt, LIST_SPACING - 1) : base + row;
    }

    /** The first timestamp of the load. */
    long base() {
        return base;
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
        } catch (BulkUnfit e) {
            window.reject(source, row, column.source().name(), e.reason());
            return null;
        }
    }
}
