package io.github.keywharf.totesys;

import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Work;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The transformation of one batch: files of the processed zone, the dead letters, and last of all the manifest.
 *
 * <p>Not thread-safe.
 */
final class Transformation implements AutoCloseable {

    private static final int READ_AHEAD = 2;

    private final PipelineConfig config;
    private final long number;
    private final Work work;
    private final long began = System.nanoTime();
    private final int attempt;
    private final java.time.LocalDateTime time;
    private final boolean first;
    private final StepRejects rejects;
    private final CalendarDays days = new CalendarDays();
    private final Map<String, BatchFile> files = new HashMap<>();
    private final List<BatchFile> deletions = new ArrayList<>();
    private final List<TableReport> reports = new ArrayList<>();

    Transformation(PipelineConfig config, long number, java.time.LocalDateTime time, boolean first) {
        this.config = config;
        this.number = number;
        this.work = config.work(number);
        this.time = time;
        this.first = first;
        this.attempt =
                config.processed(number).newest().map(ProcessedBatch::attempt).orElse(0) + 1;
        this.rejects = new StepRejects(config.processed().store(), number, "transform-" + attempt);
        if (first) {
            days.addRange(config.star().calendarStart(), config.star().calendarEnd());
        }
    }

    /** Transforms a whole batch from the ingestion zone's files. */
    static ProcessedBatch of(PipelineConfig config, Batch batch, List<TableReport> reports) {
        try (Transformation transformation =
                new Transformation(config, batch.number(), batch.position().time(), batch.number() == 1)) {
            Map<String, Table> lookups = transformation.lookups(batch);
            for (StarTable star : config.star().tables()) {
                for (BatchFile file : batch.files()) {
                    if (file.table().equals(star.driving()) && lookups.keySet().containsAll(star.lookups())) {
                        transformation.transform(star, file, batch.format(), lookups, batch.rejected());
                    } else if (file.table().equals(star.target().name())) {
                        transformation.pass(star, file, batch.format());
                    }
                }
            }
            ProcessedBatch processed = transformation.commit();
            reports.addAll(transformation.reports());
            return processed;
        }
    }

    private Map<String, Table> lookups(Batch batch) {
        Map<String, Table> lookups = new HashMap<>();
        for (BatchFile file : batch.files()) {
            if (config.star().joined().contains(file.table()) && file.complete() && !file.deletions()) {
                lookups.put(file.table(), read(file, batch.format()).toTable());
            }
        }
        return lookups;
    }

    private void transform(
            StarTable star,
            BatchFile file,
            IngestionFormat format,
            Map<String, Table> lookups,
            Map<String, BatchRejects> rejected) {
        if (file.deletions()) {
            delete(star, read(file, format));
            return;
        }
        try (Rows rows = read(file, format).readAhead(READ_AHEAD);
                StarOutput output = begin(star, lookups, rejected)) {
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                output.accept(batch);
            }
            finish(output, file.complete());
        }
    }

    private Rows read(BatchFile file, IngestionFormat format) {
        return config.ingestion().read(file, format, rejects.of(file.table()));
    }

    /**
     * Begins one star table of this batch.
     *
     * @param lookups the tables that it looks values up in
     * @param rejected rows that the extraction could not read, by source table
     */
    StarOutput begin(StarTable star, Map<String, Table> lookups, Map<String, BatchRejects> rejected) {
        Zone.ZoneFile file =
                config.processed().begin(star.target().name(), star.target().schema(), time, first);
        return new StarOutput(star, lookups, rejected, file, rejects, days);
    }

    /**
     * Ends a star table; its file is there when this returns.
     *
     * @param complete whether the output was handed all rows of its driving table
     */
    void finish(StarOutput output, boolean complete) {
        BatchFile written = output.commit(complete);
        if (written != null) {
            files.put(written.table(), written);
        } else if (complete && !first) {
            StarTable star = output.table();
            files.put(
                    star.target().name(),
                    BatchFile.noRows(star.target().name(), star.target().schema()));
        }
        reports.add(output.report(written));
    }

    /** Takes the keys of deleted rows over into the processed zone, under the names of the star table. */
    @Nullable
    BatchFile delete(StarTable star, Rows keys) {
        Schema schema = star.target().schema().select(star.target().key());
        String name = star.target().name() + "-deleted";
        try (keys;
                Zone.ZoneFile zoneFile = config.processed().begin(name, schema, time, first)) {
            for (ColumnBatch batch = keys.next(); batch != null; batch = keys.next()) {
                zoneFile.write(ColumnBatch.of(schema, List.of(batch.column(0))));
            }
            BatchFile named = zoneFile.commitDeletions(star.target().name());
            Optional.ofNullable(named).ifPresent(deletions::add);
            return named;
        }
    }

    /** Takes rows over that are of the star table already: such as were rejected by a load, and repaired. */
    private void pass(StarTable star, BatchFile file, IngestionFormat format) {
        try (Rows rows = read(file, format);
                Zone.ZoneFile zoneFile = config.processed()
                        .begin(star.target().name(), star.target().schema(), time, first)) {
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                ColumnBatch chosen = batch.select(star.target().schema().names());
                if (star.isFact()) {
                    days.addDatesOf(chosen);
                }
                zoneFile.write(chosen);
            }
            Optional.ofNullable(zoneFile.commit(false)).ifPresent(written -> files.put(written.table(), written));
        }
    }

    CalendarDays days() {
        return days;
    }

    StepRejects rejects() {
        return rejects;
    }

    List<TableReport> reports() {
        return reports;
    }

    /** Writes the calendar and the dead letters, then the manifest. */
    ProcessedBatch commit() {
        List<BatchFile> all = new ArrayList<>();
        if (!days.isEmpty()) {
            Schema schema = config.star().calendarTable().schema();
            String name = config.star().calendarTable().name();
            try (Zone.ZoneFile file = config.processed().begin(name, schema, time, first)) {
                file.write(days.batch(schema, config.star().dayNumbering()));
                Optional.ofNullable(file.commit(false)).ifPresent(all::add);
            }
        }
        for (StarTable star : config.star().tables()) {
            Optional.ofNullable(files.get(star.target().name())).ifPresent(all::add);
        }
        all.addAll(deletions);
        long rejected = rejects.count();
        String folder = rejects.commit(config.events(), work);
        ProcessedBatch processed = new ProcessedBatch(number, attempt, all, rejected, folder, rejects.fingerprints());
        config.processed(number).commit(attempt, processed);
        config.events()
                .info(
                        "totesys.transform.finished",
                        work,
                        "batch " + number,
                        String.format(Locale.ROOT, "transform finished, %,d rows", processed.rows()),
                        Fact.count("rows", processed.rows()),
                        Fact.time("took", Duration.ofNanos(System.nanoTime() - began)));
        return processed;
    }

    @Override
    public void close() {
        rejects.close();
    }
}
