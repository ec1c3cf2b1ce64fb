package io.github.keywharf.batch;

import io.github.keywharf.Organisation;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How ingestion goes, for each tenant and for all of them, computed from the files that the ledger still knows.
 *
 * @param at when it was computed
 * @param platform all tenants together
 * @param tenants each tenant that has files, by name
 * @param failures the files that failed or were refused last, newest first, at most {@value #MAX_FAILURES}
 */
public record IngestStatistics(
        Instant at,
        IngestNumbers platform,
        SortedMap<Organisation, IngestNumbers> tenants,
        List<IngestedFile> failures) {

    /** The most failures that are listed. */
    public static final int MAX_FAILURES = 20;

    /** Copies the collections. */
    public IngestStatistics {
        tenants = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(tenants));
        failures = List.copyOf(failures);
    }

    /**
     * Computes them from all files, or from those of one tenant.
     *
     * @param now the time, from which waiting files are counted back
     */
    public static IngestStatistics of(Collection<IngestedFile> files, Instant now) {
        IngestNumbers.Sum all = new IngestNumbers.Sum();
        SortedMap<Organisation, IngestNumbers.Sum> each = new TreeMap<>();
        PriorityQueue<IngestedFile> failures = new PriorityQueue<>(Comparator.comparing(IngestStatistics::end));
        files.forEach(file -> {
            all.add(file);
            each.computeIfAbsent(file.tenant(), tenant -> new IngestNumbers.Sum())
                    .add(file);
            if (file.state() == FileState.FAILED || file.state() == FileState.REFUSED) {
                failures.add(file);
                if (failures.size() > MAX_FAILURES) {
                    failures.remove();
                }
            }
        });
        SortedMap<Organisation, IngestNumbers> tenants = new TreeMap<>();
        each.forEach((tenant, sum) -> tenants.put(tenant, sum.numbers(now)));
        return new IngestStatistics(
                now,
                all.numbers(now),
                tenants,
                failures.stream()
                        .sorted(Comparator.comparing(IngestStatistics::end).reversed())
                        .toList());
    }

    private static Instant end(IngestedFile file) {
        return file.ended().orElse(file.received());
    }

    /**
     * As JSON: {@code at}, {@code platform}, {@code tenants} by name, {@code failures}; docs/reference/ingest-statistics.md
     * lists the keys.
     */
    public String toJson() {
        return StatisticsText.json(this);
    }

    /** A table with a line for each tenant and one for all. */
    @Override
    public String toString() {
        return StatisticsText.table(this);
    }
}
