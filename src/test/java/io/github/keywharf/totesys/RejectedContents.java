package io.github.keywharf.totesys;

import static java.util.stream.Collectors.toCollection;

import io.github.keywharf.format.RejectedRows;
import io.github.keywharf.store.ObjectStore;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Dead letters of a pipeline, without what may differ between two that were filled by different runs of one history. */
final class RejectedContents {

    private RejectedContents() {}

    /**
     * The rows of the files that a pipeline lists, as texts: batch, step, table, column, reason and row. Attempts are left
     * out, as a step that died and was begun again has rejected the same rows twice.
     *
     * @param processed the store of the pipeline's processed zone
     */
    static Set<String> of(TotesysPipeline pipeline, ObjectStore processed) {
        Set<String> all = new TreeSet<>();
        for (RejectedFile file : pipeline.listRejected()) {
            String place = file.batch() + " " + file.step().replaceFirst("-\\d+$", "") + " " + file.table();
            try (var rows = RejectedRows.read(processed, file.key())) {
                rows.forEach(row -> all.add(place + " " + row.column() + " " + row.reason() + " " + row.row()));
            }
        }
        return all;
    }

    /** Where the second differs from the first, a line for each row; empty where they are alike. */
    static List<String> differences(Set<String> wanted, Set<String> found) {
        return Stream.concat(
                        wanted.stream()
                                .filter(row -> !found.contains(row))
                                .map(row -> "dead letter is missing: " + row),
                        found.stream()
                                .filter(row -> !wanted.contains(row))
                                .map(row -> "dead letter is not of the source: " + row))
                .toList();
    }

    /** The same rows without the numbers of their batches: overlapping windows carry rows again, in more batches after deaths. */
    static Set<String> withoutBatches(Set<String> rows) {
        return rows.stream().map(row -> row.substring(row.indexOf(' ') + 1)).collect(toCollection(TreeSet::new));
    }
}
