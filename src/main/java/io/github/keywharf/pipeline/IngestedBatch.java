package io.github.keywharf.pipeline;

import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.BatchFile;
import io.github.keywharf.pipeline.zone.BatchRejects;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Table;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A batch read back from the files of the ingestion zone. */
record IngestedBatch(PipelineConfig config, Batch batch) implements BatchRows {

    private static final int READ_AHEAD = 2;

    @Override
    public BatchTerms terms() {
        return BatchTerms.of(batch);
    }

    @Override
    public List<String> tables() {
        return batch.files().stream().map(BatchFile::table).distinct().toList();
    }

    @Override
    public boolean isComplete(String table) {
        return batch.files().stream()
                .anyMatch(file -> file.table().equals(table) && file.complete() && !file.deletions());
    }

    @Override
    public Map<String, Table> lookups(Function<String, RejectListener> unreadable) {
        Map<String, Table> lookups = new HashMap<>();
        for (String table : config.star().joined()) {
            Rows rows = isComplete(table) ? rows(table, unreadable.apply(table)) : null;
            if (rows != null) {
                lookups.put(table, rows.toTable());
            }
        }
        return lookups;
    }

    @Override
    public Map<String, BatchRejects> rejected() {
        return batch.rejected();
    }

    @Override
    public @Nullable Rows rows(String table, RejectListener unreadable) {
        return batch.files().stream()
                .filter(file -> file.table().equals(table) && !file.deletions())
                .findFirst()
                .map(file -> read(file, unreadable))
                .orElse(null);
    }

    @Override
    public @Nullable Rows deletions(String table, RejectListener unreadable) {
        return batch.files().stream()
                .filter(file -> file.table().equals(table) && file.deletions())
                .findFirst()
                .map(file -> read(file, unreadable))
                .orElse(null);
    }

    private Rows read(BatchFile file, RejectListener unreadable) {
        return config.ingestion().read(file, batch.format(), unreadable).readAhead(READ_AHEAD);
    }
}
