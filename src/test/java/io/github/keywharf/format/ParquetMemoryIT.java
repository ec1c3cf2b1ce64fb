package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files larger than the heap pass through it, in both directions. */
@Tag("each-jdk")
class ParquetMemoryIT {

    private static final int COLUMNS = 12;

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"3000000,250000,1,96m", "3000000,3000000,1,112m", "1000000,250000,2,128m"})
    void rows_pass_through_a_small_heap(int rows, int groupRows, int writers, String heap) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + heap,
                        "-cp",
                        System.getProperty("java.class.path"),
                        ParquetMemoryIT.class.getName(),
                        directory.toString(),
                        String.valueOf(rows),
                        String.valueOf(groupRows),
                        String.valueOf(writers))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(output).contains("read " + (long) rows * writers);
    }

    /** Writes and reads; arguments are a directory, rows, rows of a row group, concurrent files. */
    public static void main(String[] arguments) {
        int rows = Integer.parseInt(arguments[1]);
        int groupRows = Integer.parseInt(arguments[2]);
        int files = Integer.parseInt(arguments[3]);
        List<Column> columns = new ArrayList<>();
        for (int c = 0; c < COLUMNS; c++) {
            columns.add(Column.nullable("c" + c, c % 4 == 3 ? ColumnType.STRING : ColumnType.INT64));
        }
        Schema schema = Schema.of(columns);
        List<BatchWriter> writers = new ArrayList<>();
        for (int f = 0; f < files; f++) {
            writers.add(Parquet.writer(Path.of(arguments[0], "file" + f))
                    .rowGroupRows(groupRows)
                    .open(schema));
        }
        List<ColumnVector.Builder> builders = ColumnBatch.builders(schema, ColumnBatch.DEFAULT_ROWS);
        java.util.Random random = new java.util.Random(1);
        for (int from = 0; from < rows; from += ColumnBatch.DEFAULT_ROWS) {
            for (int i = 0; i < ColumnBatch.DEFAULT_ROWS; i++) {
                for (int c = 0; c < COLUMNS; c++) {
                    long value = random.nextLong() >>> (4 * c);
                    builders.get(c).appendValue(c % 4 == 3 ? (Object) Long.toString(value) : (Object) value);
                }
            }
            ColumnBatch batch = ColumnBatch.build(schema, builders);
            writers.forEach(writer -> writer.write(batch));
        }
        long read = 0;
        for (int f = 0; f < files; f++) {
            writers.get(f).commit();
            writers.get(f).close();
            try (Rows all = Parquet.reader(Path.of(arguments[0], "file" + f)).rows()) {
                for (ColumnBatch batch = all.next(); batch != null; batch = all.next()) {
                    read += batch.size();
                }
            }
        }
        System.out.println("read " + read);
    }
}
