package io.github.keywharf.query.duckdb;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.internal.FolderSync;
import io.github.keywharf.query.DatabaseWriter;
import io.github.keywharf.query.QueryEngine;
import io.github.keywharf.sql.Identifiers;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Rows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A DuckDB database file for others to open, such as DuckDB's shell or Superset. It needs {@code org.duckdb:duckdb_jdbc} on
 * the class path.
 *
 * <p>The file is written beside the old one and takes its place by one step: who has the old one open keeps reading it, and
 * sees the new one when it opens the file again. DuckDB from version {@value #STORAGE_VERSION} on reads it.
 */
public final class DuckDbFile implements DatabaseWriter {

    /** The format of the file: what each version of DuckDB since 1.0 reads, as the newest format is for the newest alone. */
    public static final String STORAGE_VERSION = "v1.0.0";

    private static final String DATABASE = "keywharf_written";
    private static final String SPOOLED = "keywharf_rows";

    /** When a file that was not put into place is what a crash left: nobody writes for so long. */
    private static final Duration ABANDONED = Duration.ofDays(1);

    private static final String UUID_PART = "-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.part(\\.wal)?";

    private static final Logger LOG = LoggerFactory.getLogger(DuckDbFile.class);

    private final Path file;
    private final Path written;
    private final QueryEngine engine;
    private boolean detached;
    private boolean closed;

    private DuckDbFile(Path file, Path written, QueryEngine engine) {
        this.file = file;
        this.written = written;
        this.engine = engine;
    }

    /**
     * Begins a file that takes the place of another one, or is the first. What a killed process left of such a file a day ago
     * is deleted.
     *
     * @param file whose directory must be there
     * @throws KeywharfException with code {@code query.no_driver} when DuckDB is not on the class path; {@code
     *     query.cannot_open} when the directory cannot be written to
     */
    public static DuckDbFile replace(Path file) {
        Path whole = file.toAbsolutePath();
        Path written = whole.resolveSibling("." + whole.getFileName() + "-" + UUID.randomUUID() + ".part");
        QueryEngine engine = DuckDbEngine.builder().fileAccess(true).open();
        DuckDbFile begun = new DuckDbFile(whole, written, engine);
        boolean opened = false;
        try {
            begun.run("ATTACH " + SpooledRows.text(written.toString()) + " AS " + DATABASE + " (STORAGE_VERSION '"
                    + STORAGE_VERSION + "')");
            deleteAbandoned(whole, written);
            opened = true;
            return begun;
        } catch (KeywharfException e) {
            throw new KeywharfException(
                    "query.cannot_open",
                    whole.toString(),
                    "The file cannot be written: its directory is missing or does not allow it; choose another",
                    e);
        } finally {
            if (!opened) {
                begun.close();
            }
        }
    }

    /** By the age that the file system gives to the file that was begun just now. */
    private static void deleteAbandoned(Path file, Path written) {
        Pattern name = Pattern.compile(Pattern.quote("." + file.getFileName()) + UUID_PART);
        try (Stream<Path> neighbours = Files.list(written.getParent())) {
            Instant now = Files.getLastModifiedTime(written).toInstant();
            for (Path left : (Iterable<Path>) neighbours::iterator) {
                if (name.matcher(left.getFileName().toString()).matches()
                        && Files.getLastModifiedTime(left).toInstant().isBefore(now.minus(ABANDONED))) {
                    EngineFolder.delete(List.of(left));
                }
            }
        } catch (IOException | UncheckedIOException e) {
            // Another process deletes the same, or the directory cannot be listed: the next one tries again.
            LOG.debug("What was left beside {} cannot be deleted yet", file, e);
        }
    }

    private void run(String sql) {
        engine.query(sql).update();
    }

    private String named(String schema, String name) {
        run("CREATE SCHEMA IF NOT EXISTS " + DATABASE + "." + Identifiers.quote(schema));
        return DATABASE + "." + Identifiers.quote(schema) + "." + Identifiers.quote(name);
    }

    @Override
    public long table(String schema, String name, Rows rows) {
        engine.table(SPOOLED, rows);
        try {
            String table = named(schema, name);
            run("CREATE TABLE " + table + " AS SELECT * FROM " + SPOOLED);
            return count(table);
        } finally {
            engine.drop(SPOOLED);
        }
    }

    @Override
    public long view(String schema, String name, List<Path> files) {
        if (files.isEmpty()) {
            throw new IllegalArgumentException("The view '" + name + "' needs at least one file");
        }
        StringJoiner list = new StringJoiner(", ", "[", "]");
        // A character in brackets stands for itself.
        files.forEach(
                one -> list.add(SpooledRows.text(one.toAbsolutePath().toString().replaceAll("[*?\\[]", "[$0]"))));
        // A column that some file has beside these does not show.
        String columns = Parquet.reader(files.get(0)).schema().names().stream()
                .map(Identifiers::quote)
                .collect(Collectors.joining(", "));
        String view = named(schema, name);
        run("CREATE VIEW " + view + " AS SELECT " + columns + " FROM read_parquet(" + list + SpooledRows.PLAIN + ")");
        return count(view);
    }

    private long count(String table) {
        try (Rows rows = engine.query("SELECT count(*) AS n FROM " + table).rows();
                Stream<Row> stream = rows.stream()) {
            return stream.findFirst().orElseThrow().longValue("n");
        }
    }

    @Override
    public void commit() {
        if (detached) {
            throw new IllegalStateException("The file " + file + " is committed already");
        }
        run("DETACH " + DATABASE);
        detached = true;
        Path log = file.resolveSibling(file.getFileName() + ".wal");
        if (Files.exists(log)) {
            throw new KeywharfException(
                    "query.file_in_use",
                    file.toString(),
                    "Somebody writes to the present file, as " + log.getFileName()
                            + " shows; close it there, or write tables of your own to another file");
        }
        try {
            Files.move(written, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new KeywharfException(
                    "query.cannot_open", file.toString(), "The file cannot be replaced: " + e + "; close it", e);
        }
        Path folder = file.getParent();
        if (folder != null) {
            FolderSync.TO_DISK.force(folder);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        engine.close();
        for (Path left : List.of(written, written.resolveSibling(written.getFileName() + ".wal"))) {
            EngineFolder.delete(List.of(left));
        }
    }

    @Override
    public String toString() {
        return "DuckDbFile[" + file + "]";
    }
}
