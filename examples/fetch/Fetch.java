package examples.fetch;

import io.github.keywharf.Organisation;
import io.github.keywharf.batch.BatchIngestor;
import io.github.keywharf.batch.FetchData;
import io.github.keywharf.batch.TenantLogin;
import io.github.keywharf.batch.TenantProfile;
import io.github.keywharf.batch.TenantProfiles;
import io.github.keywharf.batch.TenantUsers;
import io.github.keywharf.format.JsonLines;
import io.github.keywharf.http.jetty.JettyServer;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A client uploads its files to a server, which checks them once more and ingests them. */
public final class Fetch {
    private static final Organisation CUSTOMER = Organisation.of("customer-1");

    private Fetch() {}

    /** Uploads a directory twice: one file is too large, and the second time nothing is sent. */
    public static void main(String[] args) throws IOException {
        Path exports = Files.createDirectories(Path.of("client-input-dir"));
        Files.writeString(exports.resolve("shops.csv"), "id,name\n1,Porto\n2,Lagos\n");
        Files.writeString(exports.resolve("visits.csv"), "shop,visitors\n" + "1,217\n".repeat(200));

        TenantProfiles.Editable profiles = TenantProfiles.inMemory();
        profiles.put(TenantProfile.builder(CUSTOMER).dataSizes(1).build());
        TenantUsers users = TenantUsers.create(Path.of("users.json"));
        users.put(CUSTOMER.id(), Secret.of("correct horse battery staple"));

        try (ObjectStore lake = ObjectStore.ofDirectory(Path.of("lake"));
                BatchIngestor ingestor = BatchIngestor.builder()
                        .staging(Path.of("uploads"))
                        .profiles(profiles)
                        .sinks(job -> JsonLines.writer(lake, job.file().name() + ".jsonl")
                                .sink())
                        .start();
                JettyServer server = JettyServer.serve(ingestor.routes(TenantLogin.basic(users)))
                        .start()) {
            FetchData client = FetchData.builder(server.uri(), CUSTOMER, Secret.of("correct horse battery staple"))
                    .directory(exports)
                    .build();
            client.run().files().forEach(System.out::println);
            client.run().files().forEach(System.out::println);
            ingestor.awaitIdle(Duration.ofMinutes(1));
            ingestor.files(CUSTOMER).forEach(System.out::println);
        }
    }
}
