package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.cql.Row;
import io.github.keywharf.KeywharfException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What the server says of a table that is read whole, fresh and not from what the driver has heard of it so far.
 *
 * @param keyspace its keyspace
 * @param table its name; of a view too
 * @param id changes when the table is dropped and recreated
 * @param columns in the order of {@code SELECT *}
 */
record UnloadSource(CqlIdentifier keyspace, CqlIdentifier table, UUID id, List<SourceColumn> columns) {

    /**
     * One column.
     *
     * @param name as it is, without quotes
     * @param kind of {@code partition_key}, {@code clustering}, {@code static} and {@code regular}
     * @param position within a key, otherwise -1
     * @param type as CQL
     */
    record SourceColumn(String name, String kind, int position, String type) {
        CqlIdentifier identifier() {
            return CqlIdentifier.fromInternal(name);
        }
    }

    private static final List<String> KINDS = List.of("partition_key", "clustering", "static", "regular");

    /**
     * Asks the server.
     *
     * @throws KeywharfException with code {@code cassandra.no_table} when there is none
     */
    static UnloadSource read(CassandraContext context, CqlIdentifier keyspace, CqlIdentifier table) {
        String subject = subject(keyspace, table);
        UUID id = id(context, "tables", "table_name", keyspace, table)
                .or(() -> id(context, "views", "view_name", keyspace, table))
                .orElseThrow(() -> new KeywharfException(
                        CassandraManager.NO_TABLE,
                        subject,
                        "There is no such table or view; names are taken as they are, so check capitals too"));
        List<SourceColumn> columns = new ArrayList<>();
        for (Row row : rows(context, "columns", "table_name", keyspace, table)) {
            columns.add(new SourceColumn(
                    text(row, "column_name"), text(row, "kind"), row.getInt("position"), text(row, "type")));
        }
        columns.sort(Comparator.comparingInt((SourceColumn column) -> KINDS.indexOf(column.kind()))
                .thenComparingInt(SourceColumn::position)
                .thenComparing(SourceColumn::name));
        return new UnloadSource(keyspace, table, id, List.copyOf(columns));
    }

    private static String text(Row row, String column) {
        String text = row.getString(column);
        return text == null ? "" : text;
    }

    private static Optional<UUID> id(
            CassandraContext context, String of, String name, CqlIdentifier keyspace, CqlIdentifier table) {
        for (Row row : rows(context, of, name, keyspace, table)) {
            return Optional.ofNullable(row.getUuid("id"));
        }
        return Optional.empty();
    }

    private static List<Row> rows(
            CassandraContext context, String of, String name, CqlIdentifier keyspace, CqlIdentifier table) {
        String cql = "SELECT * FROM system_schema." + of + " WHERE keyspace_name = ? AND " + name + " = ?";
        return Waiting.on(
                subject(keyspace, table),
                "The schema cannot be read",
                context.prepared()
                        .prepare(Optional.empty(), cql)
                        .thenCompose(prepared -> context.session()
                                .executeAsync(context.prepare(prepared.bind(keyspace.asInternal(), table.asInternal()))
                                        .setIdempotent(true)))
                        .thenCompose(AllPages::of));
    }

    /** How errors and events call it. */
    String subject() {
        return subject(keyspace, table);
    }

    private static String subject(CqlIdentifier keyspace, CqlIdentifier table) {
        return keyspace.asCql(true) + "." + table.asCql(true);
    }

    List<SourceColumn> partitionKey() {
        return columns.stream()
                .filter(column -> column.kind().equals("partition_key"))
                .toList();
    }

    /**
     * Refuses a table that is no longer the one that was begun.
     *
     * @param begun what the server said then
     * @param read the names of the columns that are read
     * @throws KeywharfException with code {@code cassandra.schema_changed}
     */
    void checkSame(UnloadSource begun, Iterable<String> read) {
        if (!id.equals(begun.id)) {
            throw changed("the table was dropped and recreated", null);
        }
        Map<String, String> now = types();
        Map<String, String> then = begun.types();
        for (String name : read) {
            String type = now.get(name);
            if (type == null) {
                throw changed("column '" + name + "' is gone", null);
            }
            if (!type.equals(then.get(name))) {
                throw changed("column '" + name + "' is of type " + type + " now, and was " + then.get(name), null);
            }
        }
    }

    /** The names of columns that were not there when it was begun. */
    List<String> added(UnloadSource begun) {
        Map<String, String> then = begun.types();
        return columns.stream()
                .map(SourceColumn::name)
                .filter(name -> !then.containsKey(name))
                .toList();
    }

    private Map<String, String> types() {
        return columns.stream()
                .collect(java.util.stream.Collectors.toMap(SourceColumn::name, SourceColumn::type, (a, b) -> a));
    }

    KeywharfException changed(String what, @org.jspecify.annotations.Nullable Throwable cause) {
        return new KeywharfException(
                "cassandra.schema_changed",
                subject(),
                "The table changed while it was read: " + what
                        + "; what was read so far does not fit the rest, so start over, an unload in a new folder",
                cause);
    }
}
