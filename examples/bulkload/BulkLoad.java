package examples.bulkload;

import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.format.Csv;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.CassandraServer;
import java.nio.file.Files;
import java.nio.file.Path;

/** A CSV file into a table: bad rows are reported, the last row of a key wins, and a finished load is not repeated. */
public final class BulkLoad {
    private BulkLoad() {}

    /** Loads into a server of its own. */
    public static void main(String[] args) throws Exception {
        Path file = Files.writeString(Path.of("actions.csv"), """
                userId,day,action,amount
                7,2024-05-20,merge,1.50
                8,2024-05-20,merge,2.00
                8,2024-02-30,merge,2.00
                7,2024-05-20,undo,0.50
                """);
        try (CassandraServer server = CassandraServer.builder().start();
                CassandraManager cassandra = CassandraManager.builder()
                        .contactPoint(server.host(), server.port())
                        .localDatacenter(server.localDatacenter())
                        .credentials(server.superuser(), Secret.of(server.superuserPassword()))
                        .trust(server.caCertificate())
                        .connect()) {
            String keyspace = server.createKeyspace("shop");
            server.execute("CREATE TABLE " + keyspace
                    + ".actions (user_id int, day date, action text, amount decimal, PRIMARY KEY (user_id, day))");

            CassandraManager shop = cassandra.withKeyspace(keyspace);
            ObjectStore notes = ObjectStore.inMemory();
            for (int call = 1; call <= 2; call++) {
                WriteReport report = shop.table("actions")
                        .sink()
                        .checkpoint(notes, "loads/actions", "actions.csv of 20 May")
                        .build()
                        .write(Csv.reader(file).rows(), RejectListener.keep(100));
                System.out.println(report.read() + " read, " + report.written() + " written");
                report.rejects().forEach(System.out::println);
            }
            System.out.println(shop.execute("SELECT user_id, day, action, CAST(amount AS text) AS amount FROM actions")
                    .table());
        }
    }
}
