package io.github.keywharf.postgres.source;

import io.github.keywharf.postgres.internal.copy.PgColumn;
import io.github.keywharf.postgres.internal.session.Quoted;
import io.github.keywharf.sql.Identifiers;
import io.github.keywharf.sql.SourceTable;
import java.util.List;

/**
 * A table as the catalog describes it.
 *
 * @param schemaName the namespace it is in
 * @param oid what the server knows it by, whatever its name
 * @param table what the reader sees
 * @param columns how each column is read, in the same order
 * @param ordinary whether its rows show which transaction wrote them: neither partitioned, nor foreign, nor a view
 * @param replicable whether the server knows which row was changed, so that changes may be published
 * @param identity identity of the table, which changes with its columns and partitions
 */
record PgTable(
        String schemaName,
        long oid,
        SourceTable table,
        List<PgColumn> columns,
        boolean ordinary,
        boolean replicable,
        Identity identity) {

    /**
     * Identity of a table.
     *
     * @param columns object id of the table, and digest of its columns with the values that older rows have of added ones,
     *     and the labels of enums
     * @param storage object id of the primary key's index, digest of the partitions and their files, and of the transactions
     *     that defined the columns: ATTACH, DETACH and TRUNCATE of a partition and what ALTER COLUMN TYPE writes are in no
     *     stream of changes
     */
    record Identity(String columns, String storage) {}

    PgTable {
        columns = List.copyOf(columns);
    }

    String quotedName() {
        return Identifiers.quote(schemaName) + "." + Identifiers.quote(table.name());
    }

    /**
     * A query that is true unless another table has taken the name since the snapshot, or this one was emptied or
     * rewritten: the catalog's row is as the snapshot sees it, the functions look at what is so now. A materialized view
     * may be: each snapshot sees the rows of its last REFRESH.
     */
    String isAsSeen() {
        return "SELECT to_regclass(" + Quoted.text(quotedName()) + ")::oid = c.oid"
                + " AND (c.relkind = 'm' OR pg_relation_filenode(c.oid) IS NOT DISTINCT FROM NULLIF(c.relfilenode, 0))"
                + " FROM pg_class c WHERE c.oid = " + oid;
    }

    /** What distinguishes the files of the partitions and children from those of another moment. */
    String files() {
        return oid + identity.storage().substring(identity.storage().indexOf('/'));
    }

    /** How the column of that name is read. */
    PgColumn column(String name) {
        return columns.get(table.schema().position(name));
    }
}
