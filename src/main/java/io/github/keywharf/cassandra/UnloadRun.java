package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.metadata.TokenMap;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.cassandra.UnloadReport.UnloadedFile;
import io.github.keywharf.event.Fact;
import io.github.keywharf.format.BatchWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One attempt at an unload. Used once. */
final class UnloadRun {
    private final CassandraContext context;
    private final TableScan settings;
    private final UnloadFolder folder;
    private final UnloadFormat format;
    private final int files;
    private final long begun = System.nanoTime();

    UnloadRun(CassandraContext context, TableScan settings, UnloadFolder folder, UnloadFormat format, int files) {
        this.context = context;
        this.settings = settings;
        this.folder = folder;
        this.format = format;
        this.files = files;
    }

    UnloadReport run() {
        UnloadSource source = settings.source();
        folder.manifest().ifPresent(report -> {
            throw new KeywharfException(
                    "cassandra.unload_finished",
                    source.subject(),
                    "The folder " + folder.name() + " holds an unload of " + report.table() + " that finished at "
                            + report.finished() + "; give each unload a folder of its own");
        });
        UnloadScan scan = new UnloadScan(context, source, settings, "unload");
        UnloadPlan plan = plan(source, scan);
        scan.expect(plan.ranges());
        SortedMap<Integer, UnloadedFile> finished = folder.finished();
        int resumed =
                (int) finished.values().stream().filter(UnloadRun::hasRows).count();
        if (!finished.isEmpty()) {
            finished.forEach((part, file) ->
                    scan.skip(file.rows(), plan.parts().get(part).size()));
            long rows = rows(finished);
            scan.listener.info(
                    "cassandra.unload.resumed",
                    scan.work,
                    source.subject(),
                    String.format(
                            Locale.ROOT,
                            "Resumed in %s after %,d finished files with %,d rows",
                            folder.name(),
                            resumed,
                            rows),
                    Fact.count("files", resumed),
                    Fact.count("rows", rows));
        }
        new UnloadWorkers(scan, folder, format, plan, tokens(), folder.attempt()).run(finished, settings.parallelism());
        List<String> added = scan.checkUnchanged();
        if (!added.isEmpty()) {
            scan.listener.warning(
                    "cassandra.unload.columns_added",
                    scan.work,
                    source.subject(),
                    "Columns " + added + " were added meanwhile and are not in the files");
        }
        UnloadReport report = commit(report(plan, scan, resumed));
        scan.finish();
        scan.listener.info(
                "cassandra.unload.finished",
                scan.work,
                source.subject(),
                report.toString(),
                Fact.count("rows", report.rows()),
                Fact.bytes("bytes", report.bytes()),
                Fact.count("files", report.files().size()),
                Fact.time("took", report.took()));
        return report;
    }

    private @Nullable TokenMap tokens() {
        return settings.tokens().orElse(null);
    }

    /** The plan that the folder holds, or a new one. */
    private UnloadPlan plan(UnloadSource source, UnloadScan scan) {
        List<UnloadPlan.PlanColumn> columns = UnloadPlan.columns(scan.query.schema);
        UnloadPlan bare = new UnloadPlan(source.subject(), source.id(), format.name(), columns, List.of());
        UnloadPlan plan = folder.plan().orElseGet(() -> {
            List<List<String>> spans = settings.spans(Math.max(files, settings.parallelism())).stream()
                    .map(span -> span.format(tokens()))
                    .toList();
            return folder.begin(new UnloadPlan(
                    bare.table(), bare.id(), bare.format(), bare.columns(), UnloadPlan.parts(spans, files)));
        });
        plan.checkContinuedBy(bare, source, folder.name());
        return plan;
    }

    private static boolean hasRows(UnloadedFile file) {
        return file.rows() > 0;
    }

    private static long rows(SortedMap<Integer, UnloadedFile> files) {
        return files.values().stream().mapToLong(UnloadedFile::rows).sum();
    }

    /** What the records say, which is the same for all attempts. */
    private UnloadReport report(UnloadPlan plan, UnloadScan scan, int resumed) {
        SortedMap<Integer, UnloadedFile> all = folder.finished();
        List<UnloadedFile> written =
                all.values().stream().filter(UnloadRun::hasRows).toList();
        if (written.isEmpty()) {
            written = List.of(empty(plan, scan));
        }
        return new UnloadReport(
                plan.table(),
                folder.name(),
                format.name(),
                plan.names(),
                written,
                rows(all),
                written.stream().mapToLong(UnloadedFile::bytes).sum(),
                plan.ranges(),
                resumed,
                scan.retries(),
                context.clock().instant(),
                Duration.ofNanos(System.nanoTime() - begun));
    }

    /** A table without rows leaves one file without rows, so that readers find its columns. */
    private UnloadedFile empty(UnloadPlan plan, UnloadScan scan) {
        String key = UnloadFolder.dataKey(plan.parts().size(), folder.attempt(), format.name());
        try (BatchWriter writer = format.opener().open(folder.store(), key, scan.query.schema)) {
            return new UnloadedFile(key, 0, writer.commit().size());
        }
    }

    private UnloadReport commit(UnloadReport report) {
        UnloadReport counts = folder.commit(report)
                ? report
                : folder.manifest()
                        .orElseThrow(() -> new KeywharfException(
                                "cassandra.bad_manifest",
                                folder.name(),
                                "The manifest vanished while it was read; run again"));
        folder.sweep(counts.files().stream().map(UnloadedFile::key).collect(Collectors.toSet()));
        return counts;
    }
}
