package examples.batchingest;

import io.github.keywharf.Organisation;
import io.github.keywharf.batch.BatchIngestor;
import io.github.keywharf.batch.IngestedFile;
import io.github.keywharf.batch.TenantProfile;
import io.github.keywharf.batch.TenantProfiles;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.RejectedRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** Files of two tenants, copied into their directories, checked against their profiles and written as Parquet. */
public final class BatchIngest {

    private BatchIngest() {}

    /** Ingests three files, of which one breaks a constraint and one has a bad row. */
    public static void main(String[] args) throws IOException {
        Path staging = Path.of("staging");
        TenantProfiles.Editable profiles = TenantProfiles.inMemory();
        profiles.put(TenantProfile.parse(Organisation.of("customer-1"), """
                {"formats": [".csv"], "number_files": 10, "data_sizes": 4096,
                 "columns": [{"name": "id", "type": "int32"}, {"name": "name", "type": "string"}],
                 "steps": [{"trim": ["name"]}]}"""));
        profiles.put(TenantProfile.parse(Organisation.of("customer-2"), """
                {"formats": [".jsonl"], "number_files": 10, "data_sizes": 1}"""));

        try (ObjectStore lake = ObjectStore.ofDirectory(Path.of("lake"));
                BatchIngestor ingestor = BatchIngestor.builder()
                        .staging(staging)
                        .profiles(profiles)
                        .sinks(job -> Parquet.writer(
                                        lake, job.tenant() + "/" + job.file().name() + ".parquet")
                                .sink())
                        .settle(Duration.ofMillis(100))
                        .start()) {
            write(staging, "customer-1", "shops.csv", "id,name\n1,  Porto\nx,Lagos\n3,Faro  \n");
            write(staging, "customer-2", "visits.csv", "shop,visitors\n1,217\n");
            ingestor.awaitIdle(Duration.ofMinutes(1));
            write(staging, "customer-2", "visits.jsonl", "{\"shop\": 1, \"visitors\": 217}\n");
            ingestor.awaitIdle(Duration.ofMinutes(1));

            profiles.all().keySet().forEach(tenant -> ingestor.files(tenant).forEach(System.out::println));
            IngestedFile shops = ingestor.files(Organisation.of("customer-1")).get(0);
            try (Stream<RejectedRow> rejected = ingestor.rejectedRows(shops.id())) {
                rejected.forEach(System.out::println);
            }
            System.out.println(
                    Parquet.reader(lake, "customer-1/shops.csv.parquet").rows().toTable());
        }
    }

    private static void write(Path staging, String tenant, String name, String text) throws IOException {
        Files.writeString(
                Files.createDirectories(staging.resolve(tenant).resolve("data")).resolve(name), text);
    }
}
