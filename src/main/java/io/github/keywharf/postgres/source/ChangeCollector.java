package io.github.keywharf.postgres.source;

import io.github.keywharf.sql.ChangeFeed;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the changes of whole transactions into tables. What it holds is bounded: it is full once a transaction ends beyond
 * the bound, and of a transaction that is larger than that it keeps the names of the tables, which are then read whole.
 */
final class ChangeCollector implements PgOutput.Handler {

    private static final String TOO_LARGE = "one transaction has more changes of it and others than fit into memory";

    /** What a message costs beside its bytes, about. */
    private static final int MESSAGE = 64;

    private static final String NO_KEY = "a change does not name the row by its primary key, as the table has another"
            + " replica identity, or had other columns";

    private final PgCatalog catalog;
    private final Set<String> wanted;
    private final Map<String, PgPosition> seen;
    private final Map<Long, PgTable> byOid = new HashMap<>();
    private final String namespace;
    private final long most;
    private final Map<String, List<List<@Nullable Object>>> written = new LinkedHashMap<>();
    private final Map<String, Map<List<@Nullable Object>, List<@Nullable Object>>> incomplete = new LinkedHashMap<>();
    private final Map<String, Map<List<@Nullable Object>, List<@Nullable Object>>> deleted = new LinkedHashMap<>();
    private final Map<String, String> unnamed = new LinkedHashMap<>();
    private final Map<String, List<RejectedRow>> rejected = new LinkedHashMap<>();
    private final Set<Long> transactions = new HashSet<>();
    /** The tables of the transaction that is being read. */
    private final Set<String> touched = new HashSet<>();

    private long transaction;
    private long messages;
    private long bytes;
    private long bytesBefore;
    private long end;

    /**
     * @param seen by table, the snapshot whose transactions are left out
     * @param most bytes of messages, beyond which no other transaction is taken
     */
    ChangeCollector(PgCatalog catalog, String namespace, List<String> tables, Map<String, PgPosition> seen, long most) {
        this.catalog = catalog;
        this.namespace = namespace;
        this.wanted = Set.copyOf(tables);
        this.seen = seen;
        tables.forEach(table -> byOid.put(catalog.table(table).oid(), catalog.table(table)));
        this.most = most;
    }

    /** Counts a message that comes next. */
    void add(int messageBytes) {
        messages++;
        bytes += messageBytes + MESSAGE;
        if (bytes - bytesBefore > most) {
            touched.forEach(table -> leave(table, TOO_LARGE));
            touched.clear();
        }
    }

    /** Returns true if no other transaction fits. */
    boolean isFull() {
        return bytes > most && bytes == bytesBefore;
    }

    /** The table of a change; null if it is not wanted, or was read after the change. */
    private @Nullable PgTable table(PgOutput.Relation relation) {
        // The log has the name as it was at the time: a table may have had another one, or another schema, for a while.
        PgTable known = byOid.get(relation.oid());
        boolean ours = relation.namespace().equals(namespace) && wanted.contains(relation.name());
        PgTable table = known == null && ours ? catalog.table(relation.name()) : known;
        PgPosition read = table == null ? null : seen.get(table.table().name());
        return read != null && read.sees(transaction) ? null : table;
    }

    /** The table of a change that is kept; null if it is not wanted or has to be read whole. */
    private @Nullable PgTable taken(PgOutput.Relation relation, List<String> named) {
        PgTable table = table(relation);
        if (table == null) {
            return null;
        }
        String name = table.table().name();
        transactions.add(transaction);
        if (bytes - bytesBefore > most) {
            leave(name, TOO_LARGE);
        } else if (!named.containsAll(table.table().key())) {
            leave(name, NO_KEY);
        }
        touched.add(name);
        return unnamed.containsKey(name) ? null : table;
    }

    private void leave(String table, String reason) {
        unnamed.putIfAbsent(table, reason);
        written.remove(table);
        incomplete.remove(table);
        deleted.remove(table);
        rejected.remove(table);
    }

    @Override
    public void begun(long number) {
        transaction = number;
    }

    @Override
    public void inserted(PgOutput.Relation relation, PgOutput.Value[] row) {
        PgTable table = taken(relation, relation.columns());
        if (table != null) {
            write(table, relation, row);
        }
    }

    @Override
    public void updated(PgOutput.Relation relation, PgOutput.Value @Nullable [] key, PgOutput.Value[] row) {
        PgTable table = taken(relation, relation.identity());
        if (table != null) {
            if (key != null) {
                delete(table, relation, key);
            }
            write(table, relation, row);
        }
    }

    @Override
    public void deleted(PgOutput.Relation relation, PgOutput.Value[] key) {
        PgTable table = taken(relation, relation.identity());
        if (table != null) {
            delete(table, relation, key);
        }
    }

    private void write(PgTable table, PgOutput.Relation relation, PgOutput.Value[] row) {
        String name = table.table().name();
        ChangedRow keyed = ChangedRow.of(table, relation, row, table.table().key());
        if (keyed.isUnreadable()) {
            reject(ChangedRow.of(table, relation, row, present(table, relation)).rejected());
            return;
        }
        Map<List<@Nullable Object>, List<@Nullable Object>> gone = deleted.get(name);
        if (gone != null) {
            gone.remove(comparable(keyed.values()));
        }
        if (!whole(table, relation, row)) {
            incomplete
                    .computeIfAbsent(name, key -> new LinkedHashMap<>())
                    .put(comparable(keyed.values()), keyed.values());
            return;
        }
        ChangedRow read =
                ChangedRow.of(table, relation, row, table.table().schema().names());
        if (read.isUnreadable()) {
            reject(read.rejected());
        } else {
            written.computeIfAbsent(name, key -> new ArrayList<>()).add(read.values());
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

    private void delete(PgTable table, PgOutput.Relation relation, PgOutput.Value[] key) {
        Map<List<@Nullable Object>, List<@Nullable Object>> gone =
                deleted.computeIfAbsent(table.table().name(), name -> new LinkedHashMap<>());
        ChangedRow keyed = ChangedRow.of(table, relation, key, table.table().key());
        // A row whose key cannot be read was never taken in, so that nobody misses it.
        if (!keyed.isUnreadable()) {
            // Again at the end, as the last word about this key.
            List<@Nullable Object> same = comparable(keyed.values());
            gone.remove(same);
            gone.put(same, keyed.values());
        }
    }

    /** A key that is equal to another one where the server calls them equal. */
    private static List<@Nullable Object> comparable(List<@Nullable Object> key) {
        List<@Nullable Object> comparable = new ArrayList<>(key.size());
        for (Object value : key) {
            if (value instanceof byte[] bytes) {
                comparable.add(ByteBuffer.wrap(bytes));
            } else if (value instanceof BigDecimal number) {
                comparable.add(number.stripTrailingZeros());
            } else if (value instanceof Float || value instanceof Double) {
                comparable.add(((Number) value).doubleValue() + 0.0);
            } else {
                comparable.add(value);
            }
        }
        return comparable;
    }

    @Override
    public void emptied(PgOutput.Relation relation) {
        PgTable table = table(relation);
        if (table != null) {
            transactions.add(transaction);
            leave(table.table().name(), "it was emptied by TRUNCATE");
        }
    }

    @Override
    public void committed(long endPosition) {
        end = endPosition;
        bytesBefore = bytes;
        touched.clear();
    }

    /** The position behind the last transaction, 0 when there was none. */
    long end() {
        return end;
    }

    /**
     * The changes up to the last transaction.
     *
     * @param limit number of messages that were asked for
     */
    ChangeFeed.Changes changes(String position, int limit) {
        return new ChangeFeed.Changes(
                position,
                written(),
                keys(incomplete),
                keys(deleted),
                unnamed,
                rejected,
                transactions,
                messages >= limit || isFull());
    }

    private Map<String, Table> written() {
        Map<String, Table> tables = new LinkedHashMap<>();
        written.forEach((name, rows) ->
                tables.put(name, table(catalog.table(name).table().schema(), rows)));
        return tables;
    }

    private Map<String, Table> keys(Map<String, Map<List<@Nullable Object>, List<@Nullable Object>>> all) {
        Map<String, Table> tables = new LinkedHashMap<>();
        all.forEach((name, keys) -> {
            PgTable table = catalog.table(name);
            if (!keys.isEmpty()) {
                tables.put(
                        name, table(table.table().schema().select(table.table().key()), keys.values()));
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
