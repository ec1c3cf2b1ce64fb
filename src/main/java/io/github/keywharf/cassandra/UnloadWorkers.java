package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.metadata.TokenMap;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.cassandra.UnloadReport.UnloadedFile;
import io.github.keywharf.event.Fact;
import io.github.keywharf.format.BatchWriter;
import io.github.keywharf.internal.Threads;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the files of an unload, several concurrently, each from the pieces of the ring that are its own.
 *
 * @param attempt the number that the names of the files have
 */
record UnloadWorkers(
        UnloadScan scan,
        UnloadFolder folder,
        UnloadFormat format,
        UnloadPlan plan,
        @Nullable TokenMap tokens,
        int attempt) {

    /**
     * Writes all files but the finished ones, and returns when all threads have ended.
     *
     * @throws RuntimeException what the first that failed threw
     */
    void run(Map<Integer, UnloadedFile> finished, int parallelism) {
        List<Integer> parts = IntStream.range(0, plan.parts().size())
                .filter(part -> !finished.containsKey(part))
                .boxed()
                .toList();
        int writers = Math.max(1, Math.min(parallelism, parts.size()));
        ExecutorService threads = Executors.newFixedThreadPool(writers, Threads.named("keywharf-cassandra-unload"));
        CompletionService<UnloadedFile> files = new ExecutorCompletionService<>(threads);
        try {
            parts.forEach(part -> files.submit(() -> write(part, parallelism / writers)));
            for (int i = 0; i < parts.size(); i++) {
                report(files.take().get());
            }
        } catch (ExecutionException e) {
            throw UnloadRows.thrown(Objects.requireNonNull(e.getCause()));
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted(scan.query.source.subject(), e);
        } finally {
            UnloadRows.end(threads);
        }
    }

    private void report(UnloadedFile file) {
        if (file.rows() > 0) {
            scan.listener.debug(
                    "cassandra.unload.file_finished",
                    scan.work,
                    scan.query.source.subject(),
                    file.toString(),
                    Fact.count("rows", file.rows()),
                    Fact.bytes("bytes", file.bytes()));
        }
    }

    private UnloadedFile write(int part, int readers) {
        List<TokenSpan> spans = plan.parts().get(part).stream()
                .map(span -> TokenSpan.parse(tokens, span.get(0), span.get(1)))
                .toList();
        if (readers == 1) {
            UnloadReader reader = new UnloadReader(scan, new ConcurrentLinkedQueue<>(spans));
            return folder.record(part, write(part, reader::next));
        }
        try (Rows rows = new UnloadRows(scan, spans, readers, false)) {
            return folder.record(part, write(part, rows::next));
        }
    }

    private UnloadedFile write(int part, Supplier<@Nullable ColumnBatch> batches) {
        ColumnBatch batch = batches.get();
        if (batch == null) {
            return new UnloadedFile("", 0, 0);
        }
        String key = UnloadFolder.dataKey(part, attempt, format.name());
        try (BatchWriter writer = format.opener().open(folder.store(), key, scan.query.schema)) {
            for (; batch != null; batch = batches.get()) {
                writer.write(batch);
            }
            return new UnloadedFile(key, writer.rows(), writer.commit().size());
        }
    }
}
