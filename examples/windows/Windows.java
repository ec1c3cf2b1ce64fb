package examples.windows;

import io.github.keywharf.pipeline.ChangeDetection;
import io.github.keywharf.pipeline.PipelineStep;
import io.github.keywharf.pipeline.zone.LatestIngest;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.testing.PostgresServer;
import io.github.keywharf.testing.totesys.TotesysGenerator;
import io.github.keywharf.totesys.TotesysPipeline;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** Increments by windows of {@code last_updated}, and the look-up of what was ingested last. */
public final class Windows {
    private Windows() {}

    /** Ingests all, then what a window holds; a change that leaves the stamp alone waits for reconciliation. */
    public static void main(String[] args) throws SQLException {
        try (PostgresServer server = PostgresServer.start();
                ObjectStore ingestion = ObjectStore.inMemory();
                ObjectStore processed = ObjectStore.inMemory()) {
            server.createDatabase("totesys");
            server.createDatabase("warehouse");
            try (Connection connection = server.connection("totesys");
                    PostgresDatabase source = database(server, "totesys");
                    PostgresDatabase warehouse = database(server, "warehouse")) {
                TotesysGenerator shop = TotesysGenerator.builder(1).days(14).build();
                shop.createSchema(connection);
                shop.generateHistory(connection);
                TotesysPipeline pipeline = TotesysPipeline.builder()
                        .source(source.source())
                        .ingestion(ingestion)
                        .processed(processed)
                        .warehouse(warehouse.warehouse())
                        .detection(ChangeDetection.LAST_UPDATED)
                        .lookback(Duration.ofMinutes(5))
                        .build();
                pipeline.createWarehouse();
                LatestIngest latest = LatestIngest.of(ingestion);
                System.out.println("before: " + latest.findTime("sales_order"));
                System.out.println(pipeline.run().written(PipelineStep.EXTRACT) + " rows extracted");
                System.out.println("after: " + latest.findKey("sales_order").orElseThrow());

                source.query("UPDATE sales_order SET units_sold = 1000, last_updated = now() AT TIME ZONE 'UTC'"
                                + " WHERE sales_order_id = :id")
                        .bind("id", 1)
                        .update();
                source.query("UPDATE sales_order SET units_sold = 2000 WHERE sales_order_id = :id")
                        .bind("id", 2)
                        .update();
                pipeline.plan().tables().stream()
                        .filter(table -> table.table().equals("sales_order"))
                        .forEach(table -> System.out.println(table.sql()));
                System.out.println(pipeline.run().written(PipelineStep.EXTRACT) + " row extracted");
                System.out.println(pipeline.reconcile().written(PipelineStep.LOAD) + " more found by reconciliation");
            }
        }
    }

    private static PostgresDatabase database(PostgresServer server, String name) {
        return PostgresDatabase.builder()
                .host(server.host())
                .port(server.port())
                .database(name)
                .credentials(server.user(), Secret.of(server.password()))
                .build();
    }
}
