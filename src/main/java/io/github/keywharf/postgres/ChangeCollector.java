package io.github.keywharf.postgres;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gathers the changes of whole transactions into tables. */
final class ChangeCollector implements PgOutput.Handler {

    /** Finds rows as they are now, for changes that do not hold all of a row. */
    interface Current {

        /** The row with that key, in column order, or null when there is none. */
        @Nullable
        List<@Nullable Object> row(PgTable table, List<@Nullable Object> key);
    }

    private static final String UNREADABLE = "postgres.unreadable_value";

    private final PgCatalog catalog;
    private final Set<String> wanted;
    private final Map<Long, PgTable> byOid = new HashMap<>();
    private final String namespace;
    private final Current current;
    private final Map<String, List<List<@Nullable Object>>> written = new LinkedHashMap<>();
    private final Map<String, Set<List<@Nullable Object>>> deleted = new LinkedHashMap<>();
    private final Set<String> emptied = new LinkedHashSet<>();
    private final Map<String, List<RejectedRow>> rejected = new LinkedHashMap<>();
    private long end;

    ChangeCollector(PgCatalog catalog, String namespace, List<String> tables, Current current) {
        this.catalog = catalog;
        this.namespace = namespace;
        this.wanted = Set.copyOf(tables);
        tables.forEach(table -> byOid.put(catalog.table(table).oid(), catalog.table(table)));
        this.current = current;
    }

    private @Nullable PgTable table(PgOutput.Relation relation) {
        // The log has the name as it was at the time: a table may have had another one, or another schema, for a while.
        PgTable known = byOid.get(relation.oid());
        if (known != null) {
            return known;
        }
        boolean ours = relation.namespace().equals(namespace) && wanted.contains(relation.name());
        return ours ? catalog.table(relation.name()) : null;
    }

    @Override
    public void written(PgOutput.Relation relation, PgOutput.Value[] row) {
        PgTable table = table(relation);
        if (table == null) {
            return;
        }
        ChangedRow keyed = ChangedRow.of(table, relation, row, table.table().key());
        if (keyed.isUnreadable()) {
            reject(ChangedRow.of(table, relation, row, present(table, relation)).rejected());
            return;
        }
        List<@Nullable Object> key = keyed.values();
        Set<List<@Nullable Object>> gone = deleted.get(table.table().name());
        if (gone != null) {
            gone.remove(key);
        }
        @Nullable List<@Nullable Object> whole = null;
        if (whole(table, relation, row)) {
            ChangedRow read =
                    ChangedRow.of(table, relation, row, table.table().schema().names());
            if (read.isUnreadable()) {
                reject(read.rejected());
                return;
            }
            whole = read.values();
        } else {
            try {
                whole = current.row(table, key);
            } catch (KeywharfException e) {
                if (!e.is(UNREADABLE)) {
                    throw e;
                }
                reject(keyed.rejected("", String.valueOf(e.getMessage())));
                return;
            }
        }
        if (whole != null) {
            written.computeIfAbsent(table.table().name(), name -> new ArrayList<>())
                    .add(whole);
        }
    }

    private void reject(RejectedRow row) {
        rejected.computeIfAbsent(row.source(), name -> new ArrayList<>()).add(row);
    }

    private static List<String> present(PgTable table, PgOutput.Relation relation) {
        return relation.columns().stream()
                .filter(table.table().schema()::contains)
                .toList();
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
            Set<List<@Nullable Object>> gone =
                    deleted.computeIfAbsent(table.table().name(), name -> new LinkedHashSet<>());
            ChangedRow keyed = ChangedRow.of(table, relation, key, table.table().key());
            // A row whose key cannot be read was never taken in, so that nobody misses it.
            if (!keyed.isUnreadable()) {
                // Again at the end, as the last word about this key.
                gone.remove(keyed.values());
                gone.add(keyed.values());
            }
        }
    }

    @Override
    public void emptied(PgOutput.Relation relation) {
        PgTable table = table(relation);
        if (table != null) {
            emptied.add(table.table().name());
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

    Map<String, List<RejectedRow>> rejected() {
        return rejected;
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
        List<ColumnVector.Builder> builders = ColumnBatch.builders(schema, 64);
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
}
