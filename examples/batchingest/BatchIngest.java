package examples.batchingest;

import io.github.keywharf.batch.BatchIngestor;
import io.github.keywharf.batch.IngestedFile;
import io.github.keywharf.batch.Tenant;
import io.github.keywharf.batch.TenantProfile;
import io.github.keywharf.batch.TenantProfiles;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Files of two tenants, copied into their directories, checked against their profiles and written as Parquet. */
public final class BatchIngest {

    private BatchIngest() {}

    /** Ingests three files, of which one breaks a constraint and one has a bad row. */
    public static void main(String[] args) throws IOException {
        Path staging = Files.createDirectories(Path.of("staging"));
        TenantProfiles.Editable profiles = TenantProfiles.inMemory();
        profiles.put(TenantProfile.parse(Tenant.of("customer-1"), """
                {"formats": [".csv"], "number_files": 10, "data_sizes": 4096,
                 "columns": [{"name": "id", "type": "int32"}, {"name": "name", "type": "string"}],
                 "steps": [{"trim": ["name"]}]}"""));
        profiles.put(TenantProfile.parse(Tenant.of("customer-2"), """
                {"formats": [".jsonl"], "number_files": 10, "data_sizes": 1}"""));

        try (ObjectStore lake = ObjectStore.ofDirectory(Path.of("lake"));
                BatchIngestor ingestor = BatchIngestor.builder()
                        .staging(staging)
                        .profiles(profiles)
                        .sinks(job -> Parquet.writer(lake, job.tenant() + "/" + job.file().name() + ".parquet")
                                .sink())
                        .settle(Duration.ofMillis(100))
                        .start()) {
            write(staging, "customer-1", "shops.csv", "id,name\n1,  Porto\nx,Lagos\n3,Faro  \n");
            write(staging, "customer-2", "visits.jsonl", "{\"shop\": 1, \"visitors\": 217}\n");
            write(staging, "customer-2", "visits.csv", "shop,visitors\n1,217\n");
            ingestor.scanNow();
            ingestor.awaitIdle(Duration.ofMinutes(1));

            for (String name : List.of("customer-1", "customer-2")) {
                for (IngestedFile file : ingestor.files(Tenant.of(name))) {
                    System.out.println(file.tenant() + " " + file.name() + ": " + file.state() + ", " + file.rows()
                            + " rows, " + file.rejected() + " rejected " + file.reason());
                }
            }
            System.out.println(Parquet.reader(lake, "customer-1/shops.csv.parquet").rows().toTable());
        }
    }

    private static void write(Path staging, String tenant, String name, String text) throws IOException {
        Files.writeString(Files.createDirectories(staging.resolve(tenant).resolve("data")).resolve(name), text);
    }
}
