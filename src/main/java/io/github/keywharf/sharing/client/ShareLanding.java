package io.github.keywharf.sharing.client;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.BatchWriter;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.format.delta.DeltaMetadata;
import io.github.keywharf.internal.DirectoryLock;
import io.github.keywharf.internal.Sha256;
import io.github.keywharf.query.DatabaseWriter;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Copies the tables of a share into a database.
 *
 * <p>Files that views show are in a folder of the share, which one landing has at a time, and there in a folder for each table. A
 * landing deletes what it gave names to: whatever else lies there stays. Files that it shows, and then the lock, get its time:
 * one that is not shown any more and has at least the lock's time was shown until now.
 *
 * @param folder of the share's Parquet files that views show; empty for tables
 * @param now by which files are old
 */
record ShareLanding(Optional<Path> folder, Instant now) {

    /** How long a file that no view shows any more is kept, for who has the database before open. */
    private static final Duration KEPT = Duration.ofHours(1);

    /** The coarsest step of times in a file system. */
    private static final Duration TICK = Duration.ofSeconds(2);

    private static final Pattern PLACE = Pattern.compile(".+-[0-9a-f]{16}");
    private static final Pattern FILE = Pattern.compile("([0-9a-f]{40}|none)\\.parquet");

    /** What a landing that was killed wrote. */
    private static final Pattern PART = Pattern.compile("\\." + FILE + "-[0-9]+\\.part");

    /** Into views of files, in a folder that shares of any servers can have together. */
    static ShareLanding views(Path folder, URI endpoint, String share, Instant now) {
        return new ShareLanding(Optional.of(folder.resolve(named(share, endpoint + "\n" + share))), now);
    }

    /** A name for a folder that is another one for each identity. */
    private static String named(String text, String identity) {
        String plain = text.replaceAll("[^A-Za-z0-9_.-]", "_");
        return plain.substring(0, Math.min(plain.length(), 100)) + "-"
                + Sha256.hexOf(identity).substring(0, 16);
    }

    List<LandedTable> land(Stream<DeltaSharingTable> tables, Supplier<? extends DatabaseWriter> target) {
        if (folder.isEmpty()) {
            return landed(tables, target);
        }
        Path own = folder.get();
        DeltaSharingQuery.createDirectories(own);
        try (tables) {
            DirectoryLock lock = DirectoryLock.tryTake(own)
                    .orElseThrow(() -> KeywharfException.retryable(
                            "sharing.busy",
                            own.toString(),
                            "Another landing of the share writes to the folder; wait until it ends, or give each one its"
                                    + " own"));
            try (lock) {
                return landed(tables, target);
            }
        } catch (IOException e) {
            throw failed(own, "The folder cannot be locked", e);
        }
    }

    private List<LandedTable> landed(Stream<DeltaSharingTable> tables, Supplier<? extends DatabaseWriter> target) {
        List<LandedTable> landed = new ArrayList<>();
        Map<Path, Set<Path>> shown = new HashMap<>();
        try (tables;
                DatabaseWriter database = target.get()) {
            for (Iterator<DeltaSharingTable> all = tables.iterator(); all.hasNext(); ) {
                DeltaSharingTable table = all.next();
                DeltaSharingQuery query = table.query();
                DeltaSharingQuery.Answer answer = query.ask();
                long rows;
                if (folder.isEmpty()) {
                    rows = database.table(table.schemaName(), table.name(), query.rows(answer, answer.files()));
                } else {
                    Path place = place(table, answer);
                    List<Path> files = files(query, answer, place);
                    rows = database.view(table.schemaName(), table.name(), files);
                    shown.put(place, new HashSet<>(files));
                }
                landed.add(new LandedTable(
                        table.schemaName(), table.name(), answer.listing().version(), rows));
            }
            database.commit();
        }
        folder.ifPresent(own -> clean(own, shown));
        return List.copyOf(landed);
    }

    /** A folder for a table as long as it is the same one, with the same columns. */
    private Path place(DeltaSharingTable table, DeltaSharingQuery.Answer answer) {
        DeltaMetadata metadata = answer.listing().metadata();
        return folder.orElseThrow()
                .resolve(named(table.toString(), table + "\n" + metadata.id() + "\n" + metadata.schemaJson()));
    }

    /** A file of its own for each one of the share, with all columns and without deleted rows; those that are there are kept. */
    private List<Path> files(DeltaSharingQuery query, DeltaSharingQuery.Answer answer, Path place) {
        DeltaSharingQuery.createDirectories(place);
        Map<ClientFile, Path> missing = new HashMap<>();
        List<Path> files = new ArrayList<>();
        for (ClientFile file : answer.files()) {
            String text = file.partitionValues() + file.content();
            Path target = place.resolve(Sha256.hexOf(text).substring(0, 40) + ".parquet");
            files.add(target);
            if (!touch(target)) {
                missing.put(file, target);
            }
        }
        query.each(
                answer,
                answer.files().stream().filter(missing::containsKey).toList(),
                (file, rows) -> write(missing.getOrDefault(file, place), answer.schema(), rows));
        if (files.isEmpty()) {
            Path none = place.resolve("none.parquet");
            if (!touch(none)) {
                write(none, answer.schema(), Rows.empty(answer.schema()));
            }
            files.add(none);
        }
        return files;
    }

    /** Whether a file is there, which is then as new as if it were written now. */
    private boolean touch(Path file) {
        try {
            Files.setLastModifiedTime(file, FileTime.from(now));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void write(Path target, Schema schema, Rows source) {
        try (Rows rows = source;
                BatchWriter writer = Parquet.writer(target)
                        .compression(Parquet.Compression.ZSTD)
                        .open(schema)) {
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                writer.write(batch);
            }
            writer.commit();
        }
        touch(target);
    }

    /** Deletes what no view shows any more, after a while, and what was never finished. */
    private void clean(Path own, Map<Path, Set<Path>> shown) {
        Path lock = own.resolve(DirectoryLock.NAME);
        try (Stream<Path> places = Files.list(own)) {
            FileTime before = Files.getLastModifiedTime(lock);
            for (Path place : (Iterable<Path>) places::iterator) {
                if (PLACE.matcher(name(place)).matches() && Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
                    cleanPlace(place, shown.getOrDefault(place, Set.of()), before);
                }
            }
            Files.setLastModifiedTime(lock, FileTime.from(now));
        } catch (IOException | UncheckedIOException e) {
            throw failed(own, "Old files cannot be deleted", e);
        }
    }

    private void cleanPlace(Path place, Set<Path> shown, FileTime before) throws IOException {
        boolean empty = true;
        try (Stream<Path> files = Files.list(place)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                boolean hidden = FILE.matcher(name(file)).matches() && !shown.contains(file);
                if (PART.matcher(name(file)).matches() || (hidden && isOld(file, before))) {
                    Files.deleteIfExists(file);
                } else {
                    empty = false;
                }
            }
        }
        if (empty) {
            Files.deleteIfExists(place);
        }
    }

    private boolean isOld(Path file, FileTime before) throws IOException {
        FileTime time = Files.getLastModifiedTime(file);
        if (time.compareTo(before) >= 0) {
            // Shown until now; who has that database open reads on.
            Files.setLastModifiedTime(file, FileTime.from(now.minus(TICK)));
            return false;
        }
        return time.toInstant().isBefore(now.minus(KEPT));
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }

    private static KeywharfException failed(Path folder, String what, Exception cause) {
        return new KeywharfException(
                "format.write_failed", folder.toString(), what + ": " + cause + "; check its rights", cause);
    }
}
