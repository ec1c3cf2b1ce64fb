package io.github.keywharf.query.duckdb;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.BatchWriter;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.sql.Identifiers;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WrittenOrigins;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;

/**
 * Rows in a temporary Parquet file. Its columns are {@code c0}, {@code c1} and so on, all nullable, so that any names and all
 * rows get into it.
 *
 * @param file where they are; whoever has these rows deletes it
 * @param schema the columns that they had
 */
record SpooledRows(Path file, Schema schema, WrittenOrigins origins, long count, long bytes) {

    /** DuckDB would otherwise take a folder such as {@code n=7} for a column, also in place of one of the file. */
    static final String PLAIN = ", hive_partitioning = false";

    /** Writes all rows and closes them. */
    static SpooledRows write(EngineFolder folder, String table, Rows source) {
        Path file = folder.newFile(".parquet");
        boolean written = false;
        try (Rows rows = source) {
            requireColumns(table, rows.schema());
            requireDistinctNames(table, rows.schema());
            Schema stored = stored(rows.schema());
            WrittenOrigins origins = new WrittenOrigins(table);
            try (BatchWriter writer =
                    Parquet.writer(file).compression(Parquet.Compression.SNAPPY).open(stored)) {
                for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                    origins.add(batch, writer.rows());
                    writer.write(ColumnBatch.of(stored, vectors(batch)));
                }
                writer.commit();
                written = true;
                return new SpooledRows(file, rows.schema(), origins, writer.rows(), writer.bytes());
            }
        } finally {
            if (!written) {
                EngineFolder.delete(List.of(file));
            }
        }
    }

    private static void requireColumns(String table, Schema schema) {
        if (schema.size() == 0) {
            throw new KeywharfException(
                    "query.no_columns",
                    table,
                    "The rows have no columns, as those of a run of AppFlow without records; give them a schema, there by"
                            + " typed(…)");
        }
    }

    private static void requireDistinctNames(String table, Schema schema) {
        Set<String> names = new HashSet<>();
        for (String name : schema.names()) {
            if (!names.add(name.toLowerCase(Locale.ROOT))) {
                throw new KeywharfException(
                        "query.duplicate_column",
                        table,
                        "Another column is called '" + name + "' but for its case, which SQL ignores; rename one");
            }
        }
    }

    private static List<ColumnVector> vectors(ColumnBatch batch) {
        List<ColumnVector> vectors = new ArrayList<>();
        for (int i = 0; i < batch.schema().size(); i++) {
            vectors.add(batch.column(i));
        }
        return vectors;
    }

    private static Schema stored(Schema schema) {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < schema.size(); i++) {
            columns.add(Column.nullable("c" + i, schema.column(i).type()));
        }
        return Schema.of(columns);
    }

    /** The columns under the names that they had, as a list of SELECT. */
    String named() {
        StringJoiner list = new StringJoiner(", ");
        for (int i = 0; i < schema.size(); i++) {
            list.add("c" + i + " AS " + Identifiers.quote(schema.column(i).name()));
        }
        return list.toString();
    }

    /** The file as it stands after FROM, with a column {@code file_row_number} that counts from 0. */
    String scan() {
        return BuiltIns.PREFIX + "read_parquet(" + text(file.toString()) + ", file_row_number = true" + PLAIN + ")";
    }

    /** A text in single quotes. */
    static String text(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
