package examples.quickstart;

import io.github.keywharf.aws.AWSManager;
import io.github.keywharf.aws.AwsService;
import io.github.keywharf.aws.FlowData;
import io.github.keywharf.aws.FlowRun;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.query.QueryEngine;
import io.github.keywharf.query.duckdb.DuckDbEngine;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import io.github.keywharf.testing.FakeServer;
import io.github.keywharf.testing.S3Server;
import io.github.keywharf.testing.aws.AwsKeys;
import io.github.keywharf.testing.aws.FakeAppFlow;
import java.time.Duration;

/**
 * A run of Amazon AppFlow, and a question that joins what it wrote with the warehouse. There is no AppFlow to run on one's own
 * machine, so a stand-in answers, which {@code docs/reference/fake-appflow.md} describes; the files lie on a real S3 server.
 */
final class Runs {
    private static final String FLOW = "crm-customers";
    private static final String BUCKET = "crm-flows";
    private static final Schema CUSTOMERS =
            Schema.of(Column.required("counterparty_id", ColumnType.INT32), Column.required("name", ColumnType.STRING));

    private final PostgresDatabase source;
    private final PostgresDatabase warehouse;

    Runs(PostgresDatabase source, PostgresDatabase warehouse) {
        this.source = source;
        this.warehouse = warehouse;
    }

    /**
     * Starts the flow, reads the run's files, and asks who buys most.
     *
     * @return how many units all customers bought
     */
    String run() {
        FakeAppFlow flows = new FakeAppFlow().define(FLOW, "OnDemand");
        try (FakeServer appFlow = FakeServer.start(flows);
                S3Server s3 = S3Server.start(AwsKeys.ACCESS_KEY, AwsKeys.SECRET_KEY);
                AWSManager aws = AWSManager.builder()
                        .credentials(AwsKeys.ACCESS_KEY, Secret.of(AwsKeys.SECRET_KEY))
                        .region("eu-west-1")
                        .endpoint(s3.endpoint())
                        .endpoint(AwsService.APPFLOW, appFlow.uri())
                        .pathStyle(true)
                        .connect();
                QueryEngine engine = DuckDbEngine.builder().open()) {
            s3.createBucket(BUCKET);
            String id = aws.startFlow(FLOW).executionId().orElseThrow();
            flows.finish(id, write(aws, id));
            FlowRun run = aws.flow(FLOW).await(id, Duration.ofMinutes(1));
            System.out.println("The run is " + run.status() + ", with " + run.recordsProcessed() + " records");
            System.out.println(aws.ensureSparkFormat(FLOW));

            FlowData customers = aws.flow(FLOW).data();
            engine.table("customer", customers.typed(CUSTOMERS).rows());
            engine.table("sale", warehouse.query("""
                    SELECT counterparty_id, units_sold FROM current_sales_order""").rows());
            Table best = engine.query("""
                    SELECT name, count(*) AS orders, sum(units_sold) AS units
                    FROM sale JOIN customer USING (counterparty_id)
                    GROUP BY name ORDER BY units DESC, name LIMIT 5""").table();
            System.out.println(best.print(best.size()));
            return engine.query(
                            "SELECT sum(units_sold)::VARCHAR AS units FROM sale JOIN customer USING (counterparty_id)")
                    .table()
                    .row(0)
                    .string("units");
        }
    }

    /** What AppFlow would write: a Parquet file without a suffix, with all columns as text. Returns its rows. */
    private long write(AWSManager aws, String id) {
        return Parquet.writer(aws.store(BUCKET), "contact/" + id + "/part-0")
                .sink()
                .write(source.query("""
                        SELECT counterparty_id::text AS counterparty_id, counterparty_legal_name AS name
                        FROM counterparty ORDER BY counterparty.counterparty_id""").rows())
                .written();
    }
}
