package io.github.keywharf.pipeline;

import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Work;
import io.github.keywharf.pipeline.star.CalendarDays;
import io.github.keywharf.pipeline.star.StarTable;
import io.github.keywharf.pipeline.star.StarTransform;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.BatchFile;
import io.github.keywharf.pipeline.zone.ProcessedBatch;
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

/**
 * The transformation of one batch: files of the processed zone, the dead letters, and last of all the manifest.
 *
 * <p>Not thread-safe.
 */
final class Transformation implements AutoCloseable {

    private final PipelineConfig config;
    private final BatchRows source;
    private final BatchTerms batch;
    private final Work work;
    private final long began = System.nanoTime();
    private final int attempt;
    private final StepRejects rejects;
    private final CalendarDays days = new CalendarDays();
    private final Map<String, BatchFile> files = new HashMap<>();
    private final List<BatchFile> deletions = new ArrayList<>();
    private final List<TableReport> reports = new ArrayList<>();

    /**
     * @param config of the pipeline
     * @param source rows of the batch
     */
    Transformation(PipelineConfig config, BatchRows source) {
        this.config = config;
        this.source = source;
        this.batch = source.terms();
        this.work = config.work(batch.number());
        this.attempt = config.processed(batch.number())
                        .newest()
                        .map(ProcessedBatch::attempt)
                        .orElse(0)
                + 1;
        this.rejects = new StepRejects(config.processed().store(), batch.number(), "transform-" + attempt);
        if (batch.isFirst()) {
            days.addRange(
                    config.star().calendar().first(), config.star().calendar().last());
        }
    }

    /** Transforms a whole batch from the ingestion zone's files. */
    static ProcessedBatch of(PipelineConfig config, Batch batch, List<TableReport> reports) {
        try (Transformation transformation = new Transformation(config, new IngestedBatch(config, batch))) {
            transformation.run(StarSink.NONE);
            ProcessedBatch processed = transformation.commit();
            reports.addAll(transformation.reports());
            return processed;
        }
    }

    /** Makes every star table of the batch; its rows are handed on once they are written. */
    void run(StarSink next) {
        Map<String, Table> lookups = source.lookups(rejects::of);
        for (String table : source.tables()) {
            List<StarTable> driven = config.star().drivenBy(table).stream()
                    .filter(star -> canMake(star, lookups))
                    .toList();
            for (StarTable star : driven) {
                make(star, lookups, next);
            }
            for (StarTable star : driven) {
                delete(star, next);
            }
            if (config.star().drivenBy(table).isEmpty()) {
                config.star().byTargetName(table).ifPresent(this::pass);
            }
        }
    }

    /** A joined star table is made only of a batch that has its whole group. */
    private boolean canMake(StarTable star, Map<String, Table> lookups) {
        return star.lookups().isEmpty()
                || (lookups.keySet().containsAll(star.lookups()) && source.isComplete(star.driving()));
    }

    private void make(StarTable star, Map<String, Table> lookups, StarSink next) {
        Rows read = source.rows(star.driving(), rejects.of(star.driving()));
        if (read == null) {
            return;
        }
        StarTransform transform = new StarTransform(star, star.driving(), lookups, source.rejected(), rejects.of(star));
        try (FiledRows rows = new FiledRows(
                read,
                config.processed().begin(star.target().name(), star.target().schema(), batch),
                in -> remembered(star, transform.apply(in)),
                done -> finish(star, done))) {
            next.load(star, rows);
            rows.drain();
        }
    }

    private ColumnBatch remembered(StarTable star, ColumnBatch made) {
        if (star.isFact()) {
            days.addDatesOf(made);
        }
        return made;
    }

    private void finish(StarTable star, FiledRows rows) {
        String name = star.target().name();
        boolean complete = source.isComplete(star.driving());
        BatchFile written =
                complete ? rows.file().commitComplete() : rows.file().commit();
        if (written != null) {
            files.put(name, written);
        } else if (complete && !batch.isFirst()) {
            files.put(name, BatchFile.noRows(name, star.target().schema()));
        }
        reports.add(new TableReport(
                name,
                PipelineStep.TRANSFORM,
                rows.read(),
                written == null ? 0 : written.rows(),
                0,
                rejects.count(name),
                written == null ? 0 : written.bytes(),
                Duration.ofNanos(rows.nanos())));
    }

    /** Takes the keys of deleted rows over into the processed zone, under the names of the star table. */
    private void delete(StarTable star, StarSink next) {
        Rows keys = source.deletions(star.driving(), rejects.of(star.driving()));
        if (keys == null) {
            return;
        }
        Schema schema = star.target().schema().select(star.target().key());
        try (FiledRows rows = new FiledRows(
                keys,
                config.processed().begin(star.target().name() + "-deleted", schema, batch),
                in -> ColumnBatch.of(schema, List.of(in.column(0))),
                done -> Optional.ofNullable(
                                done.file().commitDeletions(star.target().name()))
                        .ifPresent(deletions::add))) {
            rows.drain();
        }
        deletions.stream()
                .filter(file -> file.table().equals(star.target().name()))
                .forEach(file -> next.delete(star, file));
    }

    /** Takes rows over that are of the star table already: such as were rejected by a load, and repaired. */
    private void pass(StarTable star) {
        String name = star.target().name();
        Rows repaired = source.rows(name, rejects.of(name));
        if (repaired == null) {
            return;
        }
        try (FiledRows rows = new FiledRows(
                repaired,
                config.processed().begin(name, star.target().schema(), batch),
                in -> remembered(star, in.select(star.target().schema().names())),
                done -> Optional.ofNullable(done.file().commit()).ifPresent(file -> files.put(name, file)))) {
            rows.drain();
        }
    }

    CalendarDays days() {
        return days;
    }

    /** Keys of the rows rejected of a star table, while it was read or made; empty if there are too many to remember. */
    Optional<Table> rejectedKeys(StarTable star) {
        return rejects.keys(star, source.rejected().get(star.driving()));
    }

    List<TableReport> reports() {
        return reports;
    }

    /** Writes the calendar and the dead letters, then the manifest. */
    ProcessedBatch commit() {
        List<BatchFile> all = new ArrayList<>();
        if (!days.isEmpty()) {
            Schema schema = config.star().calendar().table().schema();
            String name = config.star().calendar().table().name();
            try (Zone.ZoneFile file = config.processed().begin(name, schema, batch)) {
                file.write(days.batch(config.star().calendar()));
                Optional.ofNullable(file.commit()).ifPresent(all::add);
            }
        }
        for (StarTable star : config.star().tables()) {
            Optional.ofNullable(files.get(star.target().name())).ifPresent(all::add);
        }
        all.addAll(deletions);
        long rejected = rejects.count();
        String folder = rejects.commit(config.events(), work);
        ProcessedBatch processed =
                new ProcessedBatch(batch.number(), attempt, all, rejected, folder, rejects.fingerprints());
        config.processed(batch.number()).commit(attempt, processed);
        config.events()
                .info(
                        "totesys.transform.finished",
                        work,
                        "batch " + batch.number(),
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
