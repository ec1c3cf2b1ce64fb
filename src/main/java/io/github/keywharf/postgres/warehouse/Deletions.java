package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.postgres.internal.copy.TargetColumn;
import io.github.keywharf.postgres.internal.session.Quoted;
import io.github.keywharf.sql.Coverage;
import io.github.keywharf.sql.WarehouseTable;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The control table of what was deleted in the source: a row for each key, from the load that missed it until the load that
 * found it again.
 */
final class Deletions {

    /** The control table's name. */
    static final String TABLE = "keywharf_deletion";

    private static final Set<String> ISO_ONLY_AS_JSON = Set.of("date", "time", "timestamp", "timestamptz");

    private final LoadContext context;
    private final WarehouseTable table;
    private final TargetTable target;
    private final String deletions;

    Deletions(LoadContext context, WarehouseTable table, TargetTable target) {
        this.context = context;
        this.table = table;
        this.target = target;
        this.deletions = Quoted.name(context.schema(), TABLE);
    }

    /** The text under which a key stands in the control table, whatever the session's settings are. */
    static String keyText(String alias, List<String> key, TargetTable target) {
        if (key.size() > 1) {
            return "jsonb_build_array(" + aliased(alias, key) + ")::text";
        }
        TargetColumn column = target.columns().get(key.get(0));
        String plain = alias + "." + Quoted.name(key.get(0));
        return column != null && ISO_ONLY_AS_JSON.contains(column.type())
                ? "to_jsonb(" + plain + ") #>> '{}'"
                : plain + "::text";
    }

    private static String aliased(String alias, List<String> key) {
        return key.stream().map(name -> alias + "." + Quoted.name(name)).collect(Collectors.joining(", "));
    }

    private String same(String one, String other) {
        return target.same(table.key(), one, other);
    }

    /** Whether any key of the table is deleted just now. */
    boolean any() throws SQLException {
        return context.batch().isKept()
                && context.ask("SELECT EXISTS (SELECT FROM " + deletions + " WHERE table_name = "
                        + Quoted.text(table.name()) + " AND restored_at IS NULL)");
    }

    /** A condition that is true where the key of {@code alias} is deleted just now. */
    String isDeleted(String alias) {
        return "EXISTS (SELECT FROM " + deletions + " d WHERE d.table_name = " + Quoted.text(table.name())
                + " AND d.restored_at IS NULL AND d.key_value = " + keyText(alias, table.key(), target) + ")";
    }

    /** Closes the entries of keys that are there again. */
    void restore(StageTable stage) throws SQLException {
        context.update("UPDATE " + deletions + " d SET restored_at = now() WHERE d.table_name = "
                + Quoted.text(table.name()) + " AND d.restored_at IS NULL AND d.key_value IN (SELECT "
                + keyText("s", table.key(), target) + " FROM " + stage.quoted() + " s WHERE s." + stage.number()
                + " > 0)");
    }

    /** Enters the keys of the table that are not staged, if they are not too many; gives how many entries are new. */
    long enterMissing(StageTable stage, boolean remove, Coverage.Limit limit) throws SQLException {
        return enter("NOT EXISTS (SELECT FROM " + stage.quoted() + " s WHERE " + same("s", "t") + ")", remove, limit);
    }

    /** Enters the keys of the table that are staged; gives how many entries are new. */
    long enterStaged(StageTable stage, boolean remove) throws SQLException {
        return enter(
                "EXISTS (SELECT FROM " + stage.quoted() + " s WHERE " + same("s", "t") + ")",
                remove,
                (deleted, known) -> true);
    }

    /** How many keys the table has but those that an earlier load entered. */
    private long known() throws SQLException {
        return context.count("SELECT count(*) FROM (SELECT DISTINCT " + aliased("t", table.key()) + " FROM "
                + target.quoted() + " t WHERE NOT EXISTS (SELECT FROM " + deletions + " d WHERE d.table_name = "
                + Quoted.text(table.name()) + " AND d.restored_at IS NULL AND NOT (d.flow = "
                + Quoted.text(context.batch().flow()) + " AND d.batch = "
                + context.batch().number() + ") AND d.key_value = "
                + keyText("t", table.key(), target) + ")) k");
    }

    private long enter(String which, boolean remove, Coverage.Limit limit) throws SQLException {
        String last =
                table.recordId().map(id -> "max(t." + Quoted.name(id) + ")").orElse("NULL::bigint");
        long entered = context.update(
                "INSERT INTO " + deletions + " (table_name, key_value, last_record_id, flow, batch, deleted_at) SELECT "
                        + Quoted.text(table.name()) + ", " + keyText("t", table.key(), target) + ", " + last
                        + ", ?, ?, now() FROM " + target.quoted() + " t WHERE " + which + " GROUP BY "
                        + aliased("t", table.key())
                        + " ON CONFLICT (table_name, key_value) WHERE restored_at IS NULL DO NOTHING",
                context.batch().flow(),
                context.batch().number());
        if (entered > 0 && !limit.allows(entered, known())) {
            context.update(
                    "DELETE FROM " + deletions
                            + " WHERE table_name = ? AND flow = ? AND batch = ? AND restored_at IS NULL",
                    table.name(),
                    context.batch().flow(),
                    context.batch().number());
            return 0;
        }
        if (remove && table.isFact()) {
            context.update("DELETE FROM " + target.quoted() + " t WHERE " + which);
        }
        return entered;
    }
}
