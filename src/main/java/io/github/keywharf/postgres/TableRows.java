package io.github.keywharf.postgres;

import io.github.keywharf.sql.ReadRequest;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.sql.SqlSource;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import org.jspecify.annotations.Nullable;

/** The rows of one table, and the snapshot that they are read under. */
record TableRows(Rows rows, SourceSnapshot snapshot) implements Rows {

    static TableRows open(SqlSource source, String table) {
        SourceSnapshot snapshot = source.snapshot();
        try {
            return new TableRows(snapshot.read(ReadRequest.all(table)), snapshot);
        } catch (RuntimeException | Error e) {
            snapshot.close();
            throw e;
        }
    }

    @Override
    public Schema schema() {
        return rows.schema();
    }

    @Override
    public @Nullable ColumnBatch next() {
        return rows.next();
    }

    @Override
    public void close() {
        try (snapshot) {
            rows.close();
        }
    }

    @Override
    public String toString() {
        return rows.toString();
    }
}
