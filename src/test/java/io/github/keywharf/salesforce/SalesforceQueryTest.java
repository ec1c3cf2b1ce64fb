package io.github.keywharf.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Origin;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Table;
import io.github.keywharf.testing.salesforce.FakeFault;
import io.github.keywharf.testing.salesforce.FakeSalesforce;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queries of the fake org: types, pages, parents, children, aggregates, faults. */
class SalesforceQueryTest {
    private static final String MORE = "GET /query/{locator}";

    private final FakeSalesforce fake = new FakeSalesforce().pageSize(2).childPageSize(2);
    private final QueryContext org = QueryOrg.of(fake);

    private SalesforceQuery query(String soql) {
        return org.query(soql, Map.of());
    }

    private List<String> contacts(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> fake.insert("Contact", Map.of("LastName", "n" + i)))
                .toList();
    }

    private static List<@Nullable Object> column(Table table, String name) {
        List<@Nullable Object> values = new ArrayList<>();
        table.forEach(row -> values.add(row.value(name)));
        return values;
    }

    private static KeywharfException failure(Runnable work) {
        return catchThrowableOfType(KeywharfException.class, work::run);
    }

    @Test
    void all_pages_come_and_the_size_is_the_servers() {
        contacts(7);

        assertThat(column(query("SELECT LastName FROM Contact").table(), "LastName"))
                .containsExactly("n0", "n1", "n2", "n3", "n4", "n5", "n6");
        assertThat(fake.calls(MORE)).isEqualTo(3);
        assertThat(query("SELECT LastName FROM Contact").records())
                .hasSize(7)
                .last()
                .isEqualTo(Map.of("LastName", "n6"));
        assertThat(query("SELECT LastName FROM Contact").size()).isEqualTo(7);
        assertThat(query("SELECT COUNT() FROM Contact").size()).isEqualTo(7);
        assertThat(query("SELECT Id FROM Contact WHERE LastName = 'x'").table().size())
                .isZero();
    }

    @Test
    void values_have_the_types_that_the_org_describes() {
        fake.insert(
                "Sample__c",
                Map.ofEntries(
                        Map.entry("Name", "é😀"),
                        Map.entry("Flag__c", true),
                        Map.entry("Int__c", 5),
                        Map.entry("Long__c", 5_000_000_000L),
                        Map.entry("Number__c", 1.25),
                        Map.entry("Amount__c", 1e10),
                        Map.entry("Share__c", 12),
                        Map.entry("Day__c", "2026-01-02"),
                        Map.entry("At__c", "2026-01-02T03:04:05Z"),
                        Map.entry("Clock__c", "10:11:12.013Z"),
                        Map.entry("Place__Latitude__s", 1.5),
                        Map.entry("Place__Longitude__s", 2.5)));
        fake.insert("Sample__c", Map.of("Ext__c", "empty"));

        Table table = query(
                        "SELECT name, Flag__c, Int__c, Long__c, Number__c, Amount__c, Share__c, Day__c, At__c, Clock__c,"
                                + " Place__c, Id, Multi__c FROM Sample__c")
                .table();

        assertThat(table.schema().names()).startsWith("name", "Flag__c").endsWith("Place__c", "Id", "Multi__c");
        assertThat(table.row(0).toMap().values().stream().limit(10))
                .containsExactly(
                        "é😀",
                        true,
                        5,
                        5_000_000_000L,
                        1.25,
                        1e10,
                        12.0,
                        LocalDate.of(2026, 1, 2),
                        Instant.parse("2026-01-02T03:04:05Z"),
                        LocalTime.of(10, 11, 12, 13_000_000));
        assertThat(table.row(0).string("Place__c")).contains("\"latitude\":1.5");
        assertThat(table.schema().column("Place__c").type()).isEqualTo(ColumnType.JSON);
        Row empty = table.row(1);
        assertThat(empty.value("Int__c")).isNull();
        assertThat(empty.value("At__c")).isNull();
        assertThat(empty.value("Place__c")).isNull();
        assertThat(empty.value("Flag__c")).isEqualTo(false);
    }

    @Test
    void parents_are_flat_columns_and_null_without_a_parent() {
        String group = fake.insert("Account", Map.of("Name", "Group"));
        String acme = fake.insert("Account", Map.of("Name", "Acme", "ParentId", group, "NumberOfEmployees", 7));
        fake.insert("Contact", Map.of("LastName", "with", "AccountId", acme));
        fake.insert("Contact", Map.of("LastName", "without"));
        SalesforceQuery query =
                query("SELECT LastName, Account.Name, account.numberOfEmployees, Account.Parent.Name FROM Contact");

        Table table = query.table();

        assertThat(table.row(0).toMap().values()).containsExactly("with", "Acme", 7, "Group");
        assertThat(table.row(1).toMap().values()).containsExactly("without", null, null, null);
        assertThat(query.records().get(0))
                .containsEntry(
                        "Account", Map.of("Name", "Acme", "NumberOfEmployees", 7L, "Parent", Map.of("Name", "Group")));
        assertThat(query.records().get(1)).containsEntry("Account", null);
        assertThat(query.flattened().records().get(0))
                .isEqualTo(Map.of(
                        "LastName",
                        "with",
                        "Account.Name",
                        "Acme",
                        "Account.NumberOfEmployees",
                        7L,
                        "Account.Parent.Name",
                        "Group"));
        assertThat(query.flattened().records().get(1))
                .containsOnlyKeys("LastName", "Account.Name", "account.numberOfEmployees", "Account.Parent.Name")
                .containsEntry("Account.Name", null);
    }

    @Test
    void attributes_are_kept_on_request() {
        contacts(1);

        assertThat(query("SELECT LastName FROM Contact")
                        .withAttributes()
                        .flattened()
                        .records()
                        .get(0)
                        .get("attributes"))
                .asString()
                .contains("type=Contact", "/sobjects/Contact/003");
    }

    record Person(
            String lastName,
            @Nullable String accountName,
            @Nullable Double score,
            Instant createdDate) {}

    @Test
    void records_of_a_class_find_paths_and_custom_fields() {
        String acme = fake.insert("Account", Map.of("Name", "Acme"));
        fake.insert("Contact", Map.of("LastName", "Lovelace", "AccountId", acme, "Score__c", 3));

        assertThat(query("SELECT LastName, Account.Name, Score__c, CreatedDate FROM Contact")
                        .records(Person.class))
                .singleElement()
                .satisfies(person -> {
                    assertThat(person.accountName()).isEqualTo("Acme");
                    assertThat(person.score()).isEqualTo(3.0);
                    assertThat(person.createdDate()).isAfter(Instant.EPOCH);
                });
    }

    @Test
    void children_are_read_to_their_ends() {
        String acme = fake.insert("Account", Map.of("Name", "Acme"));
        fake.insert("Account", Map.of("Name", "Childless"));
        IntStream.range(0, 5).forEach(i -> fake.insert("Contact", Map.of("LastName", "c" + i, "AccountId", acme)));
        SalesforceQuery query = query("SELECT Name, (SELECT LastName FROM Contacts) FROM Account");

        List<Map<String, @Nullable Object>> records = query.records();

        assertThat(records.get(0).get("Contacts"))
                .isEqualTo(IntStream.range(0, 5)
                        .mapToObj(i -> Map.of("LastName", "c" + i))
                        .toList());
        assertThat(records.get(1).get("Contacts")).isEqualTo(List.of());
        Table table = query.table();
        assertThat(table.row(0).string("Contacts"))
                .isEqualTo("[{\"LastName\":\"c0\"},{\"LastName\":\"c1\"},{\"LastName\":\"c2\"},"
                        + "{\"LastName\":\"c3\"},{\"LastName\":\"c4\"}]");
        assertThat(table.row(1).string("Contacts")).isEqualTo("[]");
        assertThat(table.schema().column("Contacts").type()).isEqualTo(ColumnType.JSON);
    }

    @Test
    void aggregates_are_typed() {
        contacts(3);
        fake.insert("Contact", Map.of("LastName", "n0", "Score__c", 2, "Birthdate", "2000-01-01"));

        Table table = query(
                        "SELECT LastName, COUNT(Id), SUM(Score__c) total, MAX(Birthdate) FROM Contact GROUP BY LastName")
                .table();

        assertThat(table.schema().names()).containsExactly("LastName", "expr0", "total", "expr1");
        assertThat(table.row(0).toMap().values()).containsExactly("n0", 2L, 2.0, LocalDate.of(2000, 1, 1));
        assertThat(query("SELECT COUNT(Id) n FROM Contact").records()).containsExactly(Map.of("n", 4L));
        assertThatIllegalStateException()
                .isThrownBy(() -> query("SELECT COUNT() FROM Contact").records())
                .withMessageContaining("size()");
        assertThatIllegalStateException()
                .isThrownBy(() -> query("SELECT COUNT() FROM Contact").table());
    }

    @Test
    void fields_stand_for_the_columns_that_are_described() {
        contacts(1);

        Table table =
                query("SELECT FIELDS(STANDARD), Score__c FROM Contact LIMIT 5").table();

        assertThat(table.schema().names())
                .contains("LastName", "MailingAddress", "Score__c")
                .doesNotContain("Ext__c");
        assertThat(table.row(0).value("LastName")).isEqualTo("n0");
    }

    @Test
    void deleted_records_come_on_request() {
        List<String> ids = contacts(3);
        fake.delete("Contact", ids.get(1));

        assertThat(query("SELECT Id FROM Contact").size()).isEqualTo(2);
        assertThat(query("SELECT Id FROM Contact").withDeleted().size()).isEqualTo(3);
        assertThat(column(
                        query("SELECT Id, IsDeleted FROM Contact").withDeleted().table(), "IsDeleted"))
                .containsExactly(false, true, false);
    }

    @Test
    void a_row_knows_where_it_came_from() {
        contacts(3);

        List<Origin> origins = new ArrayList<>();
        try (Rows rows = query("SELECT Id FROM Contact").rows()) {
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                for (int i = 0; i < batch.size(); i++) {
                    origins.add(batch.origins().orElseThrow().of(i));
                }
            }
        }

        assertThat(origins).extracting(Origin::toString).containsExactly("Contact:1", "Contact:2", "Contact:3");
    }

    @Test
    void rows_that_are_closed_early_ask_for_nothing_more() {
        contacts(5);

        Rows closed;
        try (Rows rows = query("SELECT Id FROM Contact").rows()) {
            closed = rows;
            assertThat(rows.next()).isNotNull();
        }

        assertThatIllegalStateException().isThrownBy(closed::next);
        assertThat(fake.calls(MORE)).isZero();
    }

    @Test
    void the_size_of_a_page_is_asked_for() {
        FakeSalesforce large = new FakeSalesforce();
        IntStream.range(0, 201).forEach(i -> large.insert("Contact", Map.of("LastName", "n" + i)));
        SalesforceQuery query = QueryOrg.of(large).query("SELECT Id FROM Contact", Map.of());

        assertThat(query.withPageRows(200).table().size()).isEqualTo(201);

        assertThat(large.calls(MORE)).isEqualTo(1);
        assertThatIllegalArgumentException().isThrownBy(() -> query.withPageRows(199));
        assertThatIllegalArgumentException().isThrownBy(() -> query.withPageRows(2_001));
    }

    @Test
    void a_refused_query_is_a_bad_query() {
        assertThat(failure(() -> query("SELECT Nix FROM Contact").records()).code())
                .isEqualTo("salesforce.bad_query");
        assertThat(failure(() -> query("SELECT Nix FROM Contact").table()))
                .hasMessageContaining("no field 'Nix'")
                .extracting(KeywharfException::code)
                .isEqualTo("salesforce.bad_query");
        assertThat(failure(() -> query("SELECT Account.Nix FROM Contact").table())
                        .code())
                .isEqualTo("salesforce.bad_query");
        assertThat(failure(() -> query("SELEKT").records()).code()).isEqualTo("salesforce.bad_query");
        assertThatIllegalArgumentException().isThrownBy(() -> query("SELEKT").table());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 12, 40, 100, 200})
    void a_connection_that_drops_in_a_page_costs_no_row(int bytes) {
        contacts(5);
        fake.fault(FakeFault.on("GET /query").cutAnswerAt(bytes));
        fake.fault(FakeFault.on(MORE).after(1).cutAnswerAt(bytes));

        assertThat(column(query("SELECT LastName FROM Contact").table(), "LastName"))
                .containsExactly("n0", "n1", "n2", "n3", "n4");
        fake.fault(FakeFault.on(MORE).after(1).cutAnswerAt(bytes));
        assertThat(query("SELECT LastName FROM Contact").records()).hasSize(5);
    }

    @Test
    void a_connection_that_drops_before_the_answer_or_between_pages_costs_no_row() {
        contacts(5);
        fake.fault(FakeFault.on("GET /query").dropRequest());
        fake.fault(FakeFault.on(MORE).dropAnswer());
        fake.fault(FakeFault.on(MORE).after(1).dropRequest());

        assertThat(query("SELECT LastName FROM Contact").table().size()).isEqualTo(5);
    }

    @Test
    void a_connection_that_drops_in_the_page_of_children_costs_no_child() {
        String acme = fake.insert("Account", Map.of("Name", "Acme"));
        IntStream.range(0, 5).forEach(i -> fake.insert("Contact", Map.of("LastName", "c" + i, "AccountId", acme)));
        fake.fault(FakeFault.on(MORE).cutAnswerAt(60));

        assertThat(query("SELECT (SELECT LastName FROM Contacts) FROM Account")
                        .records()
                        .get(0)
                        .get("Contacts"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .hasSize(5);
    }

    @Test
    void a_connection_that_drops_each_time_is_an_error_that_may_be_repeated() {
        contacts(3);
        fake.fault(FakeFault.on(MORE).always().cutAnswerAt(60));

        KeywharfException error =
                failure(() -> query("SELECT LastName FROM Contact").table());

        assertThat(error.code()).isEqualTo("http.broken");
        assertThat(fake.calls(MORE)).isEqualTo(SalesforceCalls.READ_ATTEMPTS);
    }

    @Test
    void a_token_that_expires_between_pages_is_renewed() {
        contacts(5);
        fake.fault(FakeFault.on(MORE).expireTokens());
        fake.fault(FakeFault.on(MORE).after(2).expireTokens());

        assertThat(query("SELECT LastName FROM Contact").table().size()).isEqualTo(5);
    }

    @Test
    void an_expired_cursor_says_how_far_reading_came() {
        contacts(5);
        fake.fault(FakeFault.on(MORE).after(1).expireCursors());

        KeywharfException error =
                failure(() -> query("SELECT LastName FROM Contact").table());

        assertThat(error.code()).isEqualTo("salesforce.cursor_expired");
        assertThat(error).hasMessageContaining("after 4 of 5 records").hasMessageContaining("from the last one");
        assertThat(fake.calls(MORE)).isEqualTo(2);
    }

    @Test
    void a_query_too_long_for_a_url_is_refused_before_it_is_sent() {
        List<String> names = new ArrayList<>();
        IntStream.range(0, 2_000).forEach(i -> names.add("name-" + i));
        SalesforceQuery query = org.query("SELECT Id FROM Contact WHERE LastName IN :names", Map.of("names", names))
                .rest();

        assertThatIllegalArgumentException().isThrownBy(query::records).withMessageContaining("16000");
        assertThatIllegalArgumentException().isThrownBy(query::table).withMessageContaining("split a long list");
        assertThat(fake.calls("GET /query")).isZero();
    }

    @Test
    void long_and_chosen_queries_go_by_bulk_and_those_that_cannot_are_refused() {
        List<String> jobs = new ArrayList<>();
        QueryContext both = new QueryContext(org.calls(), org.describe(), (soql, schema, object, withDeleted, job) -> {
            jobs.add(object + " " + schema.names() + " " + withDeleted);
            return Rows.empty(schema);
        });
        String[] names = new String[2_000];
        Arrays.fill(names, "a name");

        both.query("SELECT Id FROM Contact", Map.of()).bulk().withDeleted().table();
        both.query("SELECT Id FROM Contact WHERE LastName IN :n", Map.of("n", Arrays.asList(names)))
                .table();
        both.query("SELECT Id FROM Contact", Map.of()).rest().table();
        both.query("SELECT Id FROM Contact", Map.of()).table();

        assertThat(jobs).containsExactly("Contact [Id] true", "Contact [Id] false");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> both.query("SELECT COUNT(Id) FROM Contact", Map.of())
                        .bulk()
                        .rows())
                .withMessageContaining("aggregates");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> both.query("SELECT MailingAddress FROM Contact", Map.of())
                        .bulk()
                        .rows())
                .withMessageContaining("a compound field");
    }

    @Test
    void a_query_prints_without_values() {
        assertThat(org.query("SELECT Id FROM Contact WHERE LastName = :n", Map.of("n", "secret"))
                        .withDeleted())
                .hasToString("SalesforceQuery[Contact, with deleted]");
    }
}
