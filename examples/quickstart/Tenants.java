package examples.quickstart;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.cassandra.key.CassandraKeyRing;
import io.github.keywharf.cassandra.key.IssuerLogin;
import io.github.keywharf.cassandra.key.Onboarding;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.Actor;
import io.github.keywharf.key.KeyRequest;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.table.Table;
import io.github.keywharf.table.WriteReport;
import java.io.IOException;
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
                unit_price, json_build_object('city', city, 'country', country)::text AS delivered_to
            FROM current_sales_order JOIN dim_currency USING (currency_id)
                JOIN dim_location ON location_id = agreed_delivery_location_id""";

    private final Servers servers;
    private final String datacenter;
    private final CassandraManager library;
    private final CassandraKeyRing keys;

    private Tenants(Servers servers, CassandraManager library, String datacenter) {
        this.servers = servers;
        this.library = library;
        this.datacenter = datacenter;
        this.keys = CassandraKeyRing.of(library);
    }

    /** What a superuser does once; from then on the library logs in with a role of few rights. */
    static Tenants setUp(Servers servers) {
        String datacenter = servers.cassandraDatacenter();
        try (CassandraManager superuser = servers.superuser()) {
            IssuerLogin login = CassandraKeyRing.of(superuser)
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
            superuser.execute("CREATE TYPE totes_sales.place (city text, country text)");
            superuser.execute("""
                    CREATE TABLE totes_sales.sales (month text, sales_order_id int, created_date date, currency_code text,
                        units_sold int, unit_price decimal, delivered_to frozen<place>, PRIMARY KEY (month, sales_order_id))
                    WITH comment = 'current orders, by the month they were made'""");
            superuser.execute("""
                    CREATE MATERIALIZED VIEW totes_sales.sales_by_currency AS SELECT * FROM totes_sales.sales
                    WHERE currency_code IS NOT NULL AND month IS NOT NULL AND sales_order_id IS NOT NULL
                    PRIMARY KEY ((currency_code, month), sales_order_id)""");
        }
    }

    /**
     * Issues the key of the first organisation, loads its sales with it, and writes the data dictionary that the key sees.
     *
     * @return how many rows its table has then
     */
    long load(PostgresDatabase warehouse, Path dictionary) throws IOException {
        try (AccessKey key = keys.issue(KeyRequest.of(TOTES).withLabel("nightly load"), OPERATOR)) {
            System.out.println("A key for " + TOTES + ", whose text is shown to its holder once: " + key);
            try (CassandraManager totes = keys.open(key, FROM)) {
                WriteReport report =
                        totes.table("sales").write(warehouse.query(SALES).rows());
                System.out.println("Its sales, loaded with it: " + report);
                Table months = totes.execute(
                                "SELECT month, count(*) AS orders, sum(units_sold) AS units FROM sales GROUP BY month")
                        .table();
                System.out.println(months.print(4));
                totes.dictionary().read().write(dictionary);
                return totes.execute("SELECT count(*) AS orders FROM sales")
                        .one()
                        .flatMap(row -> Optional.ofNullable(row.value("orders", Long.class)))
                        .orElse(0L);
            }
        }
    }

    /** Uses the second organisation's key on the first one's data; the server's refusal, unless the key got in. */
    Optional<KeywharfException> trespass() {
        try (AccessKey key = keys.issue(KeyRequest.of(RIVAL), OPERATOR);
                CassandraManager rival = keys.open(key, FROM)) {
            try {
                rival.execute("SELECT * FROM totes_sales.sales");
                return Optional.empty();
            } catch (KeywharfException e) {
                System.out.println(
                        "The server rejects " + RIVAL + "'s key on the table of " + TOTES + ":\n  " + e.getMessage());
                return Optional.of(e);
            }
        }
    }

    @Override
    public void close() {
        library.close();
    }
}
