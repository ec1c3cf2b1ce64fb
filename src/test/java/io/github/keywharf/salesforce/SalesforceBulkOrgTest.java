package io.github.keywharf.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Event;
import io.github.keywharf.event.Progress;
import io.github.keywharf.http.BearerFilter;
import io.github.keywharf.http.BearerToken;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
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
                renewing().with(bearer), new SalesforceTarget(org.fake.instance(), version), org.events::add, org.time);
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
                .clock(org.time, org.time)
                .via(SalesforceSink.Via.BULK)
                .ids((origin, id, created) -> assertThat(created).isTrue())
                .build()
                .write(SinkOrg.clients("Ada", "Bea"));
        assertThat(org.values("Contact", "LastName")).hasSize(37).endsWith("Ada", "Bea");
    }

    /** Three cuts at most: by chance all may meet one page, which is asked for four times. */
    @ParameterizedTest
    @ValueSource(ints = {1, 46, 91})
    void pages_that_are_cut_among_others_are_fetched_again(int firstCut) {
        for (int cut = 0; cut < SalesforceCalls.READ_ATTEMPTS - 1; cut++) {
            org.fake.fault(
                    FakeFault.on("GET /jobs/query/{id}/results").after(2 * cut).cutAnswerAt(firstCut + 15 * cut));
        }
        assertThat(names("v66.0", 3)).isEqualTo(NAMES);
    }

    private SalesforceQuery query(String soql) {
        SalesforceCalls calls = calls("v66.0");
        return new QueryContext(calls, new SalesforceDescribe(calls), SalesforceBulkQuery.over(calls))
                .query(soql, Map.of());
    }

    /** The id of the job of a process that ended without closing its rows. */
    private String job() {
        return org.events.stream()
                .filter(event -> event.name().equals("salesforce.job.changed"))
                .map(event -> event.work().task())
                .reduce((one, other) -> other)
                .orElseThrow();
    }

    @Test
    void a_query_whose_process_died_is_read_by_its_job() {
        org.fake.jobPolls(1);
        Rows lost = query(SOQL).bulk().rows();
        lost.next();
        String job = job();
        NAMES.forEach(name -> org.insert("Contact", Map.of("LastName", "later")));

        Table rows = query(SOQL).resume(job).toTable();

        assertThat(rows).extracting(row -> row.string("LastName")).isEqualTo(NAMES);
        assertThat(org.fake.calls("POST /jobs/query")).isEqualTo(1);
        assertThatThrownBy(() -> query(SOQL).resume(job))
                .as("what was read to its end is gone")
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.job_unknown"))
                .hasMessageContaining(job);
    }

    @Test
    void a_job_of_another_query_is_refused() {
        org.fake.jobPolls(1);
        Rows rows = query(SOQL).bulk().rows();
        String job = job();

        for (SalesforceQuery other : List.of(
                query("SELECT Name FROM Account"),
                query(SOQL).withDeleted(),
                query("SELECT LastName, Account.Name, HasOptedOutOfEmail, Email FROM Contact"),
                query("SELECT LastName FROM Contact"))) {
            assertThatThrownBy(() -> other.resume(job).toTable())
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.job_other"))
                    .hasMessageContaining(job);
        }
        assertThat(rows.toTable().size()).as("the job was left as it was").isEqualTo(NAMES.size());
        assertThatThrownBy(() -> query(SOQL).resume("7500000000000zzAAA"))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.job_unknown"));
        assertThatThrownBy(() -> query("SELECT COUNT(Id) FROM Contact").resume(job))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @SuppressWarnings("NullAway") // callers without a checker
    void no_id_does_not_begin_a_job() {
        assertThatThrownBy(() -> query(SOQL).resume(null)).isInstanceOf(NullPointerException.class);
        assertThat(org.fake.calls("POST /jobs/query")).isZero();
    }

    @Test
    void a_job_that_another_process_reads_and_deletes_is_an_error_and_not_the_end() {
        org.fake.jobPolls(1);
        try (Rows mine = query(SOQL).bulk().rows()) {
            assertThat(query(SOQL).resume(job()).toTable().size()).isEqualTo(NAMES.size());

            assertThatThrownBy(() -> mine.toTable())
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.job_unknown"));
        }
    }

    @Test
    void a_query_reports_its_states_and_what_was_read() {
        names("v66.0", 1);

        assertThat(org.events)
                .filteredOn(event -> event.name().equals("salesforce.job.changed"))
                .extracting(event -> event.message().replaceAll("job \\w+ is (\\w+), .*", "$1"))
                .containsExactly("UploadComplete", "InProgress", "JobComplete");
        List<Event> progress =
                org.events.stream().filter(Progress.class::isInstance).toList();
        assertThat(progress)
                .extracting(Event::subject)
                .containsSubsequence("query Contact " + job(), "read query Contact " + job());
        assertThat(progress)
                .filteredOn(event -> ((Progress) event).finished())
                .extracting(event -> ((Progress) event).done())
                .containsExactly(35L, 35L);
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
