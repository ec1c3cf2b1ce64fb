package examples.pipelinesteps;

import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.pipeline.TableReport;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.BatchFile;
import io.github.keywharf.pipeline.zone.IngestionFormat;
import io.github.keywharf.pipeline.zone.KeyLayout;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.testing.PostgresServer;
import io.github.keywharf.testing.totesys.TotesysGenerator;
import io.github.keywharf.totesys.TotesysPipeline;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;

/** Extraction, transformation and load called one by one, as three functions would call them, with CSV in between. */
public final class PipelineSteps {
    private PipelineSteps() {}

    /** Carries two batches, a step at a time. */
    public static void main(String[] args) throws SQLException {
        try (PostgresServer server = PostgresServer.start();
                ObjectStore store = ObjectStore.inMemory()) {
            server.createDatabase("totesys");
            server.createDatabase("warehouse");
            TotesysGenerator shop = TotesysGenerator.builder(1).days(14).build();
            try (Connection connection = server.connection("totesys");
                    PostgresDatabase source = database(server, "totesys");
                    PostgresDatabase warehouse = database(server, "warehouse")) {
                shop.createSchema(connection);
                shop.generateHistory(connection);
                TotesysPipeline pipeline = TotesysPipeline.builder()
                        .source(source.source())
                        .ingestion(store.under("ingestion"))
                        .ingestionFormat(IngestionFormat.CSV)
                        .ingestionLayout(KeyLayout.FOLDER_PER_RUN)
                        .processed(store.under("processed"))
                        .warehouse(warehouse.warehouse())
                        .build();
                pipeline.createWarehouse();

                Batch batch = pipeline.extract().get(0);
                print("extract", batch.files());
                print("transform", pipeline.transform(batch.number()).files());
                print(pipeline.load(batch.number()));

                shop.advance(connection, 3);
                print(
                        "extract some",
                        pipeline.extract(List.of("sales_order")).get(0).files());
                pipeline.transform().forEach(processed -> print("transform the rest", processed.files()));
                print(pipeline.load());
            }
        }
    }

    private static void print(String step, List<BatchFile> files) {
        System.out.println(step);
        files.stream()
                .sorted(Comparator.comparing(BatchFile::table))
                .forEach(file -> System.out.println("  " + file.table() + ": " + file.key()));
    }

    private static void print(RunReport loaded) {
        System.out.println("load");
        loaded.tables().stream()
                .sorted(Comparator.comparing(TableReport::table))
                .forEach(table -> System.out.println("  " + table.table() + ": " + table.written()));
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
