package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.metadata.TokenMap;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.cassandra.UnloadReport.UnloadedFile;
import io.github.keywharf.event.Fact;
import io.github.keywharf.format.BatchWriter;
import io.github.keywharf.internal.Threads;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Writes the files of an unload, several concurrently, each from the pieces of the ring that are its own. */
final class UnloadWorkers {
    private final UnloadScan scan;
    private final UnloadFolder folder;
    private final UnloadFormat format;
    private final UnloadPlan plan;
    private final @Nullable TokenMap tokens;
    private final int attempt;
    private final Queue<Integer> parts = new ConcurrentLinkedQueue<>();
    private final List<Throwable> failures = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    UnloadWorkers(
            UnloadScan scan,
            UnloadFolder folder,
            UnloadFormat format,
            UnloadPlan plan,
            @Nullable TokenMap tokens,
            int attempt) {
        this.scan = scan;
        this.folder = folder;
        this.format = format;
        this.plan = plan;
        this.tokens = tokens;
        this.attempt = attempt;
    }

    /**
     * Writes all files but the finished ones, and returns when all threads have ended.
     *
     * @throws RuntimeException what the first that failed threw; the others are suppressed in it
     */
    void run(Map<Integer, UnloadedFile> finished, int parallelism) {
        for (int part = 0; part < plan.parts().size(); part++) {
            if (!finished.containsKey(part)) {
                parts.add(part);
            }
        }
        int writers = Math.min(parallelism, parts.size());
        int readers = writers == 0 ? 0 : Math.max(1, parallelism / writers);
        ArrayBlockingQueue<Integer> ended = new ArrayBlockingQueue<>(Math.max(1, writers));
        for (int i = 0; i < writers; i++) {
            int number = i;
            threads.add(Threads.daemon("keywharf-cassandra-unload-" + i, () -> {
                write(readers);
                ended.add(number);
            }));
        }
        threads.forEach(Thread::start);
        try {
            for (int i = 0; i < writers; i++) {
                ended.take();
            }
        } catch (InterruptedException e) {
            stop();
            join();
            throw KeywharfException.interrupted(scan.query().source().subject(), e);
        }
        join();
        rethrow();
    }

    private void write(int readers) {
        try {
            for (Integer part = parts.poll(); part != null && !stopped; part = parts.poll()) {
                write(part, readers);
            }
        } catch (RuntimeException | Error e) {
            synchronized (failures) {
                // What fails because it was stopped says nothing.
                if (!stopped) {
                    failures.add(e);
                }
            }
            stop();
        }
    }

    private void write(int part, int readers) {
        List<TokenSpan> spans = plan.parts().get(part).stream()
                .map(span -> TokenSpan.parse(tokens, span.get(0), span.get(1)))
                .toList();
        UnloadedFile file;
        if (readers == 1) {
            UnloadReader reader = new UnloadReader(scan, new ConcurrentLinkedQueue<>(spans));
            file = write(part, reader::next);
        } else {
            try (Rows rows = new UnloadRows(scan, spans, readers, false)) {
                file = write(part, rows::next);
            }
        }
        UnloadedFile counts = folder.record(part, file);
        if (counts.rows() > 0) {
            scan.listener()
                    .debug(
                            "cassandra.unload.file_finished",
                            scan.work(),
                            scan.query().source().subject(),
                            counts.toString(),
                            Fact.count("rows", counts.rows()),
                            Fact.bytes("bytes", counts.bytes()));
        }
    }

    private UnloadedFile write(int part, Supplier<@Nullable ColumnBatch> batches) {
        ColumnBatch batch = batches.get();
        if (batch == null) {
            return new UnloadedFile("", 0, 0);
        }
        String key = UnloadFolder.dataKey(part, attempt, format.name());
        try (BatchWriter writer =
                format.opener().open(folder.store(), key, scan.query().schema())) {
            for (; batch != null && !stopped; batch = batches.get()) {
                writer.write(batch);
            }
            if (stopped) {
                throw new IllegalStateException("Stopped");
            }
            return new UnloadedFile(key, writer.rows(), writer.commit().size());
        }
    }

    private void stop() {
        synchronized (failures) {
            stopped = true;
        }
        threads.forEach(Thread::interrupt);
    }

    private void join() {
        boolean interrupted = Thread.interrupted();
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void rethrow() {
        if (failures.isEmpty()) {
            return;
        }
        Throwable first = failures.get(0);
        failures.subList(1, failures.size()).forEach(first::addSuppressed);
        if (first instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) first;
    }
}
