package io.github.keywharf.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.cassandra.CassandraTable;
import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Work;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoreLease;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.CassandraServer;
import io.github.keywharf.testing.PostgresServer;
import io.github.keywharf.testing.salesforce.FakeField;
import io.github.keywharf.testing.salesforce.FakeSalesforce;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SalesforceCopyTest {
    private final ObjectOrg org = new ObjectOrg();
    private final FakeSalesforce fake = org.fake;
    private final ObjectStore store = ObjectStore.inMemory(org::now);

    /** A table in memory that upserts by Id, as any destination must. */
    private static final class Upserts implements RowSink {
        final Map<String, Map<String, Object>> rows = new TreeMap<>();
        int writes;

        @Override
        public WriteReport write(Rows source, RejectListener rejects) {
            writes++;
            long read = 0;
            for (Row row : source.toTable()) {
                rows.computeIfAbsent(String.valueOf(row.value("Id")), id -> new TreeMap<>())
                        .putAll(row.toMap());
                read++;
            }
            return WriteReport.of(read, read, 0, 0, Duration.ZERO);
        }
    }

    private SalesforceCopy copyInto(RowSink sink) {
        return org.object("Contact").copyInto(sink).fields("LastName", "Title").state(store, "contact");
    }

    private String person(String name) {
        return fake.insert("Contact", Map.of("LastName", name));
    }

    private static Map<String, String> content(Table table) {
        Map<String, String> content = new TreeMap<>();
        for (Row row : table) {
            String before = content.put(row.string("Id"), row.string("LastName") + "/" + row.string("Title"));
            assertThat(before).as("one row for each id").isNull();
        }
        return content;
    }

    @Test
    void the_first_run_copies_the_object_and_the_next_keeps_it_fresh() {
        Upserts table = new Upserts();
        String ada = person("Ada");
        String bea = person("Bea");
        String cleo = person("Cleo");
        org.pass(Duration.ofMinutes(20));
        SalesforceCopyReport first = copyInto(table).run();
        assertThat(first.whole()).isTrue();
        assertThat(first.written()).isEqualTo(3);
        org.pass(Duration.ofHours(1));
        SalesforceCopyReport nothing = copyInto(table).run();
        assertThat(nothing.whole()).isFalse();
        assertThat(table.writes).as("nothing to write, nothing written").isEqualTo(1);
        fake.update("Contact", ada, Map.of("Title", "Cook"));
        fake.delete("Contact", bea);
        fake.hardDelete("Contact", cleo);
        org.pass(Duration.ofHours(1));
        SalesforceCopyReport report = copyInto(table).run();
        assertThat(report.run()).isEqualTo(2);
        assertThat(report.deleted()).isEqualTo(2);
        assertThat(table.rows.get(ada)).containsEntry("Title", "Cook").containsEntry("IsDeleted", false);
        assertThat(table.rows.get(bea)).containsEntry("IsDeleted", true);
        assertThat(table.rows.get(cleo)).containsEntry("IsDeleted", true).containsEntry("LastName", "Cleo");
        assertThat(org.events)
                .contains(Event.of(
                        Event.Level.INFO,
                        "salesforce.copy.finished",
                        Work.NONE,
                        "Contact",
                        report.toString(),
                        Fact.count("written", 3),
                        Fact.count("rejected", 0),
                        Fact.count("deleted", 2),
                        Fact.time("took", report.took())));
        assertThat(report).asString().startsWith("Contact run 2, changes: 3 written, 0 rejected, 2 deleted");
    }

    @Test
    void a_run_describes_the_object_in_one_call() {
        person("Ada");
        copyInto(new Upserts()).run();
        assertThat(fake.calls("GET /sobjects/Contact/describe")).isEqualTo(1);
        org.pass(Duration.ofHours(1));
        copyInto(new Upserts()).run();
        assertThat(fake.calls("GET /sobjects/Contact/describe")).isEqualTo(2);
        copyInto(new Upserts()).whole().run();
        assertThat(fake.calls("GET /sobjects/Contact/describe")).isEqualTo(3);
    }

    @Test
    void without_deletions_records_remain_as_they_were() {
        Upserts table = new Upserts();
        String ada = person("Ada");
        copyInto(table).deletions(false).run();
        org.pass(Duration.ofHours(1));
        fake.delete("Contact", ada);
        org.pass(Duration.ofHours(1));
        copyInto(table).deletions(false).run();
        assertThat(table.rows.get(ada)).containsOnlyKeys("Id", "LastName", "Title");
        assertThat(fake.calls("GET /sobjects/Contact/deleted")).isZero();
    }

    @Test
    void the_whole_object_is_read_when_deletions_are_no_longer_listed_or_other_fields_are_wanted() {
        Upserts table = new Upserts();
        person("Ada");
        copyInto(table).run();
        org.pass(Duration.ofDays(16));
        assertThat(copyInto(table).run().wholeBecause())
                .hasValueSatisfying(why -> assertThat(why).contains("15 days"));
        assertThat(copyInto(table).fields("LastName").run().wholeBecause()).contains("other fields are copied now");
        assertThat(copyInto(table).fields("LastName").run().whole()).isFalse();
        assertThat(copyInto(table).fields("LastName").whole().run().wholeBecause())
                .contains("asked for");
    }

    @Test
    void a_new_field_is_reported_in_each_run_and_copied_with_the_whole_object() {
        Upserts table = new Upserts();
        String ada = person("Ada");
        SalesforceCopy copy = org.object("Contact").copyInto(table).state(store, "all");
        copy.run();
        org.pass(Duration.ofMinutes(10));
        fake.define("Contact", FakeField.of("New__c", "string"));
        fake.update("Contact", ada, Map.of("New__c", "here"));
        for (int run = 0; run < 2; run++) {
            org.pass(Duration.ofMinutes(1));
            assertThat(copy.run().drift().added()).containsExactly("New__c");
        }
        assertThat(table.rows.get(ada)).doesNotContainKey("New__c");
        assertThat(copy.whole().run().drift().added()).containsExactly("New__c");
        assertThat(table.rows.get(ada)).containsEntry("New__c", "here");
        assertThat(org.object("Contact")
                        .copyInto(table)
                        .state(store, "all")
                        .run()
                        .drift()
                        .isEmpty())
                .isTrue();
    }

    @Test
    void a_whole_read_marks_what_was_deleted_for_good_since_the_last_run() {
        Upserts table = new Upserts();
        String ada = person("Ada");
        String bea = person("Bea");
        copyInto(table).run();
        org.pass(Duration.ofHours(1));
        fake.hardDelete("Contact", bea);
        org.pass(Duration.ofHours(1));
        SalesforceCopyReport report = copyInto(table).whole().run();
        assertThat(report.whole()).isTrue();
        assertThat(report.deleted()).isEqualTo(1);
        assertThat(table.rows.get(ada)).containsEntry("IsDeleted", false);
        assertThat(table.rows.get(bea)).containsEntry("IsDeleted", true);
    }

    @Test
    void deletions_of_runs_that_left_them_out_are_copied_by_the_next_one_that_does_not() {
        Upserts table = new Upserts();
        String binned = person("Binned");
        String hard = person("Hard");
        SalesforceCopy copy = org.object("Contact").copyInto(table).state(store, "all");
        copy.deletions(false).run();
        org.pass(Duration.ofHours(1));
        fake.delete("Contact", binned);
        fake.hardDelete("Contact", hard);
        org.pass(Duration.ofHours(1));
        copy.run();
        assertThat(table.rows.get(hard)).containsEntry("IsDeleted", false);
        org.pass(Duration.ofHours(1));
        copy.deletions(true).run();
        assertThat(table.rows.get(binned)).containsEntry("IsDeleted", true);
        assertThat(table.rows.get(hard)).containsEntry("IsDeleted", true);
    }

    @Test
    void a_copy_of_some_fields_becomes_one_of_all_by_reading_the_whole_object() {
        Upserts table = new Upserts();
        String ada = fake.insert("Contact", Map.of("LastName", "Ada", "Email", "ada@example.org"));
        copyInto(table).run();
        SalesforceCopy all = org.object("Contact").copyInto(table).state(store, "contact");
        assertThat(all.run().wholeBecause()).contains("other fields are copied now");
        assertThat(table.rows.get(ada)).containsEntry("Email", "ada@example.org");
        assertThat(all.run().whole()).isFalse();
    }

    @Test
    void a_folder_knows_an_object_without_records_from_one_that_was_never_read() {
        Story story = new Story();
        story.copy(story.store).run();
        assertThat(story.current()).isEmpty();
        story.begin();
        story.org.pass(Duration.ofHours(1));
        story.copy(story.store).run();
        assertThat(story.current()).hasSize(4);
        story.ids.forEach(id -> story.org.fake.hardDelete("Contact", id));
        story.org.pass(Duration.ofHours(1));
        story.copy(story.store).whole().run();
        assertThat(story.current()).as("all records are gone").isEmpty();
    }

    @Test
    void a_row_that_is_refused_stops_the_copy_unless_it_is_taken() {
        person("Ada");
        RowSink picky = (rows, rejects) -> {
            rejects.rejected(new RejectedRow(
                    "contact", 1, "Title", "too long", rows.toTable().row(0).toMap()));
            return WriteReport.of(1, 0, 1, 0, Duration.ZERO);
        };
        assertThatThrownBy(() -> copyInto(picky).run())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.copy_rejected"));
        List<RejectedRow> taken = new ArrayList<>();
        SalesforceCopyReport report = copyInto(picky).rejects(taken::add).run();
        assertThat(report.run()).as("the run that failed left no checkpoint").isZero();
        assertThat(report.rejected()).isEqualTo(1);
        assertThat(taken).hasSize(1);
    }

    @Test
    void two_runs_do_not_work_at_the_same_time() {
        try (StoreLease other =
                StoreLease.acquire(store.under("contact"), "lease", "another", SalesforceCopy.LEASE, org::now)) {
            assertThat(other.isHeld()).isTrue();
            assertThatThrownBy(() -> copyInto(new Upserts()).run())
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.lease_held"));
        }
        copyInto(new Upserts()).run();
    }

    /** An org after a first copy, with a change, a deletion and a hard deletion since. */
    private static final class Story {
        final ObjectOrg org = new ObjectOrg();
        final ObjectStore store = ObjectStore.inMemory(org::now);
        final List<String> ids = new ArrayList<>();

        SalesforceCopy copy(ObjectStore through) {
            return org.object("Contact")
                    .copyInto(SalesforceFolder.of(through, "contact"))
                    .fields("LastName", "Title");
        }

        void begin() {
            for (String name : List.of("Ada", "Bea", "Cleo", "Dora")) {
                ids.add(org.fake.insert("Contact", Map.of("LastName", name)));
            }
        }

        void goOn() {
            org.pass(Duration.ofHours(1));
            org.fake.update("Contact", ids.get(0), Map.of("Title", "Cook"));
            org.fake.delete("Contact", ids.get(1));
            org.fake.hardDelete("Contact", ids.get(2));
            org.fake.insert("Contact", Map.of("LastName", "Elsa"));
            org.pass(Duration.ofHours(1));
        }

        Map<String, String> current() {
            return content(SalesforceFolder.of(store, "contact").current().toTable());
        }
    }

    @Test
    void a_copy_that_is_killed_at_any_write_is_made_whole_by_the_next_run() {
        Story clean = new Story();
        clean.begin();
        clean.copy(clean.store).run();
        Map<String, String> before = clean.current();
        clean.goOn();
        clean.copy(clean.store).run();
        Map<String, String> after = clean.current();
        assertThat(before).hasSize(4);
        assertThat(after).hasSize(3).containsValue("Ada/Cook").containsValue("Elsa/null");
        int points = 0;
        for (boolean killed = true; killed; points++) {
            Story story = new Story();
            story.begin();
            killed = killed(story, points);
            story.copy(story.store).run();
            assertThat(story.current()).as("first copy, killed at %d", points).isEqualTo(before);
            story.goOn();
            boolean again = killed(story, points);
            story.copy(story.store).run();
            assertThat(story.current()).as("second copy, killed at %d", points).isEqualTo(after);
            killed |= again;
        }
        assertThat(points).isGreaterThan(8);
    }

    private static boolean killed(Story story, int point) {
        StoppingStore stopping = new StoppingStore(story.store, point);
        try {
            story.copy(stopping).run();
        } catch (KeywharfException e) {
            assertThat(e.code()).isEqualTo("store.unavailable");
        }
        return stopping.stopped();
    }

    @Test
    void a_folder_of_parquet_keeps_the_newest_of_each_record() {
        Story story = new Story();
        assertThatThrownBy(story::current)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.no_copy"));
        story.begin();
        story.copy(story.store).run();
        for (int run = 0; run < 3; run++) {
            story.org.pass(Duration.ofHours(1));
            story.org.fake.update("Contact", story.ids.get(3), Map.of("Title", "Title " + run));
            story.org.pass(Duration.ofMinutes(1));
            story.copy(story.store).run();
        }
        assertThat(story.current()).hasSize(4).containsEntry(story.ids.get(3), "Dora/Title 2");
        story.copy(story.store).whole().run();
        story.copy(story.store).run();
        assertThat(story.store.list("contact/0").map(object -> object.key()))
                .as("files before the last whole read are gone")
                .noneMatch(key -> key.contains("0000000000-whole"))
                .anyMatch(key -> key.endsWith("0000000004-whole.parquet"));
        assertThat(story.current()).containsEntry(story.ids.get(3), "Dora/Title 2");
    }

    @Test
    void a_table_of_postgresql_is_kept_fresh() {
        try (PostgresServer server = PostgresServer.start()) {
            PostgresDatabase database =
                    PostgresDatabase.of(server.jdbcUrl("postgres"), server.user(), Secret.of(server.password()));
            Schema columns = org.object("Contact").schema("LastName", "Title");
            RowSink table = database.table("contact").create(columns, "Id");
            String ada = person("Ada");
            String bea = person("Bea");
            copyInto(table).run();
            org.pass(Duration.ofHours(1));
            fake.update("Contact", ada, Map.of("Title", "Cook"));
            fake.hardDelete("Contact", bea);
            org.pass(Duration.ofHours(1));
            SalesforceCopyReport report = copyInto(table).run();
            assertThat(report.written()).isEqualTo(2);
            assertThat(content(database.table("contact").rows().toTable()))
                    .isEqualTo(Map.of(ada, "Ada/Cook", bea, "Bea/null"));
            assertThat(database.query("SELECT \"Id\" FROM contact WHERE \"IsDeleted\"")
                            .rows()
                            .toTable()
                            .row(0)
                            .string("Id"))
                    .isEqualTo(bea);
            fake.update("Contact", ada, Collections.singletonMap("Title", null));
            org.pass(Duration.ofHours(1));
            copyInto(table).run();
            assertThat(content(database.table("contact").rows().toTable())).containsEntry(ada, "Ada/null");
            fake.insert("Sample__c", Map.of("Name", "All types", "Day__c", "2026-02-28", "Clock__c", "07:30:00.000Z"));
            SalesforceObject samples = org.object("Sample__c");
            assertThat(samples.copyInto(database.table("sample").create(samples.schema(), "Id"))
                            .state(store, "sample")
                            .run()
                            .written())
                    .isEqualTo(1);
        }
    }

    @Test
    void a_table_of_cassandra_is_kept_fresh() {
        CassandraServer server = CassandraServer.shared();
        String keyspace = server.createKeyspace("crm");
        CassandraManager cassandra = CassandraManager.of(server.session()).withKeyspace(keyspace);
        CassandraTable table =
                cassandra.table("contact").create(org.object("Contact").schema("LastName", "Title"), "Id");
        String ada = person("Ada");
        String bea = person("Bea");
        String cleo = person("Cleo");
        assertThat(copyInto(table).run().written()).isEqualTo(3);
        org.pass(Duration.ofHours(1));
        fake.update("Contact", ada, Map.of("Title", "Cook"));
        fake.delete("Contact", bea);
        fake.hardDelete("Contact", cleo);
        org.pass(Duration.ofHours(1));
        SalesforceCopyReport report = copyInto(table).run();
        assertThat(report.deleted()).isEqualTo(2);
        assertThat(report.written()).isEqualTo(3);
        Table stored = table.read().toTable();
        assertThat(content(stored)).isEqualTo(Map.of(ada, "Ada/Cook", bea, "Bea/null", cleo, "Cleo/null"));
        assertThat(stored)
                .filteredOn(row -> row.booleanValue("IsDeleted"))
                .extracting(row -> row.string("Id"))
                .containsExactlyInAnyOrder(bea, cleo);
        fake.update("Contact", ada, Collections.singletonMap("Title", null));
        org.pass(Duration.ofHours(1));
        copyInto(table).run();
        assertThat(content(table.read().toTable())).containsEntry(ada, "Ada/null");
    }

    @Test
    void every_type_of_a_field_has_a_column_of_cassandra() {
        CassandraServer server = CassandraServer.shared();
        String keyspace = server.createKeyspace("crm");
        CassandraManager cassandra = CassandraManager.of(server.session()).withKeyspace(keyspace);
        SalesforceObject samples = org.object("Sample__c");
        cassandra.table("sample").create(samples.schema(), "Id");
        fake.insert(
                "Sample__c",
                Map.ofEntries(
                        Map.entry("Name", "All types"),
                        Map.entry("Pick__c", "One"),
                        Map.entry("Multi__c", "One;Two"),
                        Map.entry("Flag__c", true),
                        Map.entry("Int__c", 7),
                        Map.entry("Long__c", 1L << 40),
                        Map.entry("Number__c", 0.1),
                        Map.entry("Amount__c", 12.5),
                        Map.entry("Day__c", "2026-02-28"),
                        Map.entry("At__c", "2026-02-28T23:59:58.123Z"),
                        Map.entry("Clock__c", "07:30:00.250Z")));
        Table copied = samples.changes().rows().toTable();
        samples.copyInto(cassandra.table("sample")).state(store, "sample").run();
        Table stored = cassandra.table("sample").read().toTable();
        assertThat(stored.size()).isEqualTo(1);
        copied.row(0)
                .toMap()
                .forEach((name, value) ->
                        assertThat(stored.row(0).value(name)).as(name).isEqualTo(value));
    }
}
