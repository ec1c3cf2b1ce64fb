package io.github.keywharf.totesys;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.sql.Increment;
import io.github.keywharf.store.StoreLease;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The pipeline's verbs, each under the lease. */
final class PipelineRuns {

    static final String LEASE = "_keywharf/lease/";

    private final PipelineConfig config;
    private final Extractions extractions;
    private final Failures failures;
    private final PendingBatches pending;
    private volatile @Nullable LocalDateTime lastWindowEnd;

    PipelineRuns(PipelineConfig config) {
        this.config = config;
        this.extractions = new Extractions(config);
        this.failures = new Failures(config);
        this.pending = new PendingBatches(config, failures);
    }

    RunReport run() {
        return leased(run -> {
            pending.loadAll(run);
            drain(run, reconciliationIsDue(run.newest()) ? ExtractRequest.everything() : ExtractRequest.changes());
        });
    }

    RunReport reconcile() {
        return leased(run -> {
            pending.loadAll(run);
            drain(run, ExtractRequest.everything());
        });
    }

    RunReport backfill(LocalDateTime from, LocalDateTime to) {
        Increment.Window window = new Increment.Window(Increments.TIME_COLUMN, from, to);
        return leased(run -> {
            pending.loadAll(run);
            carry(run, new ExtractRequest(BatchKind.BACKFILL, List.of(), Optional.of(window)));
        });
    }

    RunReport replay(long first, long last) {
        if (first < 1 || last < first) {
            throw new IllegalArgumentException("Batches " + first + " to " + last + " are no range");
        }
        return leased(run -> {
            pending.loadAll(run);
            for (long number = first; number <= last; number++) {
                pending.replay(number, run);
            }
        });
    }

    RunReport repair(RejectedFile file, Path repaired) {
        return leased(run -> {
            pending.loadAll(run);
            run.ingested(new Repair(config).ingest(file, repaired));
            pending.loadAll(run);
        });
    }

    List<RejectedFile> listRejected() {
        return Repair.list(config.processed().store());
    }

    RunPlan plan() {
        Optional<Batch> newest = config.batches().newest();
        return extractions.plan(
                reconciliationIsDue(newest) ? ExtractRequest.everything() : ExtractRequest.changes(),
                newest,
                pending.numbers(newest));
    }

    Map<String, String> extract(List<String> tables) {
        return underLease("extract", run -> {
            ExtractRequest request = tables.isEmpty() && reconciliationIsDue(run.newest())
                    ? ExtractRequest.everything()
                    : ExtractRequest.changesOf(tables);
            Optional<Batch> batch = failures.step("extract", () -> ingest(run, request));
            return batch.map(Batch::files).map(PipelineRuns::keys).orElse(Map.of());
        });
    }

    Map<String, String> transform(Map<String, String> ingested) {
        return underLease("transform", run -> {
            Map<String, String> keys = new LinkedHashMap<>();
            List<Batch> batches = ingested.isEmpty()
                    ? pending.untransformed()
                    : List.of(pending.findByIngested(Set.copyOf(ingested.values())));
            for (Batch batch : batches) {
                keys.putAll(keys(pending.transformed(batch, run).files()));
            }
            return keys;
        });
    }

    Map<String, Long> load(Map<String, String> processed) {
        return underLease("load", run -> {
            if (processed.isEmpty()) {
                pending.loadTransformed(run);
            } else {
                pending.loadUpTo(pending.findByProcessed(Set.copyOf(processed.values())), run);
            }
            Map<String, Long> rows = new LinkedHashMap<>();
            run.reports().stream()
                    .filter(report -> report.step().equals("load"))
                    .forEach(report -> rows.merge(report.table(), report.written(), Long::sum));
            return rows;
        });
    }

    private <T> T underLease(String step, Function<PipelineRun, T> work) {
        StoreLease lease = lease(step);
        try {
            return work.apply(new PipelineRun(config));
        } catch (RuntimeException e) {
            throw failures.tell(step, e);
        } finally {
            lease.close();
        }
    }

    private static Map<String, String> keys(List<BatchFile> files) {
        Map<String, String> keys = new LinkedHashMap<>();
        for (BatchFile file : files) {
            if (file.isThere()) {
                keys.put(file.deletions() ? file.table() + "-deleted" : file.table(), file.key());
            }
        }
        return keys;
    }

    private boolean reconciliationIsDue(Optional<Batch> newest) {
        if (newest.isEmpty()) {
            return false;
        }
        LocalDateTime now = LocalDateTime.ofInstant(config.clock().instant(), ZoneOffset.UTC);
        return newest.get()
                .reconciled()
                .map(time -> !time.plus(config.reconcileEvery()).isAfter(now))
                .orElse(true);
    }

    /** Carries batches until the source has no more; what a change feed still holds goes before a reconciliation. */
    private void drain(PipelineRun run, ExtractRequest request) {
        if (request.kind() == BatchKind.RECONCILIATION && config.detection() == ChangeDetection.LOGICAL_REPLICATION) {
            drain(run, ExtractRequest.changes());
        }
        boolean more = true;
        while (more) {
            more = carry(run, request);
        }
    }

    /** Carries one batch from the source into the warehouse; tells whether there is more to take. */
    private boolean carry(PipelineRun run, ExtractRequest request) {
        if (!config.pipelined()) {
            Optional<Batch> batch = failures.step("extract", () -> ingest(run, request));
            batch.ifPresent(run::ingested);
            pending.loadAll(run);
            run.seen();
            return run.hasMore();
        }
        Extractions.Begun begun = failures.step("extract", () -> extractions.begin(request, run.newest()));
        run.snapshot(begun.time());
        if (begun.extraction().isEmpty()) {
            run.seen();
            return false;
        }
        try (Extraction extraction = begun.extraction().get()) {
            run.stopped(extraction.plan().stopped());
            PipelinedBatch.Outcome outcome =
                    failures.step("run", () -> new PipelinedBatch(config, extraction, run.id()).run());
            outcome.batch().ifPresentOrElse(run::ingested, () -> extractions.gaveNothing(request, extraction));
            run.reports().addAll(outcome.reports());
            RuntimeException failure = outcome.loadFailure();
            if (failure != null) {
                throw failures.tell("load", failure);
            }
            outcome.batch().ifPresent(batch -> run.loaded(batch.number()));
            run.seen();
            return extraction.plan().hasMore();
        }
    }

    private Optional<Batch> ingest(PipelineRun run, ExtractRequest request) {
        Extractions.Begun begun = extractions.begin(request, run.newest());
        run.snapshot(begun.time());
        run.more(false);
        if (begun.extraction().isEmpty()) {
            return Optional.empty();
        }
        try (Extraction extraction = begun.extraction().get()) {
            run.stopped(extraction.plan().stopped());
            run.more(extraction.plan().hasMore());
            extraction.readJoined();
            for (String table : extraction.plan().tables()) {
                extraction.extract(table, batch -> {});
            }
            if (extraction.isEmpty()) {
                extractions.gaveNothing(request, extraction);
                return Optional.empty();
            }
            Batch batch = extraction.commit();
            extraction.reports().forEach((table, report) -> run.reports().add(report.report(table)));
            return Optional.of(batch);
        }
    }

    private RunReport leased(Consumer<PipelineRun> work) {
        PipelineRun run = new PipelineRun(config);
        StoreLease lease;
        try {
            lease = lease("run");
        } catch (KeywharfException e) {
            if (e.code().equals("store.lease_held")) {
                config.events().onEvent(new PipelineEvent.RunSkipped(config.name(), String.valueOf(e.getMessage())));
                return run.skipped(String.valueOf(e.getMessage()));
            }
            throw failures.tell("run", e);
        }
        try (lease) {
            work.accept(run);
            return run.report();
        } catch (RuntimeException e) {
            throw failures.tell("run", e);
        } finally {
            run.windowEnd().ifPresent(end -> lastWindowEnd = end);
            run.tellLag(Optional.ofNullable(lastWindowEnd));
        }
    }

    private StoreLease lease(String step) {
        return StoreLease.acquire(
                        config.ingestion().store(), LEASE, config.name() + " " + step, config.lease(), config.clock())
                .renewInBackground();
    }
}
