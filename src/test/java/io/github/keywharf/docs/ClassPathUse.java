package io.github.keywharf.docs;

import io.github.keywharf.Organisation;
import io.github.keywharf.aws.AWSManager;
import io.github.keywharf.aws.AwsService;
import io.github.keywharf.batch.BatchIngestor;
import io.github.keywharf.batch.TenantProfile;
import io.github.keywharf.batch.TenantProfiles;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.catalog.ShareCredentials;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.format.Csv;
import io.github.keywharf.format.JsonLines;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.format.delta.DeltaTable;
import io.github.keywharf.http.jetty.JettyServer;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.salesforce.SalesforceAuth;
import io.github.keywharf.salesforce.SalesforceManager;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretStore;
import io.github.keywharf.sharing.DeltaSharingManager;
import io.github.keywharf.sharing.SharingPlan;
import io.github.keywharf.sharing.client.DeltaSharingClient;
import io.github.keywharf.sharing.server.DeltaSharingServer;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** One use of the library, which {@link ClassPathIT} starts with as few libraries as it needs. Each is a class of its own. */
final class ClassPathUse {
    static final Schema SCHEMA =
            Schema.of(Column.required("tenant", ColumnType.STRING), Column.nullable("units", ColumnType.INT32));

    private ClassPathUse() {}

    static Rows rows(Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("orders.csv"), "tenant,units\nacme,7\nglobex,8\n");
        return Csv.reader(file).schema(SCHEMA).rows();
    }

    private static void check(Table table) {
        if (table.size() != 2) {
            throw new IllegalStateException("Two rows were written, and these were read: " + table);
        }
    }

    /** CSV, lines of JSON and Parquet with each codec, written and read. */
    static final class LocalFiles {
        public static void main(String[] none) throws IOException {
            for (Parquet.Compression codec : Parquet.Compression.values()) {
                Path file = Path.of(codec + ".parquet");
                Parquet.writer(file).compression(codec).sink().write(rows(Path.of(".")));
                check(Parquet.reader(file).rows().toTable());
            }
            JsonLines.writer(Path.of("orders.jsonl")).sink().write(rows(Path.of(".")));
            check(JsonLines.reader(Path.of("orders.jsonl")).rows().toTable());
            Csv.writer(Path.of("copy.csv")).sink().write(rows(Path.of(".")));
            check(Csv.reader(Path.of("copy.csv")).rows().toTable());
        }
    }

    /** A Delta table, made, written and read. */
    static final class Delta {
        public static void main(String[] none) throws IOException {
            DeltaTable table = DeltaTable.at(ObjectStore.ofDirectory(Path.of("lake")), "orders");
            table.create(SCHEMA, List.of("tenant"));
            table.sink().write(rows(Path.of(".")));
            check(table.rows().toTable());
        }
    }

    /** A table of a server, written and read. Arguments: its port, data center and certificate, user, password, keyspace. */
    static final class Cassandra {
        public static void main(String[] server) {
            try (CassandraManager cassandra = CassandraManager.builder()
                    .contactPoint("127.0.0.1", Integer.parseInt(server[0]))
                    .localDatacenter(server[1])
                    .trust(Path.of(server[2]))
                    .credentials(server[3], Secret.of(server[4]))
                    .keyspace(server[5])
                    .connect()) {
                cassandra.execute("INSERT INTO orders (tenant, units) VALUES (?, ?)", "acme", 7);
                cassandra.execute("INSERT INTO orders (tenant, units) VALUES (?, ?)", "globex", 8);
                cassandra
                        .table("loaded")
                        .sink()
                        .build()
                        .write(cassandra.execute("SELECT * FROM orders").rows());
                check(cassandra.execute("SELECT * FROM loaded").table());
            }
        }
    }

    /** Records of an org, written and queried. Arguments: its address, and an application's id and secret. */
    static final class Salesforce {
        public static void main(String[] org) {
            try (SalesforceManager salesforce = SalesforceManager.builder()
                    .instance(org[0])
                    .credentials(SalesforceAuth.clientCredentials(org[1], Secret.of(org[2])))
                    .connect()) {
                salesforce.object("Contact").create(Map.of("LastName", "Lovelace"));
                salesforce.object("Contact").create(Map.of("LastName", "O'Hara"));
                Table contacts =
                        salesforce.query("SELECT LastName FROM Contact").table();
                check(contacts);
                salesforce.object("Contact").sink().build().write(contacts.rows());
            }
        }
    }

    /** Objects, a secret and the list of flows. Arguments: an id and a secret, and the addresses of the three services. */
    static final class Aws {
        public static void main(String[] account) {
            try (AWSManager aws = AWSManager.builder()
                    .credentials(account[0], Secret.of(account[1]))
                    .region("eu-west-1")
                    .endpoint(URI.create(account[2]))
                    .endpoint(AwsService.SECRETS_MANAGER, URI.create(account[3]))
                    .endpoint(AwsService.APPFLOW, URI.create(account[4]))
                    .pathStyle(true)
                    .connect()) {
                ObjectStore store = aws.store("lake");
                store.createIfAbsent("a", new byte[1]);
                store.readSmall("a");
                aws.secrets().put("login", Secret.of("secret"));
                aws.secrets().secret("login");
                aws.flows().forEach(System.out::println);
            }
        }
    }

    /** A table of a server, written and read. Arguments: its URL, user and password. */
    static final class Postgres {
        public static void main(String[] server) {
            try (PostgresDatabase database = PostgresDatabase.of(server[0], server[1], Secret.of(server[2]))) {
                Table orders = database.query("SELECT 'acme' AS tenant, 7 AS units UNION SELECT 'globex', 8")
                        .table();
                database.table("orders").upsertBy("tenant").write(orders.rows());
                check(database.table("orders").rows().toTable());
            }
        }
    }

    /** A tenant's file, checked against its profile and written as Parquet. */
    static final class Batch {
        public static void main(String[] none) throws IOException {
            TenantProfiles.Editable profiles = TenantProfiles.inMemory();
            profiles.put(TenantProfile.parse(
                    Organisation.of("acme"), "{\"formats\": [\".csv\"], \"number_files\": 10, \"data_sizes\": 4096}"));
            ObjectStore lake = ObjectStore.inMemory();
            try (BatchIngestor ingestor = BatchIngestor.builder()
                    .staging(Path.of("staging"))
                    .profiles(profiles)
                    .sinks(job -> Parquet.writer(lake, job.file().name()).sink())
                    .settle(Duration.ofMillis(50))
                    .start()) {
                Path folder = Files.createDirectories(Path.of("staging", "acme", "data"));
                Files.writeString(folder.resolve("orders.csv"), "tenant,units\nacme,7\nglobex,8\n");
                ingestor.awaitIdle(Duration.ofMinutes(1));
                check(Parquet.reader(lake, "orders.csv").rows().toTable());
            }
        }
    }

    /** A table, served to whoever has the profile. */
    static final class SharingServer {
        public static void main(String[] none) throws Exception {
            try (Served served = Served.start(Path.of("."))) {
                ShareCredentials.Bearer bearer =
                        (ShareCredentials.Bearer) served.profile().credentials();
                HttpResponse<String> answer = HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(
                                                URI.create(served.profile().endpoint() + "/shares"))
                                        .header(
                                                "Authorization",
                                                "Bearer " + bearer.token().reveal())
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
                System.out.println(answer.statusCode() + " " + answer.body());
            }
        }
    }

    /** A server of a table for one tenant. */
    record Served(JettyServer jetty, ShareProfile profile) implements AutoCloseable {
        static Served start(Path folder) throws IOException {
            ObjectStore store = ObjectStore.ofDirectory(folder.resolve("platform"));
            DeltaTable orders = DeltaTable.at(store, "tables/orders");
            orders.create(SCHEMA, List.of("tenant"));
            orders.sink().write(rows(folder));
            DeltaSharingServer server = DeltaSharingServer.builder(store.under("shares"))
                    .table("orders", store, "tables/orders")
                    .build();
            JettyServer jetty = JettyServer.serve(server).start();
            DeltaSharingManager manager = DeltaSharingManager.builder()
                    .catalog(server.catalog(jetty.uri()))
                    .secrets(SecretStore.directory(folder.resolve("profiles")))
                    .plan(SharingPlan.of("orders", "usage.orders", "tenant"))
                    .build();
            return new Served(jetty, manager.provision("acme"));
        }

        @Override
        public void close() {
            jetty.close();
        }
    }

    /** Rows of a share. Argument: the file of a profile. */
    static final class SharingClient {
        public static void main(String[] profile) {
            DeltaSharingClient client = DeltaSharingClient.of(ShareProfile.read(Path.of(profile[0])));
            String share = client.shares().findFirst().orElseThrow();
            client.tables(share)
                    .forEach(table -> System.out.println(table.rows().toTable()));
        }
    }
}
