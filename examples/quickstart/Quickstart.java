package examples.quickstart;

import io.github.keywharf.aws.AWSManager;
import io.github.keywharf.event.Event;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.format.RejectedRows;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Table;
import io.github.keywharf.totesys.RejectedFile;
import io.github.keywharf.totesys.RunReport;
import io.github.keywharf.totesys.StarSchema;
import io.github.keywharf.totesys.TotesysPipeline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Carries a year of a shop's orders into a star-schema warehouse, lets things go wrong in the shop, shows what the
 * warehouse makes of it, and hands the result to an organisation under a key of its own. Needs nothing but a JDK; run it with {@code ./mvnw -q -Pquickstart}.
 */
public final class Quickstart {
    private static final Path FOLDER = Path.of("target", "quickstart");
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("EEE d MMM", Locale.ENGLISH);
    private static final int QUIET_DAYS = 5;
    private static final int STEPS = 9;

    private final Story story;
    private final Connection source;
    private final PostgresDatabase sourceDatabase;
    private final PostgresDatabase warehouse;
    private final ObjectStore ingestion;
    private final ObjectStore processed;
    private final TotesysPipeline pipeline;
    private final EventListener terminal = EventListener.terminal();
    private boolean showsProgress;
    private final Map<String, RunReport> runs = new LinkedHashMap<>();
    private final Checks checks = new Checks();
    private int step;

    private Quickstart(
            Connection source,
            PostgresDatabase sourceDatabase,
            PostgresDatabase warehouse,
            ObjectStore ingestion,
            ObjectStore processed) {
        this.story = new Story(source);
        this.source = source;
        this.sourceDatabase = sourceDatabase;
        this.warehouse = warehouse;
        this.ingestion = ingestion;
        this.processed = processed;
        this.pipeline = TotesysPipeline.builder()
                .source(sourceDatabase.source())
                .ingestion(ingestion)
                .processed(processed)
                .warehouse(warehouse.warehouse())
                .events(this::tell)
                .build();
    }

    /** Runs all steps; the exit code is 1 when a check fails. */
    public static void main(String[] args) throws SQLException, IOException {
        System.out.println(
                "Keywharf carries a shop's order database into a warehouse and to its owner: a tour of about a minute"
                        + " once it is built.");
        boolean allWell;
        try (Servers servers = Servers.start();
                Connection source = servers.connection(Servers.SOURCE);
                Connection warehouseJdbc = servers.connection(Servers.WAREHOUSE);
                PostgresDatabase sourceDatabase = servers.database(Servers.SOURCE);
                PostgresDatabase warehouse = servers.database(Servers.WAREHOUSE);
                AWSManager aws = servers.aws()) {
            Quickstart tour = new Quickstart(
                    source, sourceDatabase, warehouse, aws.store(Servers.INGESTION), aws.store(Servers.PROCESSED));
            System.out.println("Started, for this tour only: " + servers);
            tour.walk(warehouseJdbc, servers);
            allWell = tour.checks.allWell();
        }
        System.exit(allWell ? 0 : 1);
    }

    private void walk(Connection warehouseJdbc, Servers servers) throws SQLException, IOException {
        step("The source: a year of orders, payments and designs, as the shop's own application writes them");
        story.history();
        System.out.println(sourceDatabase.query("""
            SELECT (SELECT count(*) FROM sales_order) AS sales, (SELECT count(*) FROM purchase_order)
                AS purchases, (SELECT count(*) FROM payment) AS payments,
                (SELECT count(*) FROM design) AS designs\
            """).all());

        step("The first run: everything goes through two S3 zones into the warehouse, a bar for each table");
        System.out.println(pipeline.createWarehouse().size() + " statements made the warehouse");
        showsProgress = true;
        RunReport first = run("first run", pipeline.run());
        showsProgress = false;
        System.out.println("\n" + first);

        step(QUIET_DAYS + " more days, a run after each: only what changed is carried");
        for (int day = 0; day < QUIET_DAYS; day++) {
            LocalDate reached = story.nextDay();
            RunReport report = run(DAY.format(reached), pipeline.run());
            System.out.printf(
                    Locale.ROOT,
                    "%10s: %,4d rows read, %,4d new in the warehouse, in %.1f s%n",
                    DAY.format(reached),
                    report.written("extract"),
                    report.written("load"),
                    report.took().toMillis() / 1e3);
        }
        checks.enter("the source is consistent before faults are injected", story.brokenLaws());

        step("Mishaps: orders changed behind the time stamps, one deleted, one with a date that is not valid");
        Story.Mishaps mishaps = story.mishaps();
        System.out.println(run("mishaps", pipeline.run()));
        Table history = history(mishaps.edited());
        System.out.println("\nOrder " + mishaps.edited() + " was edited silently, and has both versions:\n" + history);

        step("The rejected row: what it was, why, and how it comes back");
        RejectedRow rejected = repair(mishaps);

        step("Reconciliation: everything is read again, so that the deletion is seen");
        RunReport reconciled = run("reconciliation", pipeline.reconcile());
        System.out.printf(
                Locale.ROOT,
                "%,d rows read, %,d found to differ, %,d found deleted, in %.1f s%n",
                reconciled.written("extract"),
                reconciled.written("load"),
                reconciled.deleted(),
                reconciled.took().toMillis() / 1e3);
        Table deleted = warehouse
                .query("SELECT table_name, key_value, last_record_id, batch FROM keywharf_deletion")
                .all();
        System.out.println(
                "\nThe deletion in the control table; the order's versions stay, its current state is gone:\n"
                        + deleted);

        step("The warehouse: rows by table, versions and current state");
        Table counts = counts();
        System.out.println(counts.print(counts.size()));
        System.out.println(objects(ingestion) + "; " + objects(processed));

        step("An organisation's own key: Cassandra lets it in, and keeps the other one out");
        Path dictionary = organisations(servers);

        step("The check: source and warehouse compared by SQL alone");
        checks.compareRows(source, warehouseJdbc, mishaps.deleted());
        checks.compareSales(sourceDatabase, warehouse);
        checks.expect(
                "the control table holds the one deletion",
                "[" + mishaps.deleted() + "]",
                deleted.rows().stream()
                        .map(row -> row.string("key_value"))
                        .toList()
                        .toString());
        checks.expect(
                "a run now finds nothing new",
                "0",
                String.valueOf(pipeline.run().written("load")));
        System.out.println(checks);
        Path page = new Page(runs, counts, history, deleted, rejected, checks).write(FOLDER, warehouse);
        System.out.println("\nA picture of it all: " + page.toUri());
        System.out.println("What is in Cassandra: " + dictionary.toUri());
    }

    private Path organisations(Servers servers) throws IOException {
        try (Tenants tenants = Tenants.setUp(servers)) {
            tenants.admit();
            checks.expect(
                    "Cassandra has each current order",
                    warehouse.query("SELECT count(*) AS orders FROM current_sales_order").all().rows().stream()
                            .findFirst()
                            .orElseThrow()
                            .string("orders"),
                    String.valueOf(tenants.load(warehouse)));
            checks.expect(
                    "the server refuses an organisation the data of another", "cassandra.denied", tenants.trespass());
            return tenants.dictionary(FOLDER);
        }
    }

    private void tell(Event event) {
        if (showsProgress || event.level().compareTo(Event.Level.WARNING) >= 0) {
            terminal.onEvent(event);
        }
    }

    /** Begins a step: its number, and what it shows. */
    private void step(String title) {
        step++;
        System.out.println("\n== " + step + " of " + STEPS + ". " + title);
    }

    private RunReport run(String name, RunReport report) {
        runs.put(name, report);
        return report;
    }

    private Table history(int order) {
        return warehouse.query("""
            SELECT sales_record_id, units_sold, unit_price, agreed_delivery_date, last_updated_date,
                last_updated_time FROM fact_sales_order
            WHERE sales_order_id = :order ORDER BY sales_record_id\
            """).bind("order", order).all();
    }

    /** Puts the rejected row right in a copy of its file, as a person would with an editor, and hands the copy back. */
    private RejectedRow repair(Story.Mishaps mishaps) throws SQLException, IOException {
        RejectedFile file = pipeline.listRejected().get(0);
        System.out.println("In s3://processed/" + file.key() + ":");
        RejectedRow row;
        try (Stream<RejectedRow> rows = RejectedRows.read(processed, file.key())) {
            row = rows.findFirst().orElseThrow();
        }
        System.out.println("  order " + row.row().get("sales_order_id") + ", " + row);
        String bad = "\"" + row.row().get("agreed_delivery_date") + "\"";
        String text = new String(processed.readSmall(file.key()), StandardCharsets.UTF_8);
        Path copy = Files.writeString(
                Files.createDirectories(FOLDER).resolve("repaired.jsonl"),
                text.replace(bad, "\"" + mishaps.goodDate() + "\""));
        System.out.println(
                "To repair it, put the date right in a copy of the file and call pipeline.repair(file, copy):");
        System.out.println(run("repair", pipeline.repair(file, copy)));
        story.correct(mishaps);
        return row;
    }

    private Table counts() {
        String union = String.join(
                " UNION ALL ",
                StarSchema.totesys().warehouseTables().stream()
                        .map(table ->
                                "SELECT '" + table.name() + "' AS table_name, (SELECT count(*) FROM " + table.name()
                                        + ") AS rows, "
                                        + (table.isFact()
                                                ? "(SELECT count(*) FROM current_"
                                                        + table.name().substring("fact_".length()) + ")"
                                                : "null::bigint")
                                        + " AS current")
                        .toList());
        return warehouse.query(union).all();
    }

    private static String objects(ObjectStore store) {
        try (Stream<StoredObject> objects = store.list("")) {
            List<StoredObject> all = objects.toList();
            long bytes = all.stream().mapToLong(StoredObject::size).sum();
            return String.format(Locale.ROOT, "%s: %,d objects, %,d KB", store.name(), all.size(), bytes / 1024);
        }
    }
}
