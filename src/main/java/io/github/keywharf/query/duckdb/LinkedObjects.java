package io.github.keywharf.query.duckdb;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.BooleanSupplier;

/**
 * Objects of a store as files that DuckDB reads: a file of a directory store gets a second name in the engine's directory, by
 * which its content stays when the object is replaced; anything else is copied.
 *
 * @param files where they are; whoever has these deletes them
 */
record LinkedObjects(List<Path> files, boolean csv) {

    private static final byte[] PARQUET = "PAR1".getBytes(StandardCharsets.US_ASCII);

    static LinkedObjects open(
            EngineFolder folder, String table, ObjectStore store, List<String> keys, BooleanSupplier stopped) {
        List<Path> files = new ArrayList<>();
        boolean complete = false;
        try {
            boolean csv = false;
            for (String key : keys) {
                String end = end(store, key);
                boolean isCsv = !end.equals(".parquet");
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
                    copy(store, key, file, stopped);
                }
            }
            complete = true;
            return new LinkedObjects(List.copyOf(files), csv);
        } finally {
            if (!complete) {
                EngineFolder.delete(files);
            }
        }
    }

    private static String end(ObjectStore store, String key) {
        String name = key.toLowerCase(Locale.ROOT);
        if (name.endsWith(".csv") || name.endsWith(".csv.gz")) {
            return name.endsWith(".gz") ? ".csv.gz" : ".csv";
        }
        try (ObjectReader object = store.open(key)) {
            byte[] start = new byte[PARQUET.length];
            if (object.object().size() >= start.length) {
                object.readFully(0, start, 0, start.length);
            }
            if (!java.util.Arrays.equals(start, PARQUET)) {
                throw new KeywharfException(
                        "query.unknown_format",
                        key,
                        "The object is not Parquet, and its key does not end in .csv or .csv.gz; register its rows"
                                + " instead, as a reader of its format gives them");
            }
            return ".parquet";
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

    private static void copy(ObjectStore store, String key, Path file, BooleanSupplier stopped) {
        try (ObjectReader object = store.open(key);
                InputStream content = object.stream();
                var target = Files.newOutputStream(file)) {
            byte[] block = new byte[1 << 20];
            for (int count = content.read(block); count >= 0; count = content.read(block)) {
                if (stopped.getAsBoolean()) {
                    return;
                }
                if (Thread.currentThread().isInterrupted()) {
                    throw KeywharfException.interrupted(key, null);
                }
                target.write(block, 0, count);
            }
        } catch (IOException e) {
            throw new KeywharfException(
                    "query.failed", key, "The object cannot be copied to " + file + ": " + e + "; make room there", e);
        }
    }

    /** The objects as they stand after FROM. */
    String scan() {
        StringJoiner list = new StringJoiner(", ", "[", "]");
        files.forEach(file -> list.add(SpooledRows.text(file.toString())));
        return csv ? "read_csv(" + list + ", header = true)" : "read_parquet(" + list + ")";
    }
}
