package io.github.keywharf.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.event.EventListener;
import io.github.keywharf.http.BearerFilter;
import io.github.keywharf.http.BearerToken;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.salesforce.FakeFault;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bulk queries of an org that keeps state, whose sessions end in the middle. */
class SalesforceBulkOrgTest {
    private static final Schema SCHEMA = Schema.of(
            Column.nullable("LastName", ColumnType.STRING),
            Column.nullable("Account.Name", ColumnType.STRING),
            Column.nullable("HasOptedOutOfEmail", ColumnType.BOOLEAN),
            Column.nullable("CreatedDate", ColumnType.TIMESTAMP_UTC));
    private static final String SOQL = "SELECT LastName, Account.Name, HasOptedOutOfEmail, CreatedDate FROM Contact";
    private static final List<String> NAMES =
            IntStream.range(0, 35).mapToObj(i -> "name " + i).toList();

    private final SinkOrg org = new SinkOrg();

    @BeforeEach
    void people() {
        String account = org.insert("Account", Map.of("Name", "Acme, \"Inc\""));
        NAMES.forEach(name -> org.insert("Contact", Map.of("LastName", name, "AccountId", account)));
        org.fake.bulkPageSize(5);
    }

    /** The org behind the filter that fetches a new token when one is refused. */
    private HttpHandler renewing() {
        return org.fake;
    }

    private SalesforceCalls calls(String version) {
        BearerFilter bearer = BearerFilter.of(
                org.fake.instance(),
                () -> new BearerToken(
                        Secret.of(org.fake.session()), org.time.instant().plusSeconds(7_200)),
                org.time);
        return SalesforceCalls.of(
                renewing().with(bearer),
                new SalesforceTarget(org.fake.instance(), version),
                EventListener.NONE,
                org.time);
    }

    private List<String> names(String version, int inFlight) {
        SalesforceBulkOptions options =
                SalesforceBulkOptions.defaults().withTime(org.time, org.time).withPages(inFlight, 1_000);
        try (Rows rows = new SalesforceBulkQuery(calls(version), SOQL, "query", SCHEMA, options).rows()) {
            return rows.stream()
                    .peek(row -> assertThat(row.value("Account.Name")).isEqualTo("Acme, \"Inc\""))
                    .map(row -> row.string("LastName"))
                    .toList();
        }
    }

    @ParameterizedTest
    @CsvSource({"v66.0, 4", "v66.0, 1", "v57.0, 4"})
    void all_rows_come_in_order_by_links_or_by_locators(String version, int inFlight) {
        assertThat(names(version, inFlight)).isEqualTo(NAMES);
        assertThat(org.fake.calls("DELETE /jobs/query/{id}")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /jobs/query",
                "GET /jobs/query/{id}",
                "GET /jobs/query/{id}/resultPages",
                "GET /jobs/query/{id}/results"
            })
    void a_session_that_ends_at_any_step_of_a_query_is_replaced(String route) {
        org.fake.fault(FakeFault.on(route).expireTokens());
        assertThat(names("v66.0", 2)).isEqualTo(NAMES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /jobs/ingest",
                "PUT /jobs/ingest/{id}/batches",
                "PATCH /jobs/ingest/{id}",
                "GET /jobs/ingest/{id}",
                "GET /jobs/ingest/{id}/failedResults",
                "GET /jobs/ingest/{id}/successfulResults"
            })
    void a_session_that_ends_at_any_step_of_a_load_is_replaced(String route) {
        org.fake.fault(FakeFault.on(route).expireTokens());
        new SalesforceSink.Builder(calls("v66.0"), "Contact")
                .time(org.time, org.time)
                .via(SalesforceSink.Via.BULK)
                .ids((origin, id, created) -> assertThat(created).isTrue())
                .build()
                .write(SinkOrg.clients("Ada", "Bea"));
        assertThat(org.values("Contact", "LastName")).hasSize(37).endsWith("Ada", "Bea");
    }

    @Test
    void pages_that_are_cut_among_others_are_fetched_again() {
        for (int page = 0; page < 7; page++) {
            org.fake.fault(
                    FakeFault.on("GET /jobs/query/{id}/results").after(2 * page).cutAnswerAt(1 + 15 * page));
        }
        assertThat(names("v66.0", 3)).isEqualTo(NAMES);
    }

    @Test
    void what_a_query_gives_goes_back_up() {
        org.fake.define("Contact", io.github.keywharf.testing.salesforce.FakeField.of("Copy__c", "string"));
        Schema schema =
                Schema.of(Column.nullable("Id", ColumnType.STRING), Column.nullable("LastName", ColumnType.STRING));
        SalesforceBulkOptions options = SalesforceBulkOptions.defaults().withTime(org.time, org.time);
        Rows rows = new SalesforceBulkQuery(
                        calls("v66.0"), "SELECT Id, LastName FROM Contact", "query", schema, options)
                .rows();

        org.sink("Contact")
                .update()
                .autoRows(10)
                .column("LastName", "Copy__c")
                .build()
                .write(rows);

        assertThat(org.values("Contact", "Copy__c")).isEqualTo(NAMES);
    }
}
