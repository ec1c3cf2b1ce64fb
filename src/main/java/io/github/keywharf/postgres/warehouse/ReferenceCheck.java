package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.postgres.internal.copy.TargetColumn;
import io.github.keywharf.postgres.internal.session.Quoted;
import io.github.keywharf.sql.WarehouseTable;
import io.github.keywharf.sql.WarehouseTable.Reference;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.IntVector;
import io.github.keywharf.table.LongVector;
import io.github.keywharf.table.Origin;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.RowMask;
import io.github.keywharf.table.WrittenOrigins;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds rows that refer to what is not there. Keys of small tables are fetched once and rows are checked before they
 * are sent; references to large tables and to other keys than whole numbers and days are checked in the staging table.
 */
final class ReferenceCheck {

    private record Known(Reference reference, int column, KeySet keys) {}

    private static final Map<String, String> AS_NUMBER = Map.of(
            "int2", "%1$s::int8 FROM %2$s WHERE true",
            "int4", "%1$s::int8 FROM %2$s WHERE true",
            "int8", "%1$s::int8 FROM %2$s WHERE true",
            "date", "(%1$s - DATE '1970-01-01')::int8 FROM %2$s WHERE isfinite(%1$s)");

    private final List<Known> known = new ArrayList<>();
    private final List<Reference> staged = new ArrayList<>();
    private final String schema;

    private ReferenceCheck(String schema) {
        this.schema = schema;
    }

    /**
     * Prepares the check of a table's references.
     *
     * @param late a table whose keys will be there in time
     * @param fetchBelow size in bytes from which a table's keys are not fetched
     */
    static ReferenceCheck prepare(LoadContext context, WarehouseTable table, LateReference late, long fetchBelow)
            throws SQLException {
        ReferenceCheck check = new ReferenceCheck(context.schema());
        Map<String, Optional<KeySet>> fetched = new HashMap<>();
        for (Reference reference : table.references()) {
            if (reference.table().equals(table.name()) || reference.table().equals(late.table())) {
                continue;
            }
            String id = reference.table() + "\0" + reference.target();
            if (!fetched.containsKey(id)) {
                fetched.put(id, fetch(context, reference, fetchBelow));
            }
            int column = table.schema().position(reference.column());
            Optional<KeySet> keys = fetched.getOrDefault(id, Optional.empty());
            boolean number = switch (table.schema().column(column).type().kind()) {
                case INT32, INT64, DATE -> true;
                default -> false;
            };
            if (keys.isPresent() && number) {
                check.known.add(new Known(reference, column, keys.get()));
            } else {
                check.staged.add(reference);
            }
        }
        return check;
    }

    private static Optional<KeySet> fetch(LoadContext context, Reference reference, long fetchBelow)
            throws SQLException {
        Connection connection = context.connection();
        TargetTable target = TargetTable.find(connection, context.schema(), reference.table())
                .orElseThrow(() -> new KeywharfException(
                        "postgres.no_table",
                        reference.table(),
                        "The table that '" + reference.column()
                                + "' refers to is not there; create the warehouse's tables first"));
        TargetColumn key = target.columns().get(reference.target());
        if (key == null || !AS_NUMBER.containsKey(key.type()) || target.bytes() >= fetchBelow) {
            return Optional.empty();
        }
        KeySet keys = new KeySet();
        String what = String.format(
                java.util.Locale.ROOT,
                AS_NUMBER.getOrDefault(key.type(), ""),
                Quoted.name(key.name()),
                target.quoted());
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(10_000);
            try (ResultSet rows =
                    statement.executeQuery("SELECT " + what + " AND " + Quoted.name(key.name()) + " IS NOT NULL")) {
                while (rows.next()) {
                    keys.add(rows.getLong(1));
                }
            }
        }
        return keys.isFull() ? Optional.empty() : Optional.of(keys);
    }

    /** Whether each reference is checked before rows are sent. */
    boolean isComplete() {
        return staged.isEmpty();
    }

    /** Rejects rows of a batch. */
    void check(ColumnBatch batch, RowMask rejected) {
        for (Known one : known) {
            ColumnVector values = batch.column(one.column());
            if (values instanceof IntVector ints) {
                for (int row = 0; row < batch.size(); row++) {
                    if (!one.keys().contains(ints.intAt(row)) && !ints.isNull(row)) {
                        reject(one.reference(), values, row, rejected);
                    }
                }
            } else if (values instanceof LongVector longs) {
                for (int row = 0; row < batch.size(); row++) {
                    if (!one.keys().contains(longs.longAt(row)) && !longs.isNull(row)) {
                        reject(one.reference(), values, row, rejected);
                    }
                }
            }
        }
    }

    private static void reject(Reference reference, ColumnVector values, int row, RowMask rejected) {
        rejected.reject(row, reference.column(), reason(reference, values.value(row)));
    }

    private static String reason(Reference reference, @Nullable Object value) {
        return "there is no " + reference.table() + " with " + reference.target() + " " + value
                + "; load it, then load this row again";
    }

    /** Rejects rows of a staging table by what remains to be checked; gives how many. */
    long check(LoadContext context, WrittenOrigins origins, StageTable stage, RejectListener rejects)
            throws SQLException {
        long count = 0;
        for (Reference reference : staged) {
            String orphan = " WHERE s." + stage.number() + " > 0 AND s." + Quoted.name(reference.column())
                    + " IS NOT NULL AND NOT EXISTS (SELECT FROM " + Quoted.name(schema, reference.table())
                    + " r WHERE r." + Quoted.name(reference.target()) + " = s." + Quoted.name(reference.column()) + ")";
            long found = 0;
            try (Statement statement = context.connection().createStatement()) {
                statement.setFetchSize(1_000);
                try (ResultSet rows = statement.executeQuery("SELECT " + stage.number() + ", "
                        + Quoted.names(stage.schema().names()) + " FROM " + stage.quoted() + " s" + orphan
                        + " ORDER BY 1")) {
                    while (rows.next()) {
                        found++;
                        Map<String, @Nullable Object> row = stage.row(rows);
                        Origin origin = origins.of(rows.getLong(1));
                        rejects.rejected(new RejectedRow(
                                origin.source(),
                                origin.position(),
                                reference.column(),
                                reason(reference, row.get(reference.column())),
                                row));
                    }
                }
            }
            if (found > 0) {
                context.update(
                        "UPDATE " + stage.quoted() + " s SET " + stage.number() + " = -" + stage.number() + orphan);
            }
            count += found;
        }
        return count;
    }
}
