package io.github.keywharf.pipeline;

import io.github.keywharf.pipeline.zone.BatchKind;
import io.github.keywharf.sql.Increment;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to extract.
 *
 * @param kind why
 * @param tables which source tables; empty for all that the pipeline is for
 * @param window the rows to read instead of what changed, for a backfill; null otherwise
 * @param mayVanish source tables of which any number of rows may be missing
 */
record ExtractRequest(BatchKind kind, List<String> tables, Increment.@Nullable Window window, Set<String> mayVanish) {

    ExtractRequest(BatchKind kind, List<String> tables, Increment.@Nullable Window window) {
        this(kind, tables, window, Set.of());
    }

    static ExtractRequest changes() {
        return new ExtractRequest(BatchKind.INCREMENT, List.of(), null);
    }

    static ExtractRequest changesOf(List<String> tables) {
        return new ExtractRequest(BatchKind.INCREMENT, tables, null);
    }

    static ExtractRequest everything() {
        return everything(Set.of());
    }

    static ExtractRequest everything(Set<String> mayVanish) {
        return new ExtractRequest(BatchKind.RECONCILIATION, List.of(), null, mayVanish);
    }
}
