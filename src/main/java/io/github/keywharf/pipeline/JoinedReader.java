package io.github.keywharf.pipeline;

import io.github.keywharf.pipeline.star.StarTable;
import io.github.keywharf.sql.ReadRequest;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Table;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * Reads the tables that are joined to others into memory: first what changed, then, where any of a group changed, the group
 * whole, so that every row that a change elsewhere touches is made again.
 */
final class JoinedReader {

    private final PipelineConfig config;
    private final ExtractionPlan plan;
    private final SourceSnapshot snapshot;
    private final ExtractionRejects rejects;

    JoinedReader(PipelineConfig config, ExtractionPlan plan, SourceSnapshot snapshot, ExtractionRejects rejects) {
        this.config = config;
        this.plan = plan;
        this.snapshot = snapshot;
        this.rejects = rejects;
    }

    /**
     * Reads each table.
     *
     * @param changes opens the rows of a table as planned
     */
    Map<String, TableReading> read(BiFunction<String, RejectListener, Rows> changes) {
        Map<String, Table> planned = new LinkedHashMap<>();
        for (String table : plan.joined()) {
            planned.put(table, changes.apply(table, hold(table)).toTable());
        }
        List<StarTable> touched = config.star().tables().stream()
                .filter(star -> isTouched(star, planned))
                .toList();
        Map<String, TableReading> whole = new LinkedHashMap<>();
        Set<String> group = groups(touched, Map.of());
        for (String table : plan.joined()) {
            if (plan.isComplete(table)) {
                whole.put(table, checked(table, planned.getOrDefault(table, none(table))));
            } else if (group.contains(table)) {
                whole.put(table, checked(table, readWhole(table)));
            }
        }
        Set<String> made = groups(touched, whole);
        Map<String, TableReading> readings = new LinkedHashMap<>();
        planned.forEach((table, rows) -> {
            TableReading all = whole.get(table);
            boolean unused = all instanceof TableReading.Whole && !plan.isComplete(table) && !made.contains(table);
            if (unused) {
                // Nothing is made of its other rows after all.
                rejects.forgetSecond(plan.table(table));
            }
            readings.put(table, all == null || unused ? new TableReading.Changes(rows) : all);
        });
        return readings;
    }

    private RejectListener hold(String table) {
        return rejects.holding(plan.table(table));
    }

    private Table none(String table) {
        return Rows.empty(plan.table(table).schema()).toTable();
    }

    private Table readWhole(String table) {
        return snapshot.read(ReadRequest.all(table), hold(table)).toTable();
    }

    /** A table that lost most of its rows is left out: what is joined to it would lose the values that it gave. */
    private TableReading checked(String table, Table rows) {
        long now = rows.size() + rejects.count(table);
        long before = plan.countWithoutDeleted(table).orElse(0L);
        if (plan.mayVanish().contains(table) || config.limits().deletionLimit().allows(before - now, before)) {
            return new TableReading.Whole(rows, now);
        }
        String reason = config.limits().deletionLimit().reason(table, table, before - now, before);
        rejects.forget(table);
        config.events().error(Extractions.TABLE_STOPPED, config.work(plan.number()), table, reason);
        return new TableReading.Stopped(reason);
    }

    /** The tables of the groups of these star tables, of those that can be made. */
    private Set<String> groups(List<StarTable> stars, Map<String, TableReading> read) {
        Set<String> tables = new LinkedHashSet<>();
        for (StarTable star : stars) {
            List<String> group = group(star).toList();
            if (group.stream().noneMatch(table -> read.get(table) instanceof TableReading.Stopped)) {
                tables.addAll(group);
            }
        }
        return tables;
    }

    private static Stream<String> group(StarTable star) {
        return Stream.concat(star.lookups().stream(), Stream.of(star.driving()));
    }

    /** Whether a joined star table has to be made again, as far as it can be made. */
    private boolean isTouched(StarTable star, Map<String, Table> changed) {
        return !star.lookups().isEmpty()
                && plan.canMake(star)
                && group(star).anyMatch(table -> isTouched(table, changed.getOrDefault(table, none(table))));
    }

    private boolean isTouched(String table, Table changed) {
        return changed.size() > 0
                || plan.deleted(table).isPresent()
                || plan.wasStopped(table)
                || (plan.isComplete(table) && !plan.isFirst());
    }
}
