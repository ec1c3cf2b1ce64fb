package io.github.keywharf.postgres;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import io.github.keywharf.table.VectorBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gathers the changes of whole transactions into tables. */
final class ChangeCollector implements PgOutput.Handler {

    /** Finds rows as they are now, for changes that do not tell all of a row. */
    interface Current {

        /** The row with that key, in column order, or null when there is none. */
        @Nullable
        List<@Nullable Object> row(PgTable table, List<@Nullable Object> key);
    }

    private final PgCatalog catalog;
    private final Set<String> wanted;
    private final String namespace;
    private final Current current;
    private final Map<String, List<List<@Nullable Object>>> written = new LinkedHashMap<>();
    private final Map<String, Set<List<@Nullable Object>>> deleted = new LinkedHashMap<>();
    private final Set<String> emptied = new LinkedHashSet<>();
    private long end;

    ChangeCollector(PgCatalog catalog, String namespace, List<String> tables, Current current) {
        this.catalog = catalog;
        this.namespace = namespace;
        this.wanted = Set.copyOf(tables);
        this.current = current;
    }

    private @Nullable PgTable table(PgOutput.Relation relation) {
        boolean ours = relation.namespace().equals(namespace) && wanted.contains(relation.name());
        return ours ? catalog.table(relation.name()) : null;
    }

    @Override
    public void written(PgOutput.Relation relation, PgOutput.Value[] row) {
        PgTable table = table(relation);
        if (table == null) {
            return;
        }
        List<@Nullable Object> key = values(table, relation, row, table.table().key());
        @Nullable
        List<@Nullable Object> whole = whole(table, relation, row)
                ? values(table, relation, row, table.table().schema().names())
                : current.row(table, key);
        Set<List<@Nullable Object>> gone = deleted.get(relation.name());
        if (gone != null) {
            gone.remove(key);
        }
        if (whole != null) {
            written.computeIfAbsent(relation.name(), name -> new ArrayList<>()).add(whole);
        }
    }

    private static boolean whole(PgTable table, PgOutput.Relation relation, PgOutput.Value[] row) {
        for (PgOutput.Value value : row) {
            if (value.unchanged()) {
                return false;
            }
        }
        return relation.columns().containsAll(table.table().schema().names());
    }

    @Override
    public void deleted(PgOutput.Relation relation, PgOutput.Value[] key) {
        PgTable table = table(relation);
        if (table != null) {
            Set<List<@Nullable Object>> gone = deleted.computeIfAbsent(relation.name(), name -> new LinkedHashSet<>());
            List<@Nullable Object> values =
                    values(table, relation, key, table.table().key());
            // Again at the end, as the last word about this key.
            gone.remove(values);
            gone.add(values);
        }
    }

    @Override
    public void emptied(PgOutput.Relation relation) {
        if (table(relation) != null) {
            emptied.add(relation.name());
        }
    }

    @Override
    public void committed(long endPosition) {
        end = endPosition;
    }

    /** The position behind the last transaction, 0 when there was none. */
    long end() {
        return end;
    }

    Set<String> emptied() {
        return emptied;
    }

    Map<String, Table> written() {
        Map<String, Table> tables = new LinkedHashMap<>();
        written.forEach((name, rows) ->
                tables.put(name, table(catalog.table(name).table().schema(), rows)));
        return tables;
    }

    Map<String, Table> deleted() {
        Map<String, Table> tables = new LinkedHashMap<>();
        deleted.forEach((name, keys) -> {
            PgTable table = catalog.table(name);
            if (!keys.isEmpty()) {
                tables.put(
                        name, table(table.table().schema().select(table.table().key()), keys));
            }
        });
        return tables;
    }

    private static Table table(Schema schema, Iterable<List<@Nullable Object>> rows) {
        List<VectorBuilder> builders = ColumnBatch.builders(schema, 64);
        List<ColumnBatch> batches = new ArrayList<>();
        for (List<@Nullable Object> row : rows) {
            for (int i = 0; i < builders.size(); i++) {
                builders.get(i).appendValue(row.get(i));
            }
            if (builders.get(0).size() == ColumnBatch.DEFAULT_ROWS) {
                batches.add(ColumnBatch.build(schema, builders));
            }
        }
        if (builders.get(0).size() > 0) {
            batches.add(ColumnBatch.build(schema, builders));
        }
        return Table.of(schema, batches);
    }

    private static List<@Nullable Object> values(
            PgTable table, PgOutput.Relation relation, PgOutput.Value[] row, List<String> columns) {
        List<@Nullable Object> values = new ArrayList<>(columns.size());
        for (String name : columns) {
            int position = relation.columns().indexOf(name);
            String text = position < 0 ? null : row[position].text();
            values.add(
                    text == null ? null : parsed(table, table.table().schema().column(name), text));
        }
        return values;
    }

    private static Object parsed(PgTable table, Column column, String text) {
        try {
            return TextValues.parse(column.type(), text);
        } catch (ArithmeticException | IllegalArgumentException | java.time.DateTimeException e) {
            throw new KeywharfException(
                    "postgres.unreadable_value",
                    table.table().name(),
                    "The column '" + column.name() + "' held "
                            + (e instanceof ArithmeticException ? e.getMessage() : "a value")
                            + ", which " + column.type() + " cannot hold; correct it in the source, then drop the feed,"
                            + " read everything and ensure the feed again",
                    e instanceof ArithmeticException ? e : null);
        }
    }
}
