package io.github.keywharf.totesys;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.RejectedRows;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Table;
import java.util.Optional;
import java.util.stream.Stream;

/** The rows that a transformation rejected, read back from its dead letters. */
record ProcessedRejects(PipelineConfig config, ProcessedBatch batch) {

    /** The keys of those meant for a star table; empty when they are too many to hold. */
    Optional<Table> keys(StarTable star) {
        RejectedKeys keys = new RejectedKeys(star);
        if (!batch.rejects().isEmpty()) {
            String key = DeadLetters.key(batch.rejects(), star.target().name());
            try (Stream<RejectedRow> rows = RejectedRows.read(config.processed().store(), key)) {
                rows.forEach(keys::add);
            } catch (KeywharfException e) {
                if (!e.code().equals("store.not_found")) {
                    throw e;
                }
            }
        }
        return keys.table();
    }
}
