package io.github.keywharf.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.contract.RowSinkContract;
import io.github.keywharf.testing.salesforce.FakeFault;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SalesforceSinkTest {
    private final SinkOrg org = new SinkOrg();
    private final List<RejectedRow> rejected = new ArrayList<>();

    /** Three people, of whom the first belongs to an account that is locked. */
    private static Rows people(String account) {
        return SinkOrg.rows(
                Schema.of(
                        Column.nullable("LastName", ColumnType.STRING),
                        Column.nullable("AccountId", ColumnType.STRING)),
                new Object[] {"Ada", account},
                new Object[] {"Bea", null},
                new Object[] {"Cleo", null});
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_row_that_is_locked_is_sent_again_by_rest_and_none_twice(boolean allOrNone) {
        String account = org.insert("Account", Map.of("Name", "Acme"));
        org.fake.lockRecord(account, true);
        org.fake.fault(FakeFault.on("POST /composite/sobjects").after(2).then(fake -> fake.lockRecord(account, false)));

        WriteReport report = org.sink("Contact")
                .via(SalesforceSink.Via.REST)
                .allOrNone(allOrNone)
                .build()
                .write(people(account), rejected::add);

        assertThat(report.written()).isEqualTo(3);
        assertThat(rejected).isEmpty();
        assertThat(org.values("Contact", "LastName")).containsExactlyInAnyOrder("Ada", "Bea", "Cleo");
        assertThat(org.fake.calls("POST /composite/sobjects")).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_row_that_stays_locked_is_rejected_by_rest(boolean allOrNone) {
        String account = org.insert("Account", Map.of("Name", "Acme"));
        org.fake.lockRecord(account, true);

        WriteReport report = org.sink("Contact")
                .via(SalesforceSink.Via.REST)
                .allOrNone(allOrNone)
                .build()
                .write(people(account), rejected::add);

        assertThat(report.rejected()).isEqualTo(allOrNone ? 3 : 1);
        assertThat(rejected.get(0).position()).isEqualTo(2);
        assertThat(rejected.get(0).reason()).contains("UNABLE_TO_LOCK_ROW");
        assertThat(org.fake.records("Contact")).hasSize(allOrNone ? 0 : 2);
        assertThat(org.fake.calls("POST /composite/sobjects")).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_locked_row_that_cannot_be_sent_again_by_rest_is_rejected_and_the_report_is_not_lost(boolean allOrNone) {
        String account = org.insert("Account", Map.of("Name", "Acme"));
        org.fake.lockRecord(account, true);
        org.fake.fault(FakeFault.on("POST /composite/sobjects")
                .after(1)
                .answer(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests"));

        WriteReport report = org.sink("Contact")
                .via(SalesforceSink.Via.REST)
                .allOrNone(allOrNone)
                .build()
                .write(people(account), rejected::add);

        assertThat(report.written()).isEqualTo(allOrNone ? 0 : 2);
        assertThat(report.rejected()).isEqualTo(allOrNone ? 3 : 1);
        assertThat(rejected)
                .allSatisfy(row ->
                        assertThat(row.reason()).contains("UNABLE_TO_LOCK_ROW").contains("TotalRequests"));
        assertThat(org.fake.records("Contact")).hasSize(allOrNone ? 0 : 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void an_answer_with_a_result_too_few_or_too_many_ends_the_load(int results) {
        HttpHandler miscounting = request -> {
            HttpResponse answer = org.handle(request);
            return request.path().endsWith("/composite/sobjects")
                    ? HttpResponse.json(
                            200,
                            Stream.generate(() -> "{\"id\":\"003000000000001AAA\",\"success\":true,\"errors\":[]}")
                                    .limit(results)
                                    .collect(Collectors.joining(",", "[", "]")))
                    : answer;
        };
        assertThatThrownBy(() -> org.sink(miscounting, "Contact")
                        .via(SalesforceSink.Via.REST)
                        .build()
                        .write(SinkOrg.clients("One", "Two", "Three"), rejected::add))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.outcome_unknown"))
                .rootCause()
                .hasMessageContaining("The answer to 3 records has " + results + " results");
    }

    @Test
    void a_locked_row_whose_second_answer_is_lost_is_an_error_and_not_sent_a_third_time() {
        String account = org.insert("Account", Map.of("Name", "Acme"));
        org.fake.lockRecord(account, true);
        org.fake.fault(FakeFault.on("POST /composite/sobjects").after(1).then(fake -> fake.lockRecord(account, false)));
        org.fake.fault(FakeFault.on("POST /composite/sobjects").after(1).dropAnswer());

        assertThatThrownBy(() ->
                        org.sink("Contact").via(SalesforceSink.Via.REST).build().write(people(account), rejected::add))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.outcome_unknown"))
                .hasMessageContaining("1 rows, clients.csv:2");
        assertThat(org.fake.calls("POST /composite/sobjects")).isEqualTo(2);
        assertThat(org.fake.records("Contact")).hasSize(3);
    }

    /** The contract of sinks, by one API. */
    private abstract static class Contract extends RowSinkContract {
        private final SinkOrg org = new SinkOrg();
        private final SalesforceSink.Via via;

        Contract(SalesforceSink.Via via) {
            this.via = via;
        }

        @Override
        protected RowSink sink() {
            return org.sink("Sample__c")
                    .via(via)
                    .column("id", "Int__c")
                    .column("name", "Area__c")
                    .build();
        }

        @Override
        protected List<Row> written() {
            Object[][] rows = org.fake.records("Sample__c").stream()
                    .map(record ->
                            new Object[] {((Number) record.getOrDefault("Int__c", 0)).intValue(), record.get("Area__c")
                            })
                    .toArray(Object[][]::new);
            return SinkOrg.rows(SCHEMA, rows).stream()
                    .sorted(Comparator.comparing(row -> row.intValue("id")))
                    .toList();
        }
    }

    @Nested
    class ByRestTest extends Contract {
        ByRestTest() {
            super(SalesforceSink.Via.AUTO);
        }
    }

    @Nested
    class ByBulkTest extends Contract {
        ByBulkTest() {
            super(SalesforceSink.Via.BULK);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = SalesforceSink.Via.class,
            names = {"REST", "BULK"})
    void a_refused_row_comes_back_with_its_line_its_column_and_its_values(SalesforceSink.Via via) {
        org.fake.define(
                "Contact",
                io.github.keywharf.testing.salesforce.FakeField.of("Code__c", "string")
                        .length(3));
        Schema schema = Schema.of(
                SinkOrg.CLIENTS.column(0),
                Column.nullable("code", ColumnType.STRING),
                Column.nullable("Score__c", ColumnType.FLOAT64));
        Rows rows = SinkOrg.rows(
                schema,
                new Object[] {"Ada", "abc", 1.5},
                new Object[] {"Lovelace, \"A\"\nB", "abcd".repeat(9), 2.5},
                new Object[] {"Ada", "abc", 1.5},
                new Object[] {null, "abc", null});

        WriteReport report =
                org.sink("Contact").via(via).column("code", "Code__c").build().write(rows, rejected::add);

        assertThat(report.read()).isEqualTo(4);
        assertThat(report.written()).isEqualTo(2);
        assertThat(report.rejected()).isEqualTo(2);
        assertThat(org.values("Contact", "LastName")).containsExactly("Ada", "Ada");
        assertThat(rejected).extracting(RejectedRow::position).containsExactlyInAnyOrder(3L, 5L);
        assertThat(rejected).anySatisfy(row -> {
            assertThat(row.toString()).startsWith("[clients.csv:3] code: STRING_TOO_LONG");
            assertThat(row.row())
                    .containsEntry("LastName", "Lovelace, \"A\"\nB")
                    .containsEntry("Score__c", 2.5);
        });
        assertThat(rejected).anySatisfy(row -> {
            assertThat(row.toString()).startsWith("[clients.csv:5] LastName: REQUIRED_FIELD_MISSING");
            assertThat(row.row()).containsEntry("LastName", null).containsEntry("Score__c", null);
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = SalesforceSink.Via.class,
            names = {"REST", "BULK"})
    void values_arrive_as_they_are(SalesforceSink.Via via) {
        Schema schema = Schema.of(
                Column.nullable("Flag__c", ColumnType.BOOLEAN),
                Column.nullable("Int__c", ColumnType.INT32),
                Column.nullable("Long__c", ColumnType.INT64),
                Column.nullable("Number__c", ColumnType.FLOAT64),
                Column.nullable("Amount__c", ColumnType.decimal(10, 2)),
                Column.nullable("Day__c", ColumnType.DATE),
                Column.nullable("At__c", ColumnType.TIMESTAMP_UTC),
                Column.nullable("Clock__c", ColumnType.TIME),
                Column.nullable("Area__c", ColumnType.STRING));
        Rows rows = SinkOrg.rows(schema, new Object[] {
            true,
            -7,
            9_000_000_000L,
            1.5e10,
            new BigDecimal("12.30"),
            LocalDate.of(2024, 2, 29),
            Instant.parse("2024-05-20T12:10:03.998Z"),
            LocalTime.of(12, 10, 3, 998_000_000),
            "a,\"b\"\nc é"
        });

        org.sink("Sample__c").via(via).build().write(rows);

        assertThat(org.fake.records("Sample__c").get(0))
                .containsEntry("Flag__c", true)
                .containsEntry("Number__c", 1.5e10)
                .containsEntry("Amount__c", 12.3)
                .containsEntry("Day__c", LocalDate.of(2024, 2, 29))
                .containsEntry("Clock__c", LocalTime.of(12, 10, 3, 998_000_000))
                .containsEntry("Area__c", "a,\"b\"\nc é")
                .hasEntrySatisfying(
                        "Int__c", n -> assertThat(((Number) n).intValue()).isEqualTo(-7))
                .hasEntrySatisfying(
                        "Long__c", n -> assertThat(((Number) n).longValue()).isEqualTo(9_000_000_000L))
                .hasEntrySatisfying(
                        "At__c", at -> assertThat(((Instant) at).toString()).startsWith("2024-05-20T12:10:03"));
    }

    @ParameterizedTest
    @EnumSource(
            value = SalesforceSink.Via.class,
            names = {"REST", "BULK"})
    void an_absent_value_clears_the_field_or_leaves_it(SalesforceSink.Via via) {
        String cleared = org.insert("Contact", Map.of("LastName", "A", "Title", "Dr"));
        String kept = org.insert("Contact", Map.of("LastName", "B", "Title", "Dr"));
        Schema schema =
                Schema.of(Column.nullable("Id", ColumnType.STRING), Column.nullable("Title", ColumnType.STRING));

        org.sink("Contact").update().via(via).build().write(SinkOrg.rows(schema, new Object[] {cleared, null}));
        org.sink("Contact")
                .update()
                .via(via)
                .nulls(SalesforceSink.Nulls.KEEP)
                .build()
                .write(SinkOrg.rows(schema, new Object[] {kept, null}));

        assertThat(org.values("Contact", "Title")).containsExactly("null", "Dr");
    }

    @ParameterizedTest
    @EnumSource(
            value = SalesforceSink.Via.class,
            names = {"REST", "BULK"})
    void upserts_create_or_change_and_report_the_ids_with_the_lines(SalesforceSink.Via via) {
        String there = org.insert("Contact", Map.of("LastName", "Old", "Ext__c", "x-New"));
        List<String> ids = new ArrayList<>();

        WriteReport report = org.sink("Contact")
                .upsert("Ext__c")
                .via(via)
                .ids((origin, id, created) -> ids.add(origin + " " + created + " " + id))
                .build()
                .write(SinkOrg.clients("New", "Newer"));

        assertThat(report.written()).isEqualTo(2);
        assertThat(org.values("Contact", "LastName")).containsExactly("New", "Newer");
        assertThat(ids).contains("clients.csv:2 false " + there).hasSize(2);
        assertThat(ids).anySatisfy(line -> assertThat(line).startsWith("clients.csv:3 true 003"));
    }

    @ParameterizedTest
    @EnumSource(
            value = SalesforceSink.Via.class,
            names = {"REST", "BULK"})
    void deletes_take_the_ids_alone_and_a_row_without_one_is_rejected(SalesforceSink.Via via) {
        String id = org.insert("Contact", Map.of("LastName", "A"));
        Schema schema =
                Schema.of(Column.nullable("LastName", ColumnType.STRING), Column.nullable("Id", ColumnType.STRING));

        WriteReport report = org.sink("Contact")
                .delete()
                .via(via)
                .build()
                .write(SinkOrg.rows(schema, new Object[] {"A", id}, new Object[] {"B", null}), rejected::add);

        assertThat(report.written()).isEqualTo(1);
        assertThat(org.fake.records("Contact")).isEmpty();
        assertThat(rejected)
                .singleElement()
                .satisfies(row -> assertThat(row.toString()).startsWith("[clients.csv:3] Id: has no value"));
    }

    @Test
    void hard_deletes_are_jobs_and_leave_nothing_in_the_bin() {
        String id = org.insert("Contact", Map.of("LastName", "A"));
        org.sink("Contact")
                .hardDelete()
                .build()
                .write(SinkOrg.rows(Schema.of(Column.nullable("Id", ColumnType.STRING)), new Object[] {id}));
        assertThat(org.fake.executed()).last().asString().containsIgnoringCase("hard");
    }

    @ParameterizedTest
    @EnumSource(
            value = SalesforceSink.Via.class,
            names = {"REST", "BULK"})
    void a_related_record_is_found_by_its_external_id(SalesforceSink.Via via) {
        String account = org.insert("Account", Map.of("Name", "Acme", "Ext__c", "A-1"));
        Schema schema = Schema.of(
                Column.nullable("LastName", ColumnType.STRING), Column.nullable("account", ColumnType.STRING));

        org.sink("Contact")
                .via(via)
                .column("account", "Account.Ext__c")
                .build()
                .write(SinkOrg.rows(schema, new Object[] {"Ada", "A-1"}));

        assertThat(org.values("Contact", "AccountId")).containsExactly(account);
    }

    @Test
    void a_text_that_would_mean_null_in_a_job_is_rejected_there_and_sent_by_rest() {
        WriteReport bulk = org.sink("Contact")
                .via(SalesforceSink.Via.BULK)
                .build()
                .write(SinkOrg.clients("#N/A", "Ada"), rejected::add);
        assertThat(bulk.written()).isEqualTo(1);
        assertThat(rejected)
                .singleElement()
                .satisfies(row -> assertThat(row.toString()).startsWith("[clients.csv:2] LastName: is the text #N/A"));

        org.sink("Contact").via(SalesforceSink.Via.REST).build().write(SinkOrg.clients("#N/A"));
        assertThat(org.values("Contact", "LastName")).containsExactly("Ada", "#N/A");
    }

    @Test
    void a_number_that_is_none_and_a_text_that_is_too_long_for_a_job_are_rejected() {
        Schema schema = Schema.of(
                Column.nullable("Number__c", ColumnType.FLOAT64), Column.nullable("Area__c", ColumnType.STRING));
        Rows rows = SinkOrg.rows(schema, new Object[] {Double.NaN, "a"}, new Object[] {1.0, "x".repeat(32_001)});

        org.sink("Sample__c").via(SalesforceSink.Via.BULK).build().write(rows, rejected::add);

        assertThat(rejected).extracting(RejectedRow::column).containsExactly("Number__c", "Area__c");
        assertThat(org.fake.calls()).isEmpty();
    }

    @Test
    void few_rows_go_by_rest_and_many_as_a_job() {
        org.sink("Contact").autoRows(3).build().write(SinkOrg.clients("a", "b", "c"));
        assertThat(org.fake.calls("POST /composite/sobjects")).isEqualTo(1);
        assertThat(org.fake.calls("POST /jobs/ingest")).isZero();

        org.sink("Contact").autoRows(3).build().write(SinkOrg.clients("d", "e", "f", "g"));
        assertThat(org.fake.calls("POST /jobs/ingest")).isEqualTo(1);
        assertThat(org.fake.records("Contact")).hasSize(7);
    }

    @Test
    void rows_are_cut_into_jobs_by_their_size() {
        String[] names = java.util.stream.IntStream.range(0, 300)
                .mapToObj(i -> "name " + i)
                .toArray(String[]::new);
        WriteReport report = org.sink("Contact")
                .via(SalesforceSink.Via.BULK)
                .chunkBytes(1_000)
                .build()
                .write(SinkOrg.clients(names));

        assertThat(report.written()).isEqualTo(300);
        assertThat(org.fake.calls("POST /jobs/ingest")).isBetween(6, 8);
        assertThat(org.values("Contact", "LastName")).containsExactly(names);
    }

    @Test
    void all_or_none_undoes_the_rows_of_a_call() {
        WriteReport report = org.sink("Contact")
                .via(SalesforceSink.Via.REST)
                .allOrNone(true)
                .build()
                .write(SinkOrg.clients("Ada", ""), rejected::add);
        assertThat(report.written()).isZero();
        assertThat(rejected).hasSize(2);
        assertThat(org.fake.records("Contact")).isEmpty();
    }

    @Test
    void columns_that_do_not_fit_are_refused_before_anything_is_sent() {
        Schema odd = Schema.of(Column.nullable("Last Name", ColumnType.STRING));
        Schema list = Schema.of(Column.nullable("Multi__c", ColumnType.list(ColumnType.STRING)));
        assertThatThrownBy(() -> org.sink("Contact").build().write(Rows.empty(odd)))
                .hasMessageContaining("'Last Name' is not the name of a field");
        assertThatThrownBy(() -> org.sink("Contact").build().write(Rows.empty(list)))
                .hasMessageContaining("list<string>");
        assertThatThrownBy(() -> org.sink("Contact").update().build().write(Rows.empty(SinkOrg.CLIENTS)))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.bad_columns"))
                .hasMessageContaining("no column 'Id'");
        assertThatThrownBy(() -> org.sink("Contact; DROP")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> org.sink("Contact")
                        .hardDelete()
                        .via(SalesforceSink.Via.REST)
                        .build())
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> org.sink("Contact")
                        .checkpoint(ObjectStore.inMemory(), "load", "clients.csv")
                        .via(SalesforceSink.Via.REST)
                        .build())
                .isInstanceOf(IllegalStateException.class);
        assertThat(org.fake.calls()).isEmpty();
    }

    @Test
    void an_insert_by_rest_that_ends_in_an_internal_error_may_be_made_and_is_not_sent_again() {
        org.fake.fault(FakeFault.on("POST /composite/sobjects").answer(500, "UNKNOWN_EXCEPTION", "unexpected"));
        assertThatThrownBy(() -> org.sink("Contact").build().write(SinkOrg.clients("Ada", "Bea")))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.outcome_unknown"));
        assertThat(org.fake.calls("POST /composite/sobjects")).isEqualTo(1);
    }

    @Test
    void an_insert_by_rest_whose_answer_is_lost_is_an_error_that_names_the_rows_and_is_not_sent_again() {
        org.fake.fault(FakeFault.on("POST /composite/sobjects").dropAnswer());
        assertThatThrownBy(() -> org.sink("Contact").build().write(SinkOrg.clients("Ada", "Bea")))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.outcome_unknown"))
                .hasMessageContaining("clients.csv:2 to clients.csv:3");
        assertThat(org.values("Contact", "LastName")).containsExactly("Ada", "Bea");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_delete_by_rest_whose_answer_is_lost_is_sent_again_and_counts_once(boolean carriedOut) {
        String id = org.insert("Contact", Map.of("LastName", "A"));
        FakeFault.Where where = FakeFault.on("DELETE /composite/sobjects");
        org.fake.fault(carriedOut ? where.dropAnswer() : where.dropRequest());
        WriteReport report = org.sink("Contact")
                .delete()
                .build()
                .write(SinkOrg.rows(Schema.of(Column.nullable("Id", ColumnType.STRING)), new Object[] {id}));
        assertThat(report.written()).isEqualTo(1);
    }

    @Test
    void two_keys_of_one_related_record_are_refused_instead_of_one_of_them_lost() {
        Schema schema = Schema.of(
                Column.nullable("LastName", ColumnType.STRING),
                Column.nullable("Account.Ext__c", ColumnType.STRING),
                Column.nullable("account.Other__c", ColumnType.STRING));
        assertThatThrownBy(() ->
                        org.sink("Contact").build().write(SinkOrg.rows(schema, new Object[] {"One", "A-1", "B-1"})))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.bad_columns"))
                .hasMessageContaining("account.Other__c");
    }
}
