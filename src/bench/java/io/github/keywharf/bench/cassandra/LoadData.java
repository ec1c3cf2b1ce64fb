package io.github.keywharf.bench.cassandra;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/**
 * Rows that the Cassandra benchmarks write: the same bytes on every machine and for every contestant, and known again when
 * they are read back. A value is a text, a number, a Boolean, a point in time, bytes, a list or a map, or null.
 */
interface LoadData {

    /** The name of the file, without the number of its rows. */
    String name();

    /** The columns and the key, as {@code CREATE TABLE} has them. */
    String columns();

    /** The user-defined types that the columns need, as {@code CREATE TYPE} has them. */
    default List<String> types() {
        return List.of();
    }

    /** The values of a row of the file, by column and in the order of the file. */
    Map<String, Object> row(int i, int rows);

    /** How many rows a table has when the file of so many was loaded. */
    default int stored(int rows) {
        return rows;
    }

    /** What a row of the table must be, by column. */
    default Map<String, Object> expected(int number, int rows) {
        return row(number, rows);
    }

    /** Which row one of the table is, by its key: from 0 to {@link #stored}. */
    int number(JsonNode row, int rows);

    /** The columns whose values are counted, and added where they are whole numbers, over the whole table. */
    List<String> totals();

    /** The file of so many rows, made at the first call. */
    default Path file(Path directory, int rows) throws IOException {
        Path file = directory.resolve(name() + "-" + rows + ".csv");
        if (!Files.exists(file)) {
            Path part = directory.resolve(file.getFileName() + ".part");
            try (BufferedWriter out = Files.newBufferedWriter(part)) {
                out.write(String.join(",", row(0, rows).keySet()) + "\n");
                for (int i = 0; i < rows; i++) {
                    out.write(LoadText.line(row(i, rows).values()));
                }
            }
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return file;
    }

    /** A number that looks like chance, the same for the same row. */
    static long mixed(long i) {
        return (i + 1) * 0x9E3779B97F4A7C15L;
    }
}
