package io.github.keywharf.sharing.client;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.BatchWriter;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.format.delta.DeltaMetadata;
import io.github.keywharf.internal.Sha256;
import io.github.keywharf.query.DatabaseWriter;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.io.IOException;
import java.nio.file.Files;
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
import java.util.stream.Stream;

/**
 * Copies the tables of a share into a database.
 *
 * @param folder of the Parquet files that views show; empty for tables
 * @param now by which files are old
 */
record ShareLanding(Optional<Path> folder, Instant now) {

    /** How long a file that no view shows any more is kept, for who has the database before open. */
    private static final Duration KEPT = Duration.ofHours(1);

    List<LandedTable> land(Stream<DeltaSharingTable> tables, Supplier<? extends DatabaseWriter> target) {
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
        shown.forEach(this::clean);
        return List.copyOf(landed);
    }

    /** A folder for a table as long as it is the same one, with the same columns. */
    private Path place(DeltaSharingTable table, DeltaSharingQuery.Answer answer) {
        String plain = table.toString().replaceAll("[^A-Za-z0-9_.-]", "_");
        DeltaMetadata metadata = answer.listing().metadata();
        String columns = table + "\n" + metadata.id() + "\n" + metadata.schemaJson();
        return folder.orElseThrow()
                .resolve(plain.substring(0, Math.min(plain.length(), 100)) + "-"
                        + Sha256.hexOf(columns).substring(0, 16));
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

    private void clean(Path place, Set<Path> shown) {
        try (Stream<Path> files = Files.list(place)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (!shown.contains(file)
                        && Files.getLastModifiedTime(file).toInstant().isBefore(now.minus(KEPT))) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new KeywharfException(
                    "format.write_failed",
                    place.toString(),
                    "Old files cannot be deleted: " + e + "; check its rights",
                    e);
        }
    }
}
