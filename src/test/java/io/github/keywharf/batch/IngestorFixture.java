package io.github.keywharf.batch;

import io.github.keywharf.Organisation;
import io.github.keywharf.event.Event;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.ManualClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** An ingestor over a directory, with a ledger in memory, a clock that the test moves, and apps that the test gives. */
final class IngestorFixture implements AutoCloseable {

    static final Organisation ACME = Organisation.of("acme");
    static final Organisation GLOBEX = Organisation.of("globex");
    static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SETTLE = Duration.ofSeconds(2);

    final Path staging;
    final ManualClock clock = new ManualClock();
    final TenantProfiles.Editable profiles = TenantProfiles.inMemory();
    final List<Event> events = new CopyOnWriteArrayList<>();
    final List<String> ingested = new CopyOnWriteArrayList<>();
    final Map<String, ClientIngestApp> apps = new ConcurrentHashMap<>();
    ObjectStore store = ObjectStore.inMemory();
    BatchIngestor ingestor;

    IngestorFixture(Path staging) {
        this.staging = staging;
        apps.put("count", this::count);
    }

    /** An app that reads the file and counts its lines as rows. */
    WriteReport count(IngestJob job) throws IOException {
        long rows = Math.max(0, Files.readAllLines(job.path()).size() - 1);
        ingested.add(job.tenant() + "/" + job.file().name());
        return WriteReport.of(rows, rows, 0, Files.size(job.path()), Duration.ZERO);
    }

    IngestorFixture tenant(Organisation tenant, String app, UnaryOperator<TenantProfile.Builder> more) {
        profiles.put(more.apply(
                        TenantProfile.builder(tenant).app(app).numberFiles(1000).attempts(3))
                .build());
        return this;
    }

    IngestorFixture tenant(Organisation tenant) {
        return tenant(tenant, "count", profile -> profile);
    }

    IngestorFixture start() {
        return start(builder -> builder);
    }

    IngestorFixture start(UnaryOperator<BatchIngestor.Builder> more) {
        BatchIngestor.Builder builder = BatchIngestor.builder()
                .staging(staging)
                .profiles(profiles)
                .ledger(store)
                .clock(clock)
                .settle(SETTLE)
                .scanEvery(Duration.ofMinutes(10))
                .stopWithin(Duration.ZERO)
                .parallelism(4)
                .events(events::add);
        builder.firstPause = Duration.ofSeconds(10);
        builder.grace = Duration.ofMillis(300);
        apps.forEach(builder::app);
        ingestor = more.apply(builder).start();
        return this;
    }

    /** The process ends, and another one starts. */
    void restart() {
        ingestor.close();
        start();
    }

    Path data(Organisation tenant) {
        return staging.resolve(tenant.id()).resolve("data");
    }

    /** A file that somebody has put into a tenant's directory. */
    Path put(Organisation tenant, String name, String content) {
        try {
            Files.createDirectories(data(tenant));
            return Files.writeString(data(tenant).resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sees what is there, lets it settle, and takes it. */
    void scan() {
        ingestor.scanNow();
        clock.advance(SETTLE);
        ingestor.scanNow();
    }

    /** Takes what is there and waits until all of it has ended. */
    void ingest() {
        scan();
        if (!ingestor.awaitIdle(LONG)) {
            throw new AssertionError("Not idle: " + ingestor.files(ACME) + ingestor.files(GLOBEX));
        }
    }

    /** The one file of that name that came last. */
    IngestedFile file(Organisation tenant, String name) {
        return ingestor.files(tenant).stream()
                .filter(file -> file.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not among " + ingestor.files(tenant)));
    }

    List<String> states(Organisation tenant) {
        List<String> states = new ArrayList<>();
        ingestor.files(tenant).forEach(file -> states.add(file.name() + " " + file.state()));
        states.sort(null);
        return states;
    }

    /** All messages of events whose names begin so. */
    List<String> messages(String names) {
        return events.stream()
                .filter(event -> event.name().startsWith(names))
                .map(event -> event.subject() + ": " + event.message())
                .toList();
    }

    @Override
    public void close() {
        if (ingestor != null) {
            ingestor.close();
        }
    }
}
