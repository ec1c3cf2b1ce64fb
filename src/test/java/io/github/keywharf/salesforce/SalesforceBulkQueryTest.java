package io.github.keywharf.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SalesforceBulkQueryTest {
    private static final Schema SCHEMA =
            Schema.of(Column.nullable("Id", ColumnType.STRING), Column.nullable("Name", ColumnType.STRING));
    private static final String HEADER = "\"Id\",\"Name\"\n";

    private final BulkQueryAnswers org = new BulkQueryAnswers();

    @TempDir
    Path directory;

    @AfterEach
    void nothing_is_left_in_the_directory_of_temporary_files() throws IOException {
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    private SalesforceBulkQuery query(Schema schema, int inFlight) {
        return new SalesforceBulkQuery(
                org.calls(),
                "SELECT Id, Name FROM Contact",
                "query",
                schema,
                org.options(inFlight).withDirectory(directory));
    }

    /** Twelve pages of three rows. */
    private List<String> twelvePages(boolean headers) {
        List<String> names = new ArrayList<>();
        for (int page = 0; page < 12; page++) {
            StringBuilder text = new StringBuilder(headers || page == 0 ? HEADER : "");
            for (int row = 0; row < 3; row++) {
                String name = "name " + page + "." + row + ", \"é\"\nsecond";
                names.add(name);
                text.append("\"003\",\"").append(name.replace("\"", "\"\"")).append("\"\n");
            }
            org.pages.add(text.toString());
        }
        org.processed = 36;
        return names;
    }

    private static List<String> names(Rows rows) {
        try (rows) {
            return rows.stream().map(row -> row.string("Name")).toList();
        }
    }

    @ParameterizedTest
    @CsvSource({"1,null,true,true", "1,'',false,true", "2,null,true,false", "1,NULL,true,false"})
    void all_pages_are_followed_by_locator_in_order_whatever_their_first_lines(
            int inFlight, String lastLocator, boolean headers, boolean gzip) {
        org.lastLocator = lastLocator;
        org.gzip = gzip;
        List<String> names = twelvePages(headers);

        assertThat(names(query(SCHEMA, inFlight).rows())).isEqualTo(names);
        assertThat(org.encodings).hasSize(12).containsOnly("gzip");
        assertThat(org.calls)
                .contains("GET job/results?maxRecords=1000&locator=11")
                .endsWith("DELETE job");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nextRecordUrl", "nextRecordsUrl"})
    void pages_are_fetched_side_by_side_by_their_links_and_come_in_order(String nextName) {
        org.hasLinks = true;
        org.nextName = nextName;
        List<String> names = twelvePages(true);

        assertThat(names(query(SCHEMA, 4).rows())).isEqualTo(names);
        assertThat(org.calls).filteredOn(call -> call.contains("resultPages")).hasSize(3);
        assertThat(org.calls)
                .filteredOn(call -> call.contains("/results?"))
                .doesNotHaveDuplicates()
                .hasSize(12);
    }

    @Test
    void rows_that_failed_do_not_go_on_behind_the_page_that_is_missing() {
        twelvePages(true);
        org.pages.set(1, HEADER + "\"003\",\"one\",\"too many\"\n");
        try (Rows rows = query(SCHEMA, 1).rows()) {
            assertThat(rows.next()).isNotNull();
            assertThatThrownBy(rows::next).isInstanceOf(KeywharfException.class);
            assertThatThrownBy(rows::next)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("missing");
        }
    }

    @Test
    void a_link_that_leads_elsewhere_is_not_followed_with_the_token() {
        org.hasLinks = true;
        org.linkBegin = "https://elsewhere.example";
        twelvePages(true);

        assertThatThrownBy(() -> names(query(SCHEMA, 4).rows())).hasMessageContaining("not one of the job's results");
    }

    @Test
    void a_locator_that_leads_back_is_an_error_instead_of_rows_twice() {
        twelvePages(true);
        org.lastLocator = "3";

        assertThatThrownBy(() -> names(query(SCHEMA, 1).rows()))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.bad_answer"));
    }

    @Test
    void values_have_the_types_of_the_schema_and_an_empty_field_is_null() {
        Schema schema = Schema.of(
                Column.nullable("Flag__c", ColumnType.BOOLEAN),
                Column.nullable("Amount", ColumnType.FLOAT64),
                Column.nullable("Day__c", ColumnType.DATE),
                Column.nullable("At__c", ColumnType.TIMESTAMP_UTC),
                Column.nullable("Clock__c", ColumnType.TIME),
                Column.nullable("Account.Name", ColumnType.STRING));
        org.pages.add("""
                "Account.Name","FLAG__C","Amount","Day__c","At__c","Clock__c"
                "Acme","true","1.25E7","2024-02-29","2024-05-20T12:10:03.998Z","12:10:03.998Z"
                "","","","","",""
                """);
        org.processed = 2;

        List<Row> rows = query(schema, 1).rows().stream().toList();

        assertThat(rows.get(0).toMap().values())
                .containsExactly(
                        true,
                        1.25e7,
                        LocalDate.of(2024, 2, 29),
                        Instant.parse("2024-05-20T12:10:03.998Z"),
                        LocalTime.of(12, 10, 3, 998_000_000),
                        "Acme");
        assertThat(rows.get(1).toMap().values()).containsOnlyNulls();
    }

    @Test
    void a_value_of_another_type_is_an_error_that_names_its_column() {
        org.pages.add(HEADER + "\"x\",\"y\"\n");
        org.processed = 1;
        Schema schema = Schema.of(Column.nullable("Id", ColumnType.INT32), SCHEMA.column("Name"));

        assertThatThrownBy(() -> query(schema, 1).rows().toTable())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.bad_record"))
                .hasMessageContaining("Id");
    }

    @ParameterizedTest
    @CsvSource({"0,true", "1,true", "40,true", "1000000,true", "0,false", "20,false", "60,false"})
    void a_page_that_breaks_off_anywhere_is_fetched_again_and_no_row_is_lost_or_doubled(int bytes, boolean gzip) {
        List<String> names = twelvePages(true);
        org.gzip = gzip;
        org.cutPage = 5;
        org.cutAt = bytes;
        org.cuts = 2;

        assertThat(names(query(SCHEMA, 1).rows())).isEqualTo(names);
    }

    @Test
    void a_page_that_always_breaks_off_is_an_error_that_names_the_job_which_stays() {
        List<String> names = twelvePages(true);
        org.cutPage = 5;
        org.cuts = 4;

        assertThatThrownBy(() -> names(query(SCHEMA, 1).rows()))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("http.broken"))
                .hasMessageContaining(BulkQueryAnswers.JOB);
        assertThat(org.calls).doesNotContain("DELETE job");
        assertThat(names(query(SCHEMA, 1).resume(BulkQueryAnswers.JOB, "Contact")))
                .isEqualTo(names);
    }

    @Test
    void fewer_rows_than_the_job_has_are_an_error() {
        twelvePages(true);
        org.processed = 37;

        assertThatThrownBy(() -> names(query(SCHEMA, 1).rows()))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.count_mismatch"))
                .hasMessageContaining("37")
                .hasMessageContaining("36");
    }

    @Test
    void a_job_without_rows_has_none() {
        org.pages.add(HEADER);
        assertThat(names(query(SCHEMA, 1).rows())).isEmpty();
        org.pages.set(0, "");
        assertThat(names(query(SCHEMA, 1).rows())).isEmpty();
    }

    @Test
    void the_job_is_waited_for_with_growing_pauses() {
        org.states.addAll(0, List.of("UploadComplete", "InProgress", "InProgress"));
        org.pages.add(HEADER);

        names(query(SCHEMA, 1).rows());

        assertThat(org.time.waits())
                .containsExactly(Duration.ofMillis(500), Duration.ofMillis(750), Duration.ofMillis(1_125));
    }

    @Test
    void a_job_that_takes_too_long_is_an_error_and_stays() {
        org.states.set(0, "InProgress");
        Rows rows = new SalesforceBulkQuery(
                        org.calls(),
                        "SELECT Id FROM Contact",
                        "queryAll",
                        SCHEMA,
                        org.options(1).withLongestWait(Duration.ofMinutes(10)))
                .rows();

        assertThatThrownBy(rows::next)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.timeout"))
                .hasMessageContaining("InProgress")
                .hasMessageContaining("PT10M");
        rows.close();
        assertThat(org.calls).doesNotContain("DELETE job");
    }

    @Test
    void a_job_that_took_too_long_can_be_waited_for_again_and_is_read_to_its_end() {
        List<String> names = twelvePages(true);
        org.states.set(0, "InProgress");
        Rows rows = query(SCHEMA, 1).rows();
        assertThatThrownBy(rows::next).hasMessageContaining("InProgress");

        org.states.set(0, "JobComplete");
        assertThat(names(rows)).isEqualTo(names);
        assertThat(org.calls).contains("DELETE job");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Failed", "Aborted"})
    void a_job_that_does_not_complete_is_an_error_with_the_orgs_reason(String state) {
        org.states.set(0, state);
        org.error = "INVALID_FIELD: No such column Nmae";

        assertThatThrownBy(() -> names(query(SCHEMA, 1).rows()))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.job_failed"))
                .hasMessageContaining("No such column Nmae")
                .hasMessageContaining(state);
    }

    @Test
    void closing_early_aborts_and_deletes_the_job() {
        org.states.set(0, "InProgress");
        query(SCHEMA, 1).rows().close();
        assertThat(org.calls).containsExactly("POST /services/data/v66.0/jobs/query", "PATCH job", "DELETE job");
    }

    @Test
    void closing_between_pages_deletes_the_job_and_the_files() {
        org.hasLinks = true;
        twelvePages(true);
        try (Rows rows = query(SCHEMA, 3).rows()) {
            assertThat(rows.next()).isNotNull();
        }
        assertThat(org.calls).endsWith("DELETE job");
    }

    @Test
    void a_job_that_is_gone_is_said_to_be() {
        org.isGone = true;
        assertThatThrownBy(() -> query(SCHEMA, 1).resume(BulkQueryAnswers.JOB, "Contact"))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.job_unknown"))
                .hasMessageContaining("7 days");
        assertThatThrownBy(() -> query(SCHEMA, 1).resume("../../x", "Contact"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_complete_job_that_does_not_say_of_how_many_rows_is_not_read() {
        org.pages.add("\"Name\"\n\"Ada\"\n");
        org.processed = -1;
        assertThatThrownBy(() -> query(Schema.of(Column.nullable("Name", ColumnType.STRING)), 1)
                        .rows()
                        .next())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.bad_answer"));
    }

    @Test
    void rows_know_which_one_of_the_query_they_are() {
        twelvePages(true);
        try (Rows rows = query(SCHEMA, 1).rows()) {
            rows.next();
            assertThat(java.util.Objects.requireNonNull(rows.next())
                            .origins()
                            .orElseThrow()
                            .of(2)
                            .toString())
                    .endsWith(BulkQueryAnswers.JOB + ":6");
        }
    }
}
