package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.postgres.internal.session.Jdbc;
import io.github.keywharf.postgres.internal.session.Quoted;
import io.github.keywharf.sql.WarehouseTable;
import java.sql.SQLException;
import java.util.stream.Collectors;

/**
 * The control table of versions that were stored later than their batch was loaded, by a replay: each has a place in the
 * order of the versions of its key that its record id does not show.
 *
 * <p>The order of versions is that of their batches. A version that is not in the control table stands at its record id;
 * one that is stands right after the record id that the table ended with when its batch was loaded, which the entry of
 * the batch in {@value WarehouseDdl#BATCHES} notes.
 */
final class LateVersions {

    /** The control table's name. */
    static final String TABLE = "keywharf_late_version";

    /** In the note of a batch, by table, the highest record id once the batch was loaded. */
    static final String ENDS = "last_record_id";

    /** No origin. */
    static final Origin NONE = new Origin(0, 0, 0);

    private LateVersions() {}

    /**
     * The stretch of record ids that the first load of a batch wrote to a table.
     *
     * @param batch its number
     * @param before the highest record id before that load
     * @param end the highest record id after it; zero when it is not known
     */
    record Origin(long batch, long before, long end) {

        /** Whether it is known where the versions of the batch stand. */
        boolean isKnown() {
            return end > 0;
        }
    }

    /** Whether any version of a table was stored late; false where the control table is missing. */
    static boolean any(LoadContext context, WarehouseTable table) throws SQLException {
        return context.batch().isKept()
                && isThere(context)
                && context.ask("SELECT EXISTS (SELECT FROM " + quoted(context.schema()) + " WHERE table_name = "
                        + Quoted.text(table.name()) + ")");
    }

    private static boolean isThere(LoadContext context) throws SQLException {
        return context.ask("SELECT to_regclass(" + Quoted.text(quoted(context.schema())) + ") IS NOT NULL");
    }

    /**
     * Where the versions of the batch that is loaded again stand.
     *
     * @throws KeywharfException with code {@code postgres.no_control_tables} when the control table is missing
     */
    static Origin origin(LoadContext context, WarehouseTable table) throws SQLException {
        if (!isThere(context)) {
            throw new KeywharfException(
                    "postgres.no_control_tables",
                    table.name(),
                    "The warehouse has no table '" + TABLE + "' in schema '" + context.schema()
                            + "', which loading a batch again needs; create the warehouse again, which adds what is"
                            + " missing and leaves the rest alone");
        }
        long batch = context.batch().number();
        long end = end(context, batch, table);
        return new Origin(batch, end == 0 ? 0 : end(context, -batch, table), end);
    }

    /** The record id that a table ended with after a batch or, for a negative number, before it; 0 if unknown. */
    private static long end(LoadContext context, long batch, WarehouseTable table) throws SQLException {
        String which = batch < 0 ? "batch < ?" : "batch = ?";
        return Jdbc.first(
                        context.connection(),
                        "SELECT (note -> '" + ENDS + "' ->> ?)::bigint FROM "
                                + Quoted.name(context.schema(), WarehouseDdl.BATCHES) + " WHERE flow = ? AND " + which
                                + " AND note -> '" + ENDS + "' ->> ? IS NOT NULL ORDER BY batch DESC LIMIT 1",
                        row -> row.getLong(1),
                        table.name(),
                        context.batch().origin(),
                        Math.abs(batch),
                        table.name())
                .orElse(0L);
    }

    static String quoted(String schema) {
        return Quoted.name(schema, TABLE);
    }

    /** A join of the entry, as {@code entry}, of a version {@code alias}, if it has one. */
    static String join(String schema, WarehouseTable table, String alias, String entry) {
        return " LEFT JOIN " + quoted(schema) + " " + entry + " ON " + entry + ".table_name = "
                + Quoted.text(table.name()) + " AND " + entry + ".record_id = " + alias + "."
                + Quoted.name(table.recordId().orElseThrow());
    }

    /** A condition that is true of a late version {@code alias} which another version of its key is newer than. */
    static String isSuperseded(String schema, WarehouseTable table, TargetTable target, String alias) {
        String id = Quoted.name(table.recordId().orElseThrow());
        String same = table.key().stream()
                .map(name -> "n." + Quoted.name(name) + " = x." + Quoted.name(name))
                .collect(Collectors.joining(" AND "));
        return "EXISTS (SELECT FROM " + quoted(schema) + " l JOIN " + target.quoted() + " x ON x." + id
                + " = l.record_id JOIN " + target.quoted() + " n ON " + same + join(schema, table, "n", "m")
                + " WHERE l.table_name = " + Quoted.text(table.name()) + " AND l.record_id = " + alias + "." + id
                + " AND (coalesce(m.after_record_id, n." + id + "), coalesce(m.batch, 0), n." + id
                + ") > (l.after_record_id, l.batch, l.record_id))";
    }
}
