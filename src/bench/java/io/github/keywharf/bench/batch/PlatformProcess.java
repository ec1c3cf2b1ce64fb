package io.github.keywharf.bench.batch;

import io.github.keywharf.Organisation;
import io.github.keywharf.batch.BatchIngestor;
import io.github.keywharf.batch.ClientIngestApp;
import io.github.keywharf.batch.TenantProfile;
import io.github.keywharf.batch.TenantProfiles;
import io.github.keywharf.batch.TenantSinks;
import io.github.keywharf.bench.cassandra.CassandraBenchServer;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.testing.PlayStoreData;
import java.nio.file.Path;
import java.time.Duration;

/** The platform with its built-in app: in this process, or in one of its own that ends when all files are ingested. */
public final class PlatformProcess {

    /** The heap of a process of its own. */
    static final int HEAP_MB = 256;

    /** The profiles' name for an app that does nothing. */
    static final String NOTHING = "nothing";

    private static final Duration LONGEST = Duration.ofMinutes(30);

    private PlatformProcess() {}

    static Organisation tenant(int number) {
        return Organisation.of("customer-" + number);
    }

    /** An ingestor for so many tenants, each with a table of its own. */
    static BatchIngestor start(
            Path staging, int tenants, String app, CassandraManager cassandra, EventListener listener) {
        TenantProfiles.Editable profiles = TenantProfiles.inMemory();
        for (int number = 1; number <= tenants; number++) {
            profiles.put(TenantProfile.builder(tenant(number))
                    .numberFiles(1_000_000)
                    .dataSizes(10_000_000)
                    .schema(PlayStoreData.schema(PlayStoreData.NAMES))
                    .values("{\"nulls\": [\"nan\"]}")
                    .rowId("id")
                    .target(BatchBench.KEYSPACE, BatchBench.table(number))
                    .app(app)
                    .build());
        }
        TenantSinks sinks = job -> cassandra.table(job.profile().table());
        ClientIngestApp nothing = job -> io.github.keywharf.table.WriteReport.of(0, 0, 0, 0, Duration.ZERO);
        return BatchIngestor.builder()
                .staging(staging)
                .profiles(profiles)
                .sinks(sinks)
                .app(NOTHING, nothing)
                .settle(Duration.ofMillis(1))
                .events(listener)
                .start();
    }

    /** Waits until all files are ingested. */
    static void await(BatchIngestor ingestor) {
        if (!ingestor.awaitIdle(LONGEST)) {
            throw new IllegalStateException("Not all files were ingested: " + ingestor);
        }
    }

    /** The process: ingests what lies in the staging directory, and prints the seconds of that. */
    public static void main(String[] arguments) {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        try (CassandraManager cassandra = CassandraBenchServer.connect(arguments)) {
            long begun = System.nanoTime();
            try (BatchIngestor ingestor = start(
                    Path.of(arguments[4]),
                    Integer.parseInt(arguments[5]),
                    TenantProfile.ROWS_APP,
                    cassandra,
                    EventListener.slf4j())) {
                await(ingestor);
            }
            System.out.println((System.nanoTime() - begun) / 1e9);
        }
    }
}
