package io.github.keywharf.format;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.contract.RowSinkContract;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Nested;

class FormatSinkTest {

    private static final Schema READ =
            Schema.of(Column.nullable("id", ColumnType.INT32), Column.nullable("name", ColumnType.STRING));

    private static List<Row> readBack(Supplier<Rows> rows) {
        try {
            return rows.get().stream().toList();
        } catch (KeywharfException e) {
            if (e.code().endsWith(".not_found")) {
                return List.of();
            }
            throw e;
        }
    }

    @Nested
    class CsvSink extends RowSinkContract {

        private final ObjectStore store = ObjectStore.inMemory();

        @Override
        protected RowSink sink() {
            return Csv.writer(store, "rows.csv").sink();
        }

        @Override
        protected List<Row> written() {
            return readBack(() -> Csv.reader(store, "rows.csv").schema(READ).rows());
        }
    }

    @Nested
    class JsonLinesSink extends RowSinkContract {

        private final ObjectStore store = ObjectStore.inMemory();

        @Override
        protected RowSink sink() {
            return JsonLines.writer(store, "rows.jsonl").sink();
        }

        @Override
        protected List<Row> written() {
            return readBack(
                    () -> JsonLines.reader(store, "rows.jsonl").schema(READ).rows());
        }
    }

    @Nested
    class ParquetSink extends RowSinkContract {

        private final ObjectStore store = ObjectStore.inMemory();

        @Override
        protected RowSink sink() {
            return Parquet.writer(store, "rows.parquet").sink();
        }

        @Override
        protected List<Row> written() {
            return readBack(() -> Parquet.reader(store, "rows.parquet").rows());
        }
    }
}
