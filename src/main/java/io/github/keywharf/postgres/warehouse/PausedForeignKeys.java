package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.postgres.internal.session.PgErrors;
import io.github.keywharf.postgres.internal.session.Quoted;
import io.github.keywharf.sql.WarehouseTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;

/**
 * Foreign keys of an empty table that are off while it is filled and are back, checked, before the load goes on. Adding
 * them to a full table is one join each, where the server otherwise looks up every row of every key by itself.
 */
final class PausedForeignKeys {

    static final PausedForeignKeys NONE = new PausedForeignKeys("", List.of());

    /** How long to wait for readers of the tables referred to; after it, the keys stay on. */
    private static final String PATIENCE = "2s";

    private final String table;
    private final List<TargetTable.ForeignKey> keys;

    private PausedForeignKeys(String table, List<TargetTable.ForeignKey> keys) {
        this.table = table;
        this.keys = keys;
    }

    /** Takes off the foreign keys of a table, where the role may put them back and nobody reads at the moment. */
    static PausedForeignKeys of(LoadContext context, WarehouseTable table, TargetTable target) throws SQLException {
        List<TargetTable.ForeignKey> keys = target.foreignKeys();
        if (keys.isEmpty()
                || !context.pauseForeignKeys()
                || !target.ours()
                || !table.isFact()
                || !keys.stream().allMatch(TargetTable.ForeignKey::restorable)) {
            return NONE;
        }
        Connection connection = context.connection();
        Savepoint savepoint = connection.setSavepoint();
        try {
            context.update("SET LOCAL lock_timeout = '" + PATIENCE + "'");
            for (TargetTable.ForeignKey key : keys) {
                context.update("ALTER TABLE " + target.quoted() + " DROP CONSTRAINT " + Quoted.name(key.name()));
            }
            context.update(context.lockTimeout());
            connection.releaseSavepoint(savepoint);
            return new PausedForeignKeys(target.quoted(), keys);
        } catch (SQLException e) {
            if (!PgErrors.state(e).equals("55P03") && !PgErrors.state(e).equals("55006")) {
                throw e;
            }
            connection.rollback(savepoint);
            return NONE;
        }
    }

    /** Puts them back; the server checks all rows. */
    void resume(LoadContext context) throws SQLException {
        for (TargetTable.ForeignKey key : keys) {
            context.update(
                    "ALTER TABLE " + table + " ADD CONSTRAINT " + Quoted.name(key.name()) + " " + key.definition());
        }
    }
}
