package examples.quickstart;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.aws.AWSManager;
import io.github.keywharf.event.Event;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.format.RejectedRows;
import io.github.keywharf.pipeline.PipelineStep;
import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.pipeline.zone.RejectedFile;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Table;
import io.github.keywharf.testing.CassandraServer;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Loads a year of a shop's orders into a star-schema warehouse, injects faults into the source, shows how the warehouse
 * handles them, and copies the orders to an organisation under a key of its own. Needs nothing but a JDK; run it with
 * {@code ./mvnw -q -Pquickstart}, where Cassandra is not wanted with {@code -Dquickstart.cassandra=false}.
 */
public final class Quickstart {
    private static final Path FOLDER = Path.of(System.getProperty("quickstart.folder", "target/quickstart"));
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("EEE d MMM", Locale.ENGLISH);
    private static final int QUIET_DAYS = 5;
    private static final int STEPS = 13;

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
    private final List<Page.Fault> faults = new ArrayList<>();
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
                .events(this::show)
                .build();
    }

    /** Runs all steps; the exit code is 1 when a check fails. */
    public static void main(String[] args) throws SQLException, IOException {
        System.out.println("Keywharf loads a shop's order database into a warehouse, and from there\n"
                + "to its owner. This takes about a minute.");
        boolean allPassed;
        try (Servers servers = Servers.start(withoutCassandra());
                Connection source = servers.connection(Servers.SOURCE);
                Connection warehouseJdbc = servers.connection(Servers.WAREHOUSE);
                PostgresDatabase sourceDatabase = servers.database(Servers.SOURCE);
                PostgresDatabase warehouse = servers.database(Servers.WAREHOUSE);
                AWSManager aws = servers.aws()) {
            Quickstart tour = new Quickstart(
                    source, sourceDatabase, warehouse, aws.store(Servers.INGESTION), aws.store(Servers.PROCESSED));
            System.out.println("Started for this tour only:\n" + servers);
            tour.walk(warehouseJdbc, servers);
            allPassed = tour.checks.allPassed();
        }
        System.exit(allPassed ? 0 : 1);
    }

    private static Optional<String> withoutCassandra() {
        return Boolean.parseBoolean(System.getProperty("quickstart.cassandra", "true"))
                ? CassandraServer.unsupportedOn(System.getProperty("os.name"))
                : Optional.of("switched off by -Dquickstart.cassandra=false");
    }

    private void walk(Connection warehouseJdbc, Servers servers) throws SQLException, IOException {
        step("The source: a year of orders, payments and designs");
        story.history();
        System.out.println(sourceDatabase.query("""
            SELECT (SELECT count(*) FROM sales_order) AS sales, (SELECT count(*) FROM purchase_order)
                AS purchases, (SELECT count(*) FROM payment) AS payments,
                (SELECT count(*) FROM design) AS designs\
            """).table());

        step("The first run: all rows go through two S3 zones to the warehouse");
        System.out.println(pipeline.createWarehouse().size() + " statements created the warehouse");
        showsProgress = true;
        RunReport first = run("first run", pipeline.run());
        showsProgress = false;
        System.out.println("\n" + first);

        step(QUIET_DAYS + " more days, with a run after each: only changes are read");
        for (int day = 0; day < QUIET_DAYS; day++) {
            LocalDate reached = story.nextDay();
            RunReport report = run(DAY.format(reached), pipeline.run());
            System.out.printf(
                    Locale.ROOT,
                    "%10s: %,4d rows read, %,4d new in the warehouse, in %.1f s%n",
                    DAY.format(reached),
                    report.written(PipelineStep.EXTRACT),
                    report.written(PipelineStep.LOAD),
                    report.took().toMillis() / 1e3);
        }
        checks.enter("the source is consistent before faults are injected", story.violations());

        step("Faults: an order edited silently, one deleted, one invalid");
        Story.Faults injected = story.injectFaults();
        System.out.println(run("faults injected", pipeline.run()));
        Table history = history(injected.edited());
        fault(
                "Order " + injected.edited() + " is edited, and last_updated stays as it was",
                "The change is found by its transaction number. The fact keeps both versions.",
                Map.of("Before and after, in fact_sales_order", history));
        System.out.println("\nOrder " + injected.edited() + " was edited silently, and has both versions:\n" + history);

        step("The rejected row: why it was rejected, and how it is repaired");
        RejectedRow rejected = repair(injected);
        Map<String, Object> repaired = new LinkedHashMap<>();
        repaired.put("Before: in the dead-letter file", rejected.toString());
        repaired.put("After the repair: in the warehouse", current(injected.bad()));
        fault(
                "Order " + injected.bad() + " is given a delivery date that does not exist",
                "The row goes to a dead-letter file with the reason, and the load continues. The corrected file is loaded.",
                repaired);

        step("Reconciliation: a second look at all rows finds the deletion");
        Map<String, Object> deletion = new LinkedHashMap<>();
        deletion.put("Before: in the view of the current state", current(injected.deleted()));
        RunReport reconciled = run("reconciliation", pipeline.reconcile());
        System.out.printf(
                Locale.ROOT,
                "%,d rows read, %,d found to differ, %,d found deleted, in %.1f s%n",
                reconciled.written(PipelineStep.EXTRACT),
                reconciled.written(PipelineStep.LOAD),
                reconciled.deleted(),
                reconciled.took().toMillis() / 1e3);
        Table deleted = warehouse
                .query("SELECT table_name, key_value, last_record_id, batch FROM keywharf_deletion")
                .table();
        deletion.put("After: in the control table of deletions", deleted);
        deletion.put("After: in the view of the current state", current(injected.deleted()));
        fault(
                "Order " + injected.deleted() + " is deleted",
                "Reconciliation finds it. The versions stay in the fact, and the view of the current state drops it.",
                deletion);
        System.out.println(
                "\nThe deletion in the control table; the order's versions stay, and the current state no longer has"
                        + " it:\n" + deleted);

        step("The warehouse: rows by table, versions and current state");
        Table counts = counts();
        System.out.println(counts.print(counts.size()));
        System.out.println(objects(ingestion) + "; " + objects(processed));

        step("A key of its own: Cassandra rejects another organisation's");
        Path dictionary =
                Files.createDirectories(FOLDER).resolve("dictionary.html").toAbsolutePath();
        if (servers.withoutCassandra().isEmpty()) {
            organisations(servers, dictionary);
        } else {
            System.out.println("Left out: " + servers.withoutCassandra().get());
        }

        step("Clients' files: two tenants upload, one file is too large");
        try (Shares shares = new Shares(Files.createTempDirectory("keywharf-shares"))) {
            long uploaded = new Uploads(
                            warehouse, warehouseJdbc, Files.createTempDirectory("keywharf-uploads"), shares.usage())
                    .run();
            checks.expect("each row that was uploaded is in its tenant's table", "4000", String.valueOf(uploaded));

            step("Sharing: each reads its own usage, and not the other's");
            checks.expect(
                    "each tenant reads its own usage, and nothing of the other's",
                    "[customer-1 3000 rows, customer-2 1000 rows, sharing.not_found]",
                    shares.run(List.of("customer-1", "customer-2"), FOLDER).toString());
        }

        step("Salesforce (a stand-in): staff become contacts, and are copied");
        String staff = sourceDatabase
                .query("SELECT count(*) AS staff FROM staff")
                .one()
                .orElseThrow()
                .string("staff");
        checks.expect(
                "the copy has all contacts, and what was changed in Salesforce",
                staff + " contacts, 1 with a title",
                new Contacts(sourceDatabase, warehouse, warehouseJdbc, Files.createTempDirectory("keywharf-copies"))
                        .run());

        step("AppFlow (a stand-in): its files joined with the warehouse by SQL");
        checks.expect(
                "the run's customers bought all units that the source has",
                sourceDatabase
                        .query("SELECT sum(units_sold)::text AS units FROM sales_order")
                        .one()
                        .orElseThrow()
                        .string("units"),
                new Runs(sourceDatabase, warehouse).run());

        step("The check: source and warehouse compared by SQL alone");
        checks.compareRows(source, warehouseJdbc, injected.deleted());
        checks.compareSales(sourceDatabase, warehouse);
        checks.expect(
                "the control table holds the one deletion",
                "[" + injected.deleted() + "]",
                deleted.rows().stream()
                        .map(row -> row.string("key_value"))
                        .toList()
                        .toString());
        checks.expect(
                "another run finds nothing new",
                "0",
                String.valueOf(pipeline.run().written(PipelineStep.LOAD)));
        System.out.println(checks);
        boolean tenants = servers.withoutCassandra().isEmpty();
        Path page = new Page(runs, counts, faults, checks, tenants).write(FOLDER, warehouse);
        System.out.println("\nAll of this as a page: " + page.toUri());
        if (tenants) {
            System.out.println("The data dictionary of the organisation: " + dictionary.toUri());
        }
    }

    private void fault(String title, String outcome, Map<String, Object> evidence) {
        faults.add(new Page.Fault(title, outcome, evidence));
    }

    private void organisations(Servers servers, Path dictionary) throws IOException {
        try (Tenants tenants = Tenants.setUp(servers)) {
            tenants.onboard();
            checks.expect(
                    "Cassandra has each current order",
                    warehouse
                            .query("SELECT count(*) AS orders FROM current_sales_order")
                            .one()
                            .orElseThrow()
                            .string("orders"),
                    String.valueOf(tenants.load(warehouse, dictionary)));
            Optional<KeywharfException> refusal = tenants.trespass();
            checks.expect(
                    "the server refuses an organisation the data of another",
                    "cassandra.denied",
                    refusal.map(KeywharfException::code).orElse("read"));
            fault(
                    "Another organisation reads the orders with its own key",
                    "The Cassandra server refuses it.",
                    Map.of(
                            "The error that the library throws",
                            refusal.map(KeywharfException::getMessage).orElse("the rows")));
        }
    }

    private void show(Event event) {
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
            """).bind("order", order).table();
    }

    private Table current(int order) {
        return warehouse.query("""
            SELECT sales_order_id, units_sold, unit_price, agreed_delivery_date FROM current_sales_order
            WHERE sales_order_id = :order\
            """).bind("order", order).table();
    }

    /** Corrects the rejected row in a copy of its file, as a person would with an editor, and has the copy loaded. */
    private RejectedRow repair(Story.Faults injected) throws SQLException, IOException {
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
                text.replace(bad, "\"" + injected.goodDate() + "\""));
        System.out.println(
                "To repair it, correct the date in a copy of the file and call pipeline.repair(file, copy):");
        System.out.println(run("repair", pipeline.repair(file, copy)));
        story.correct(injected);
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
        return warehouse.query(union).table();
    }

    private static String objects(ObjectStore store) {
        try (Stream<StoredObject> objects = store.list("")) {
            List<StoredObject> all = objects.toList();
            long bytes = all.stream().mapToLong(StoredObject::size).sum();
            return String.format(Locale.ROOT, "%s: %,d objects, %,d KB", store.name(), all.size(), bytes / 1024);
        }
    }
}
