package io.github.keywharf.format.delta;

import io.github.keywharf.table.Rows;
import io.github.keywharf.table.WriteCounts;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rows of small files into fewer ones, partition by partition. What a commit removes is checked against each
 * version that others commit first, so that no row is lost or doubled; appends do not disturb it.
 */
record DeltaCompaction(DeltaTable table, DeltaLog log, InstantSource clock, AppendFiles.Opener opener) {

    /** Smaller files are small. */
    static final long SMALL_BYTES = 16L * 1024 * 1024;

    /** The most files that one commit replaces. */
    static final int MAX_FILES = 2_000;

    /** How many files were replaced where a partition has at least so many small ones. */
    long run(int least) {
        long replaced = 0;
        for (List<DeltaFile> files : batches(table.snapshot().state(), least)) {
            replaced += replace(files);
        }
        return replaced;
    }

    private static List<List<DeltaFile>> batches(LogState state, int least) {
        Map<Map<String, @Nullable String>, List<DeltaFile>> partitions = new LinkedHashMap<>();
        for (DeltaFile file : state.files().values()) {
            if (file.size() < SMALL_BYTES) {
                partitions
                        .computeIfAbsent(file.partitionValues(), values -> new ArrayList<>())
                        .add(file);
            }
        }
        List<List<DeltaFile>> batches = new ArrayList<>();
        List<DeltaFile> batch = new ArrayList<>();
        for (List<DeltaFile> files : partitions.values()) {
            if (files.size() < least) {
                continue;
            }
            for (int from = 0; from < files.size(); from += MAX_FILES) {
                List<DeltaFile> part = files.subList(from, Math.min(from + MAX_FILES, files.size()));
                if (batch.size() + part.size() > MAX_FILES) {
                    batches.add(batch);
                    batch = new ArrayList<>();
                }
                batch.addAll(part);
            }
        }
        if (!batch.isEmpty()) {
            batches.add(batch);
        }
        return batches;
    }

    /** How many of the files were replaced: all, or none where another was faster or they would not become fewer. */
    private int replace(List<DeltaFile> files) {
        DeltaSnapshot snapshot = table.snapshot();
        LogState base = snapshot.state();
        if (!files.stream().allMatch(file -> base.files().containsKey(file.entry()))) {
            return 0;
        }
        base.protocol().checkWritable(table.name());
        base.metadata().checkWritable(table.name(), base.types());
        AppendFiles append = new AppendFiles(log, base, snapshot.schema(), clock, opener);
        DeltaCommit commit = new DeltaCommit(log, clock, Optional.empty());
        WriteCounts counts = new WriteCounts(table.name(), snapshot.rows(files), row -> {
            throw DeltaErrors.unsupported(
                    table.name(), "has a row that could not be written again: " + row.reason() + "; correct it");
        });
        try (Rows rows = counts.rows()) {
            append.write(rows, counts);
            counts.requireClosed(append.written());
            OptionalLong version = append.files().size() < files.size()
                    ? commit.replace(base, files, append.files())
                    : OptionalLong.empty();
            if (version.isEmpty()) {
                append.discard();
                return 0;
            }
            DeltaSink.checkpoint(table, log, clock, base, version.getAsLong());
            return files.size();
        } catch (RuntimeException | Error e) {
            if (!commit.mayBeThere()) {
                DeltaSink.discard(append, e);
            }
            throw e;
        }
    }
}
