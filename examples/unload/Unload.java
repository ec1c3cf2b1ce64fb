package examples.unload;

import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.cassandra.UnloadReport;
import io.github.keywharf.format.Csv;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.testing.CassandraServer;
import java.nio.file.Path;

/** A table out of Cassandra into Parquet and CSV files, and from there into another table. */
public final class Unload {
    private Unload() {}

    /** Prints what is in the folder and in the other table. */
    public static void main(String[] args) {
        try (CassandraServer server = CassandraServer.builder().start();
                CassandraManager cassandra = CassandraManager.builder()
                        .contactPoint(server.host(), server.port())
                        .localDatacenter(server.localDatacenter())
                        .credentials(server.superuser(), Secret.of(server.superuserPassword()))
                        .keyspace(server.createKeyspace("shop"))
                        .connect()) {
            for (String table : new String[] {"orders", "orders_copy"}) {
                cassandra.execute("CREATE TABLE " + table
                        + " (id int PRIMARY KEY, customer text, tags set<text>, total decimal)");
            }
            cassandra.execute("INSERT INTO orders (id, customer, tags, total) VALUES (1, 'Ada', {'new'}, 12.50)");
            cassandra.execute(
                    "INSERT INTO orders (id, customer, tags) VALUES (2, 'Grace, Rear Adm.', {'gift', 'new'})");
            cassandra.execute("INSERT INTO orders (id, total) VALUES (3, 7.00)");
            ObjectStore store = ObjectStore.ofDirectory(Path.of("unloaded"));

            // With one reader the rows come in the order of the ring.
            UnloadReport parquet = cassandra
                    .table("orders")
                    .scan()
                    .parallelism(1)
                    .columnType("total", ColumnType.decimal(10, 2))
                    .unload(store, "orders/parquet")
                    .files(1)
                    .run();
            System.out.println(
                    parquet.rows() + " rows in " + parquet.files().get(0).key());
            System.out.println(Parquet.reader(
                            store, "orders/parquet/" + parquet.files().get(0).key())
                    .rows()
                    .toTable());

            UnloadReport csv = cassandra
                    .table("orders")
                    .scan()
                    .parallelism(1)
                    .columns("id", "customer", "tags")
                    .unload(store, "orders/csv")
                    .csv()
                    .files(1)
                    .run();
            String key = "orders/csv/" + csv.files().get(0).key();
            System.out.println(new String(store.readSmall(key), java.nio.charset.StandardCharsets.UTF_8));

            // The other way: text is read as the columns' types, JSON as collections.
            cassandra.table("orders_copy").write(Csv.reader(store, key).rows());
            System.out.println(cassandra
                    .execute("SELECT id, customer, tags FROM orders_copy WHERE id = 2")
                    .table());
        }
    }
}
