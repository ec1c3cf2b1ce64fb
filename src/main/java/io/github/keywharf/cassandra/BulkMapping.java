package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.metadata.schema.ColumnMetadata;
import com.datastax.oss.driver.api.core.metadata.schema.TableMetadata;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.Schema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the table's column for each column of the rows, and says all that is wrong in one message. */
final class BulkMapping {
    private final String subject;
    private final TableMetadata table;
    private final Schema schema;
    private final BulkOptions options;
    private final BulkEncoders encoders;
    private final List<String> problems = new ArrayList<>();
    private final Map<CqlIdentifier, BulkColumn> taken = new LinkedHashMap<>();

    private BulkMapping(
            String subject, TableMetadata table, Schema schema, BulkOptions options, BulkEncoders encoders) {
        this.subject = subject;
        this.table = table;
        this.schema = schema;
        this.options = options;
        this.encoders = encoders;
    }

    /**
     * The columns in the order partition key, clustering columns, others.
     *
     * @throws KeywharfException with code {@code cassandra.table_mismatch} when the table does not take the rows
     */
    static List<BulkColumn> of(
            String subject, TableMetadata table, Schema schema, BulkOptions options, BulkEncoders encoders) {
        return new BulkMapping(subject, table, schema, options, encoders).columns();
    }

    private List<BulkColumn> columns() {
        options.columns.keySet().stream()
                .filter(name -> !schema.contains(name))
                .forEach(name -> problems.add("the rows have no column '" + name + "' to map"));
        for (int i = 0; i < schema.size(); i++) {
            map(i, schema.column(i));
        }
        requireKey();
        if (!problems.isEmpty()) {
            throw new KeywharfException(
                    "cassandra.table_mismatch",
                    subject,
                    "The table does not take these rows: " + String.join("; ", problems)
                            + ". Change the rows, map the columns by name, or change the table");
        }
        List<BulkColumn> columns = new ArrayList<>(taken.values());
        List<ColumnMetadata> key = table.getPrimaryKey();
        columns.sort(Comparator.comparingInt(column -> {
            int place = key.indexOf(table.getColumns().get(column.name()));
            return place < 0 ? Integer.MAX_VALUE : place;
        }));
        return columns;
    }

    private void map(int position, Column column) {
        String explicit = options.columns.get(column.name());
        ColumnMetadata target = explicit != null ? exact(explicit) : exact(column.name());
        if (target == null && explicit != null) {
            problems.add("'" + column.name() + "' is mapped to '" + explicit + "', which the table lacks; it has "
                    + names());
            return;
        }
        if (target == null) {
            List<ColumnMetadata> alike = alike(column.name());
            if (alike.size() > 1) {
                problems.add("'" + column.name() + "' may be any of " + names(alike));
                return;
            }
            if (alike.isEmpty()) {
                if (!options.ignoreUnknownColumns) {
                    problems.add("the table has no column for '" + column.name() + "', it has " + names());
                }
                return;
            }
            target = alike.get(0);
        }
        BulkEncoder encoder = encoders.find(column.type(), target.getType());
        if (encoder == null) {
            problems.add("'" + column.name() + "' is of type " + column.type() + ", which "
                    + target.getType().asCql(true, true) + " does not take");
            return;
        }
        BulkColumn mapped = new BulkColumn(position, column, target.getName(), target.getType(), role(target), encoder);
        BulkColumn other = taken.putIfAbsent(target.getName(), mapped);
        if (other != null) {
            problems.add("'" + other.source().name() + "' and '" + column.name() + "' both go into '"
                    + target.getName().asInternal() + "'");
        }
    }

    private @Nullable ColumnMetadata exact(String name) {
        return table.getColumns().get(CqlIdentifier.fromInternal(name));
    }

    /** Columns spelled alike that no other column of the rows is named after, exactly or by the caller. */
    private List<ColumnMetadata> alike(String name) {
        String wanted = BulkNames.folded(name);
        return table.getColumns().values().stream()
                .filter(column ->
                        BulkNames.folded(column.getName().asInternal()).equals(wanted))
                .filter(column -> !isSpokenFor(column.getName().asInternal()))
                .toList();
    }

    private boolean isSpokenFor(String target) {
        return options.columns.containsValue(target)
                || (schema.contains(target) && !options.columns.containsKey(target));
    }

    private BulkColumn.Role role(ColumnMetadata column) {
        if (table.getPartitionKey().contains(column)) {
            return BulkColumn.Role.PARTITION;
        } else if (table.getClusteringColumns().containsKey(column)) {
            return BulkColumn.Role.CLUSTERING;
        }
        return column.isStatic() ? BulkColumn.Role.STATIC : BulkColumn.Role.REGULAR;
    }

    private void requireKey() {
        boolean staticOnly = taken.values().stream().anyMatch(column -> column.role() == BulkColumn.Role.STATIC)
                && taken.values().stream()
                        .allMatch(column ->
                                column.role() == BulkColumn.Role.STATIC || column.role() == BulkColumn.Role.PARTITION);
        List<ColumnMetadata> needed = staticOnly ? table.getPartitionKey() : table.getPrimaryKey();
        for (ColumnMetadata key : needed) {
            if (!taken.containsKey(key.getName())) {
                problems.add("the rows have no column for '" + key.getName().asInternal()
                        + "', which is part of the primary key");
            }
        }
    }

    private String names() {
        return names(table.getColumns().values());
    }

    private static String names(Collection<ColumnMetadata> columns) {
        return columns.stream()
                .map(column -> column.getName().asInternal())
                .toList()
                .toString();
    }

    /**
     * The metadata of a table, asked for again if it may be newer than what the driver knows.
     *
     * @param patience how long it is asked for while nodes are away
     */
    static TableMetadata table(CassandraContext context, BulkTableName name, Duration patience) {
        Optional<TableMetadata> known = find(context, name);
        if (known.isEmpty()) {
            Waiting.on(
                    name.toString(),
                    "The schema cannot be read",
                    Retries.whileAway(
                            context, patience, true, () -> context.session().refreshSchemaAsync()));
            known = find(context, name);
        }
        return known.orElseThrow(() -> new KeywharfException(
                CassandraManager.NO_TABLE,
                name.toString(),
                context.session()
                        .getMetadata()
                        .getKeyspace(name.keyspace())
                        .map(keyspace -> "There is no such table; the keyspace has "
                                + keyspace.getTables().keySet().stream()
                                        .map(CqlIdentifier::asInternal)
                                        .sorted()
                                        .limit(50)
                                        .toList())
                        .orElse("There is no such keyspace, or it may not be seen")));
    }

    private static Optional<TableMetadata> find(CassandraContext context, BulkTableName name) {
        return context.session()
                .getMetadata()
                .getKeyspace(name.keyspace())
                .flatMap(keyspace -> keyspace.getTable(name.table()));
    }
}
