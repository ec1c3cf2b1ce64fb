package examples.namedquery;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.sql.NewEntryQuery;
import io.github.keywharf.testing.PostgresServer;
import java.util.List;

/** Statements with named parameters, and the query for what a table got in a window of time. */
public final class NamedQuery {
    private NamedQuery() {}

    /** Asks an embedded server. */
    public static void main(String[] args) {
        try (PostgresServer server = PostgresServer.start();
                PostgresDatabase database = PostgresDatabase.builder()
                        .host(server.host())
                        .port(server.port())
                        .database("postgres")
                        .credentials(server.user(), Secret.of(server.password()))
                        .build()) {
            server.execute(
                    "postgres",
                    "CREATE TABLE sales_order (sales_order_id int, staff_id int, last_updated timestamp(3))",
                    """
                    INSERT INTO sales_order VALUES (1, 7, '2024-05-20 09:00:10'), (2, 8, '2024-05-20 12:10:03.998'),
                        (3, 7, '2024-05-21 08:15:09.001')""");

            System.out.println(
                    database.query("SELECT * FROM sales_order WHERE staff_id = ANY(:staff) AND last_updated < :before")
                            .bind("staff", List.of(7, 9))
                            .bind("before", "2024-05-21")
                            .table());

            NewEntryQuery window = NewEntryQuery.of("sales_order", "2024-05-20 12:00:00", "2024-05-21 12:00:00.000");
            System.out.println(window);
            System.out.println(database.query(window.sql()).table());

            long changed = database.query("UPDATE sales_order SET staff_id = :to WHERE staff_id = :from")
                    .bind("from", 7)
                    .bind("to", 9)
                    .update();
            System.out.println(changed + " rows changed");
            try {
                database.query("SELECT :one, :two")
                        .bind("one", "'; DROP TABLE sales_order")
                        .table();
            } catch (KeywharfException e) {
                System.out.println(e.code() + ": " + e.getMessage());
            }
        }
    }
}
