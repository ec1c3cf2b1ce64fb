package examples.appflow;

import io.github.keywharf.aws.AWSManager;
import io.github.keywharf.aws.AwsService;
import io.github.keywharf.aws.FlowData;
import io.github.keywharf.aws.FlowRun;
import io.github.keywharf.format.Csv;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.FakeServer;
import io.github.keywharf.testing.S3Server;
import io.github.keywharf.testing.aws.AwsKeys;
import io.github.keywharf.testing.aws.FakeAppFlow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A run of a flow started, awaited and read. Talks to a stand-in for AppFlow; with AWS the endpoints are left out. */
public final class AppFlow {

    private AppFlow() {}

    /** A row of the run. */
    public record Contact(String id, String name) {}

    /** Starts a run, reads its files as rows with types, and gives the files names for Spark. */
    public static void main(String[] args) throws IOException {
        FakeAppFlow flows = new FakeAppFlow().define("crm-contacts", "OnDemand");
        try (FakeServer appFlow = FakeServer.start(flows);
                S3Server s3 = S3Server.start(AwsKeys.ACCESS_KEY, AwsKeys.SECRET_KEY);
                AWSManager aws = AWSManager.builder()
                        .credentials(AwsKeys.ACCESS_KEY, Secret.of(AwsKeys.SECRET_KEY))
                        .region("eu-west-1")
                        .endpoint(s3.endpoint())
                        .endpoint(AwsService.APPFLOW, appFlow.uri())
                        .pathStyle(true)
                        .connect()) {
            s3.createBucket("crm-flows");

            String id = aws.startFlow("crm-contacts").executionId().orElseThrow();
            write(aws.store("crm-flows"), "contact/" + id + "/part-0");
            flows.finish(id, 3);
            FlowRun run = aws.flow("crm-contacts").await(id, Duration.ofMinutes(10));
            System.out.println(run.status() + ", " + run.recordsProcessed() + " records");

            FlowData contacts = aws.flow("crm-contacts").data();
            System.out.println(contacts.table());
            contacts.columns("Id", "Name").records(Contact.class).forEach(System.out::println);

            Schema schema = Schema.of(
                    Column.required("Id", ColumnType.STRING),
                    Column.nullable("Name", ColumnType.STRING),
                    Column.nullable("Birthdate", ColumnType.DATE));
            WriteReport report = contacts.typed(schema)
                    .into(Parquet.writer(Path.of("contacts.parquet")).sink(), RejectListener.keep(100));
            System.out.println(report.written() + " written, " + report.rejected() + " rejected");
            report.rejects().forEach(row -> System.out.println(row.column() + ": " + row.reason()));
            System.out.println(Parquet.reader(Path.of("contacts.parquet")).schema());

            aws.ensureSparkFormat("crm-contacts").items().forEach(System.out::println);
            System.out.println(aws.ensureSparkFormat("crm-contacts"));
        }
    }

    /** What AppFlow would write: a Parquet file without a suffix, with all columns as text. */
    private static void write(ObjectStore store, String key) throws IOException {
        Path file = Files.writeString(Path.of("contacts.csv"), """
                Id,Name,Birthdate
                C-1,Ada Lovelace,1815-12-10
                C-2,Scarlett O'Hara,
                C-3,Nobody,yesterday
                """);
        Parquet.writer(store, key).sink().write(Csv.reader(file).rows());
    }
}
