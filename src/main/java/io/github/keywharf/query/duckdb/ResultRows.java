package io.github.keywharf.query.duckdb;

import io.github.keywharf.format.Parquet;
import io.github.keywharf.internal.OnePass;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of a result, from the file that DuckDB wrote them to, which goes when they are closed. */
final class ResultRows implements Rows {

    private final Sessions sessions;
    private final Path file;
    private final Rows rows;
    private final Schema schema;
    private boolean closed;

    private ResultRows(Sessions sessions, Path file, List<String> names, Rows rows) {
        this.sessions = sessions;
        this.file = file;
        this.rows = rows;
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            columns.add(Column.nullable(names.get(i), rows.schema().column(i).type()));
        }
        this.schema = Schema.of(columns);
    }

    /** Opens the file, and owns it from now on, even when it cannot be opened. */
    static ResultRows open(Sessions sessions, Path file, List<String> names) {
        boolean opened = false;
        try {
            ResultRows rows = new ResultRows(
                    sessions,
                    file,
                    names,
                    Parquet.reader(file, DuckDbQuery.SUBJECT).rows());
            opened = true;
            return rows;
        } finally {
            if (!opened) {
                EngineFolder.delete(List.of(file));
            }
        }
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public @Nullable ColumnBatch next() {
        OnePass.requireOpen(closed);
        if (sessions.isClosed()) {
            close();
            throw sessions.closedWith(null);
        }
        ColumnBatch batch = rows.next();
        if (batch == null) {
            return null;
        }
        List<ColumnVector> vectors = new ArrayList<>();
        for (int i = 0; i < schema.size(); i++) {
            vectors.add(batch.column(i));
        }
        return batch.withColumns(schema, vectors);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            rows.close();
            EngineFolder.delete(List.of(file));
        }
    }

    @Override
    public String toString() {
        return "Rows[" + schema() + "]";
    }
}
