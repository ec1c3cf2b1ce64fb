package examples.quickstart;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.cassandra.CassandraKeyRing;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.cassandra.IssuerLogin;
import io.github.keywharf.cassandra.Onboarding;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.Actor;
import io.github.keywharf.key.KeyRequest;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.table.Table;
import io.github.keywharf.table.WriteReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Two organisations in one Cassandra, each under a key of its own that the server itself enforces. */
final class Tenants implements AutoCloseable {
    private static final Organisation TOTES = Organisation.of("totes");
    private static final Organisation RIVAL = Organisation.of("rival");
    private static final String FROM = "127.0.0.1";
    private static final Actor OPERATOR = Actor.of("quickstart", FROM);

    private static final String SALES = """
            SELECT to_char(created_date, 'YYYY-MM') AS month, sales_order_id, created_date, currency_code, units_sold,
                unit_price FROM current_sales_order JOIN dim_currency USING (currency_id)""";

    private final Servers servers;
    private final String datacenter;
    private final CassandraManager library;
    private final CassandraKeyRing keys;

    private Tenants(Servers servers, CassandraManager library, String datacenter) {
        this.servers = servers;
        this.library = library;
        this.datacenter = datacenter;
        this.keys = library.keys();
    }

    /** What a superuser does once; from then on the library logs in with a role of few rights. */
    static Tenants setUp(Servers servers) {
        String datacenter = servers.cassandraDatacenter();
        try (CassandraManager superuser = servers.superuser()) {
            IssuerLogin login = superuser
                    .keys()
                    .setup()
                    .replicas(datacenter, 1)
                    .mayCreateKeyspaces(true)
                    .run();
            return new Tenants(
                    servers, servers.cassandra(login.role(), login.password().orElseThrow()), datacenter);
        }
    }

    /** Onboards both organisations, and gives each a table. */
    void onboard() {
        for (Organisation organisation : new Organisation[] {TOTES, RIVAL}) {
            keys.onboard(Onboarding.of(organisation, organisation + "_sales").creating(datacenter, 1), OPERATOR);
        }
        try (CassandraManager superuser = servers.superuser()) {
            superuser.execute("""
                    CREATE TABLE totes_sales.sales (month text, sales_order_id int, created_date date, currency_code text,
                        units_sold int, unit_price decimal, PRIMARY KEY (month, sales_order_id))
                    WITH comment = 'orders as they are now, by the month they were made'""");
        }
    }

    /** Issues the key of the first organisation and loads its sales with it; the rows that came to be there. */
    long load(PostgresDatabase warehouse) {
        try (AccessKey key = keys.issue(KeyRequest.of(TOTES).withLabel("nightly load"), OPERATOR)) {
            System.out.println("A key for " + TOTES + ", whose text is shown to its holder once: " + key);
            try (CassandraManager totes = keys.open(key, FROM)) {
                WriteReport report =
                        totes.table("sales").write(warehouse.query(SALES).rows());
                System.out.println("Its sales, loaded with it: " + report);
                Table months = totes.execute(
                                "SELECT month, count(*) AS orders, sum(units_sold) AS units FROM sales GROUP BY month")
                        .all();
                System.out.println(months.print(4));
                return totes.execute("SELECT count(*) AS orders FROM sales")
                        .one()
                        .flatMap(row -> Optional.ofNullable(row.value("orders", Long.class)))
                        .orElse(0L);
            }
        }
    }

    /** Tries the second organisation's key on the first one's data; the code of the refusal, if it was refused. */
    String trespass() {
        try (AccessKey key = keys.issue(KeyRequest.of(RIVAL), OPERATOR);
                CassandraManager rival = keys.open(key, FROM)) {
            try {
                rival.execute("SELECT * FROM totes_sales.sales");
                return "let in";
            } catch (KeywharfException e) {
                System.out.println(RIVAL + "'s key, tried on " + TOTES + "' table, is refused by the server:\n  "
                        + e.getMessage());
                return e.code();
            }
        }
    }

    /** Writes the page of what is in the cluster, as a superuser sees it. */
    Path dictionary(Path folder) throws IOException {
        try (CassandraManager superuser = servers.superuser()) {
            return superuser
                    .dictionary()
                    .read()
                    .write(Files.createDirectories(folder)
                            .resolve("dictionary.html")
                            .toAbsolutePath());
        }
    }

    @Override
    public void close() {
        library.close();
    }
}
