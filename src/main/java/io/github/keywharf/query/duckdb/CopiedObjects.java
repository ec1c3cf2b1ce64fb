package io.github.keywharf.query.duckdb;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Objects of a store, copied into files that DuckDB reads.
 *
 * @param files where they are; whoever has these deletes them
 * @param keys the objects
 */
record CopiedObjects(List<Path> files, List<String> keys, Format format) {

    /** Formats that DuckDB reads here. */
    enum Format {
        PARQUET,
        CSV
    }

    /**
     * CSV as {@link io.github.keywharf.format.Csv} has it. DuckDB would otherwise guess whether lines before the names or with a
     * number sign are none of the rows, and which day {@code 01/02/2024} is.
     */
    private static final String CSV_OPTIONS =
            ", header = true, delim = ',', quote = '\"', escape = '\"', skip = 0, comment = '',"
                    + " allow_quoted_nulls = false, dateformat = '%Y-%m-%d', auto_type_candidates = ['NULL', 'BOOLEAN', 'BIGINT',"
                    + " 'HUGEINT', 'DOUBLE', 'TIME', 'DATE', 'TIMESTAMP', 'TIMESTAMPTZ', 'VARCHAR']";

    static CopiedObjects open(
            EngineFolder folder,
            String table,
            ObjectStore store,
            List<String> keys,
            BooleanSupplier stopped,
            EventListener events) {
        List<Path> files = new ArrayList<>();
        boolean complete = false;
        try {
            Format format = format(end(keys.get(0)));
            for (String key : keys) {
                String end = end(key);
                if (format(end) != format) {
                    throw new KeywharfException(
                            "query.mixed_formats",
                            table,
                            "Some objects are CSV and others Parquet; register each kind");
                }
                Path file = folder.newFile(end);
                files.add(file);
                new ObjectCopy(key, file, format, stopped, events).from(store);
            }
            complete = true;
            return new CopiedObjects(List.copyOf(files), keys, format);
        } finally {
            if (!complete) {
                EngineFolder.delete(files);
            }
        }
    }

    private static String end(String key) {
        String name = key.toLowerCase(Locale.ROOT);
        if (name.endsWith(".csv") || name.endsWith(".csv.gz")) {
            return name.endsWith(".gz") ? ".csv.gz" : ".csv";
        }
        return ".parquet";
    }

    private static Format format(String end) {
        return end.equals(".parquet") ? Format.PARQUET : Format.CSV;
    }

    /**
     * Requires that all objects have the columns of the first one, to which DuckDB would cast those of the others; it would
     * leave out what the first one does not have.
     */
    void requireSameColumns(Session session, String table) throws SQLException {
        @Nullable Map<String, String> first = null;
        String firstKey = "";
        for (int i = 0; files.size() > 1 && i < files.size(); i++) {
            if (format == Format.CSV && isEmpty(files.get(i))) {
                continue;
            }
            Map<String, String> columns = new TreeMap<>();
            for (List<@Nullable String> column :
                    session.texts("DESCRIBE SELECT * FROM " + scan(files.subList(i, i + 1)), List.of())) {
                // The types of CSV are guessed for all objects together.
                columns.put(
                        Objects.requireNonNull(column.get(0)),
                        format == Format.CSV ? "" : Objects.requireNonNull(column.get(1)));
            }
            if (first == null) {
                first = columns;
                firstKey = keys.get(i);
            } else if (!columns.equals(first)) {
                throw new KeywharfException(
                        "query.mixed_columns",
                        table,
                        "The columns of '" + keys.get(i) + "' are " + text(columns) + ", but those of '" + firstKey
                                + "' are " + text(first) + "; register them apart, and unite them in a query");
            }
        }
    }

    private static boolean isEmpty(Path file) {
        try {
            return Files.size(file) == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static String text(Map<String, String> columns) {
        StringJoiner text = new StringJoiner(", ");
        columns.forEach((name, type) -> text.add((name + " " + type).strip()));
        return Cut.printable(text.toString(), 300);
    }

    /** The objects as they stand after FROM. */
    String scan() {
        return scan(files);
    }

    private String scan(List<Path> some) {
        StringJoiner list = new StringJoiner(", ", "[", "]");
        some.forEach(file -> list.add(SpooledRows.text(file.toString())));
        return BuiltIns.PREFIX + (format == Format.CSV ? "read_csv(" + list + CSV_OPTIONS : "read_parquet(" + list)
                + SpooledRows.PLAIN + ")";
    }
}
