package io.github.keywharf.query.duckdb;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Progress;
import io.github.keywharf.event.Work;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Objects of a store as files that DuckDB reads: a file of a directory store gets a second name in the engine's directory, by
 * which its content stays when the object is replaced; anything else is copied.
 *
 * @param files where they are; whoever has these deletes them
 * @param keys the objects
 */
record LinkedObjects(List<Path> files, List<String> keys, boolean csv) {

    private static final byte[] PARQUET = "PAR1".getBytes(StandardCharsets.US_ASCII);

    private static final String PARQUET_END = ".parquet";

    /**
     * CSV as {@link io.github.keywharf.format.Csv} has it. DuckDB would otherwise guess whether lines before the names or with a
     * number sign are none of the rows, and which day {@code 01/02/2024} is.
     */
    private static final String CSV =
            ", header = true, delim = ',', quote = '\"', escape = '\"', skip = 0, comment = '',"
                    + " allow_quoted_nulls = false, dateformat = '%Y-%m-%d', auto_type_candidates = ['NULL', 'BOOLEAN', 'BIGINT',"
                    + " 'HUGEINT', 'DOUBLE', 'TIME', 'DATE', 'TIMESTAMP', 'TIMESTAMPTZ', 'VARCHAR']";

    static LinkedObjects open(
            EngineFolder folder,
            String table,
            ObjectStore store,
            List<String> keys,
            BooleanSupplier stopped,
            EventListener events) {
        List<Path> files = new ArrayList<>();
        boolean complete = false;
        try {
            boolean csv = false;
            for (String key : keys) {
                String end = end(key);
                boolean isCsv = !end.equals(PARQUET_END);
                if (!files.isEmpty() && isCsv != csv) {
                    throw new KeywharfException(
                            "query.mixed_formats",
                            table,
                            "Some objects are CSV and others Parquet; register each kind");
                }
                csv = isCsv;
                Path file = folder.newFile(end);
                files.add(file);
                if (!linked(store, key, file)) {
                    copy(store, key, file, csv, stopped, events);
                } else if (!csv) {
                    requireParquet(key, file);
                }
            }
            complete = true;
            return new LinkedObjects(List.copyOf(files), keys, csv);
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
        return PARQUET_END;
    }

    private static void requireParquet(String key, Path file) {
        try (InputStream content = Files.newInputStream(file)) {
            requireParquet(key, content.readNBytes(PARQUET.length));
        } catch (IOException e) {
            throw new KeywharfException("query.failed", key, "The object cannot be read: " + e + "; see the cause", e);
        }
    }

    private static void requireParquet(String key, byte[] start) {
        if (!Arrays.equals(start, PARQUET)) {
            throw new KeywharfException(
                    "query.unknown_format",
                    key,
                    "The object is not Parquet, and its key does not end in .csv or .csv.gz; register its rows"
                            + " instead, as a reader of its format gives them");
        }
    }

    private static boolean linked(ObjectStore store, String key, Path file) {
        Optional<Path> found = store.findFile(key);
        if (found.isEmpty()) {
            return false;
        }
        try {
            Files.createLink(file, found.get());
            // A link that somebody has put into the object's place meanwhile could lead anywhere.
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                return true;
            }
            Files.delete(file);
            return false;
        } catch (IOException | UnsupportedOperationException e) {
            // Another file system, or one without links: copied then.
            return false;
        }
    }

    private static void copy(
            ObjectStore store, String key, Path file, boolean csv, BooleanSupplier stopped, EventListener events) {
        try (ObjectReader object = store.open(key);
                InputStream content = object.stream();
                var target = Files.newOutputStream(file)) {
            long copied = 0;
            if (!csv) {
                byte[] start = content.readNBytes(PARQUET.length);
                requireParquet(key, start);
                target.write(start);
                copied = start.length;
            }
            byte[] block = new byte[1 << 20];
            for (int count = content.read(block); count >= 0; count = content.read(block)) {
                if (stopped.getAsBoolean()) {
                    return;
                }
                if (Thread.currentThread().isInterrupted()) {
                    throw KeywharfException.interrupted(key, null);
                }
                target.write(block, 0, count);
                copied += count;
                events.onEvent(new Progress(
                        Work.NONE, "copy " + key, copied, object.object().size(), "bytes", false));
            }
            events.onEvent(new Progress(Work.NONE, "copy " + key, copied, copied, "bytes", true));
        } catch (IOException e) {
            throw new KeywharfException(
                    "query.failed", key, "The object cannot be copied to " + file + ": " + e + "; make room there", e);
        }
    }

    /**
     * Requires that all objects have the columns of the first one, to which DuckDB would cast those of the others; it would
     * leave out what the first one does not have.
     */
    void requireSameColumns(Session session, String table) throws SQLException {
        @Nullable Map<String, String> first = null;
        String firstKey = "";
        for (int i = 0; files.size() > 1 && i < files.size(); i++) {
            if (csv && isEmpty(files.get(i))) {
                continue;
            }
            Map<String, String> columns = new TreeMap<>();
            for (List<@Nullable String> column :
                    session.texts("DESCRIBE SELECT * FROM " + scan(files.subList(i, i + 1)), List.of())) {
                // The types of CSV are guessed for all objects together.
                columns.put(Objects.requireNonNull(column.get(0)), csv ? "" : Objects.requireNonNull(column.get(1)));
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
        return (csv ? "read_csv(" + list + CSV : "read_parquet(" + list) + SpooledRows.PLAIN + ")";
    }
}
