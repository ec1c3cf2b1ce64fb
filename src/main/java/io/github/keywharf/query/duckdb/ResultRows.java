package io.github.keywharf.query.duckdb;

import io.github.keywharf.format.Parquet;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** The rows of a result, from the file that DuckDB wrote them to, which is deleted when they are closed. */
final class ResultRows {

    private ResultRows() {}

    /** Opens the file, and owns it from now on, even when it cannot be opened. */
    static Rows open(Sessions sessions, Path file, List<String> names) {
        boolean opened = false;
        try {
            Rows rows = Parquet.reader(file, DuckDbQuery.SUBJECT).rows();
            Schema schema = Schema.of(IntStream.range(0, names.size())
                    .mapToObj(i -> Column.nullable(
                            names.get(i), rows.schema().column(i).type()))
                    .toList());
            opened = true;
            return Rows.generate(schema, () -> {
                        if (sessions.isClosed()) {
                            throw sessions.closedWith(null);
                        }
                        ColumnBatch batch = rows.next();
                        return batch == null ? null : batch.withColumns(schema, columns(batch, schema.size()));
                    })
                    .onClose(() -> {
                        rows.close();
                        EngineFolder.delete(List.of(file));
                    });
        } finally {
            if (!opened) {
                EngineFolder.delete(List.of(file));
            }
        }
    }

    private static List<ColumnVector> columns(ColumnBatch batch, int count) {
        return IntStream.range(0, count).mapToObj(batch::column).toList();
    }
}
