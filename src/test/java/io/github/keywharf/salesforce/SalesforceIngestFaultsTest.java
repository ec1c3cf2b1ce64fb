package io.github.keywharf.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Progress;
import io.github.keywharf.event.Work;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Condition;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.salesforce.FakeFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No row is inserted twice and none is lost in silence, whatever breaks in the middle of jobs. */
class SalesforceIngestFaultsTest {
    /** With jobs of 1,000 bytes: three jobs. */
    private static final String[] NAMES =
            IntStream.range(0, 100).mapToObj(i -> "client number " + i).toArray(String[]::new);

    private final SinkOrg org = new SinkOrg();
    private final ObjectStore store = ObjectStore.inMemory(org.time);
    private final List<RejectedRow> rejected = new ArrayList<>();

    private SalesforceSink.Builder sink() {
        return org.sink("Contact").via(SalesforceSink.Via.BULK);
    }

    private SalesforceSink resumable(HttpHandler client) {
        return org.sink(client, "Contact")
                .chunkBytes(1_500)
                .checkpoint(store, "load", "clients.csv of Monday")
                .build();
    }

    /** What a killed process never comes back from. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** The org for a process that is killed at its call of that number, before or after the org has done what it asks for. */
    private HttpHandler killedAt(int call, boolean carriedOut) {
        int[] calls = {0};
        return request -> {
            if (calls[0]++ == call) {
                if (carriedOut) {
                    org.handle(request).close();
                }
                throw new Killed();
            }
            return org.handle(request);
        };
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_load_that_is_killed_at_any_call_goes_on_and_each_row_is_there_once(boolean carriedOut) {
        int kills = 0;
        for (int call = 0; ; call++) {
            org.fake
                    .records("Contact")
                    .forEach(record ->
                            org.fake.hardDelete("Contact", record.get("Id").toString()));
            store.under("load").list("").toList().forEach(object -> store.delete("load/" + object.key()));
            boolean killed = false;
            try {
                resumable(killedAt(call, carriedOut)).write(SinkOrg.clients(NAMES));
            } catch (Killed e) {
                killed = true;
                kills++;
            }
            WriteReport report = resumable(org).write(SinkOrg.clients(NAMES));

            assertThat(report.read()).as("call %d", call).isEqualTo(100);
            assertThat(report.written()).as("call %d", call).isEqualTo(100);
            assertThat(org.values("Contact", "LastName")).as("call %d", call).containsExactly(NAMES);
            if (!killed) {
                break;
            }
        }
        assertThat(kills).isGreaterThan(12);
    }

    @Test
    void rejected_rows_are_counted_over_all_runs_of_a_load() {
        String[] names = NAMES.clone();
        names[3] = "";
        names[60] = "";
        assertThatThrownBy(() -> resumable(killedAt(9, true)).write(SinkOrg.clients(names), rejected::add))
                .isInstanceOf(Killed.class);

        WriteReport report = resumable(org).write(SinkOrg.clients(names), rejected::add);

        assertThat(report.read()).isEqualTo(100);
        assertThat(report.written()).isEqualTo(98);
        assertThat(report.rejected()).isEqualTo(2);
        assertThat(rejected).extracting(RejectedRow::position).contains(5L, 62L);
        assertThat(org.fake.records("Contact")).hasSize(98);
    }

    @Test
    void a_finished_load_is_not_repeated_and_another_source_starts_over() {
        WriteReport first = resumable(org).write(SinkOrg.clients(NAMES));
        int calls = org.fake.calls().size();
        WriteReport again = resumable(org).write(SinkOrg.clients(NAMES));
        assertThat(org.fake.calls()).hasSize(calls);
        assertThat(again.written()).isEqualTo(first.written());

        org.sink("Contact")
                .checkpoint(store, "load", "clients.csv of Tuesday")
                .build()
                .write(SinkOrg.clients("New"));
        assertThat(org.fake.records("Contact")).hasSize(101);
    }

    @Test
    void a_finished_load_reports_rows_that_were_left_out_before_it_each_time() {
        String[] names = NAMES.clone();
        names[3] = "";
        names[60] = "";
        for (int run = 0; run < 2; run++) {
            WriteReport report = resumable(org)
                    .write(SinkOrg.clients(names)
                            .filter(Condition.gt("Ext__c", "x-client number 1"))
                            .limit(50));
            assertThat(report.read()).isEqualTo(100);
            assertThat(report.written()).isEqualTo(50);
            // The first two clients and the two without a name.
            assertThat(report.leftOut()).isEqualTo(LeftOut.byFilter(4).plus(LeftOut.byLimit(46)));
        }
    }

    @Test
    void other_rows_than_those_before_are_refused() {
        assertThatThrownBy(() -> resumable(killedAt(9, true)).write(SinkOrg.clients(NAMES)))
                .isInstanceOf(Killed.class);
        String[] others = NAMES.clone();
        others[0] = "somebody else";
        assertThatThrownBy(() -> resumable(org).write(SinkOrg.clients(others)))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.checkpoint_other"));
        assertThatThrownBy(() -> resumable(org).write(SinkOrg.clients("one")))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.checkpoint_other"));
    }

    @Test
    void refused_rows_that_the_results_leave_out_do_not_count_as_written() {
        HttpHandler forgetful = request -> request.path().endsWith("failedResults/")
                ? HttpResponse.of(200).withBody(HttpBody.of("\"sf__Id\",\"sf__Error\",\"LastName\",\"Ext__c\"\n"))
                : org.handle(request);
        assertThatThrownBy(() -> org.sink(forgetful, "Contact")
                        .via(SalesforceSink.Via.BULK)
                        .build()
                        .write(SinkOrg.clients("One", "", "Three"), rejected::add))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.count_mismatch"));
        assertThat(org.fake.records("Contact")).hasSize(2);
    }

    @Test
    void a_closed_job_that_the_org_has_forgotten_is_an_error_that_names_the_rows() {
        // Calls of the first job: create, upload, close.
        assertThatThrownBy(() -> resumable(killedAt(2, true)).write(SinkOrg.clients(NAMES)))
                .isInstanceOf(Killed.class);
        org.time.advance(Duration.ofDays(8));
        assertThatThrownBy(() -> resumable(org).write(SinkOrg.clients(NAMES)))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.job_unknown"))
                .hasMessageContaining("clients.csv:2 to clients.csv:");
    }

    @ParameterizedTest
    @CsvSource({
        "POST /jobs/ingest, false",
        "PUT /jobs/ingest/{id}/batches, false",
        "PUT /jobs/ingest/{id}/batches, true",
        "PATCH /jobs/ingest/{id}, false",
        "PATCH /jobs/ingest/{id}, true"
    })
    void a_lost_request_or_answer_doubles_nothing(String route, boolean carriedOut) {
        FakeFault.Where where = FakeFault.on(route);
        org.fake.fault(carriedOut ? where.dropAnswer() : where.dropRequest());
        boolean recovers = !route.startsWith("POST");
        if (recovers) {
            WriteReport report = sink().build().write(SinkOrg.clients(NAMES));
            assertThat(report.written()).isEqualTo(100);
        } else {
            // Repeating it is up to the client's filters, which this test leaves out.
            assertThatThrownBy(() -> sink().build().write(SinkOrg.clients(NAMES)))
                    .isInstanceOf(KeywharfException.class);
            sink().build().write(SinkOrg.clients(NAMES));
        }
        assertThat(org.values("Contact", "LastName")).containsExactly(NAMES);
    }

    @Test
    void results_that_break_off_are_fetched_again() {
        org.fake.fault(FakeFault.on("GET /jobs/ingest/{id}/failedResults").cutAnswerAt(10));
        org.fake.fault(FakeFault.on("GET /jobs/ingest/{id}/successfulResults").cutAnswerAt(100));
        List<String> ids = new ArrayList<>();
        WriteReport report = sink().ids((origin, id, created) -> ids.add(id))
                .build()
                .write(SinkOrg.clients("Ada", "", "Bea"), rejected::add);
        assertThat(report.written()).isEqualTo(2);
        assertThat(ids).hasSize(2);
        assertThat(rejected)
                .singleElement()
                .satisfies(row -> assertThat(row.position()).isEqualTo(3));
    }

    @Test
    void a_job_whose_state_cannot_be_read_is_an_error_with_its_id_and_its_rows() {
        org.fake.fault(FakeFault.on("GET /jobs/ingest/{id}").always().answer(503, "SERVER_UNAVAILABLE", "maintenance"));
        assertThatThrownBy(() -> sink().build().write(SinkOrg.clients("Ada", "Bea")))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.outcome_unknown"))
                .hasMessageContaining("clients.csv:2 to clients.csv:3")
                .satisfies(e ->
                        assertThat(e.getMessage()).contains(jobs().get(0).work().task()));
    }

    private List<Event> jobs() {
        return org.events.stream()
                .filter(event -> event.name().equals("salesforce.job.changed"))
                .toList();
    }

    private static final Schema OF_ACCOUNTS =
            Schema.of(Column.nullable("LastName", ColumnType.STRING), Column.nullable("AccountId", ColumnType.STRING));

    /** Twelve clients, of which each third one belongs to an account that is locked; two of them are equal. */
    private static Rows clientsOf(String account) {
        return SinkOrg.rows(
                OF_ACCOUNTS,
                IntStream.range(0, 12)
                        .mapToObj(i -> new Object[] {"client " + (i == 9 ? 6 : i), i % 3 == 0 ? account : null})
                        .toArray(Object[][]::new));
    }

    private static final String[] CLIENTS =
            IntStream.range(0, 12).mapToObj(i -> "client " + (i == 9 ? 6 : i)).toArray(String[]::new);

    @Test
    void a_row_that_is_locked_is_sent_again_in_a_job_of_its_own() {
        String account = org.insert("Account", Map.of("Name", "Acme"));
        org.fake.lockRecord(account, true);
        org.fake.fault(FakeFault.on("POST /jobs/ingest").after(2).then(fake -> fake.lockRecord(account, false)));
        List<String> ids = new ArrayList<>();

        WriteReport report = sink().ids((origin, id, created) -> ids.add(origin.position() + " " + id))
                .build()
                .write(clientsOf(account), rejected::add);

        assertThat(report.written()).isEqualTo(12);
        assertThat(rejected).isEmpty();
        assertThat(org.values("Contact", "LastName")).containsExactlyInAnyOrder(CLIENTS);
        assertThat(ids).doesNotHaveDuplicates().hasSize(12);
        assertThat(org.fake.calls("POST /jobs/ingest")).isEqualTo(3);
        assertThat(org.fake.executed().stream().filter(what -> what.startsWith("insert Contact")))
                .hasSize(12);
    }

    @Test
    void a_row_that_stays_locked_is_rejected_with_the_reason_and_the_others_are_written_once() {
        String account = org.insert("Account", Map.of("Name", "Acme"));
        org.fake.lockRecord(account, true);

        WriteReport report = sink().build().write(clientsOf(account), rejected::add);

        assertThat(report.written()).isEqualTo(8);
        assertThat(report.rejected()).isEqualTo(4);
        assertThat(rejected).extracting(RejectedRow::position).containsExactlyInAnyOrder(2L, 5L, 8L, 11L);
        assertThat(rejected).allSatisfy(row -> assertThat(row.reason()).contains("UNABLE_TO_LOCK_ROW"));
        assertThat(org.fake.records("Contact")).hasSize(8);
        assertThat(org.fake.calls("POST /jobs/ingest")).isEqualTo(3);
    }

    @Test
    void locked_rows_that_cannot_be_sent_again_are_rejected_and_the_report_is_not_lost() {
        String account = org.insert("Account", Map.of("Name", "Acme"));
        org.fake.lockRecord(account, true);
        org.fake.fault(FakeFault.on("POST /jobs/ingest")
                .after(1)
                .always()
                .answer(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests"));

        WriteReport report = sink().build().write(clientsOf(account), rejected::add);

        assertThat(report.written()).isEqualTo(8);
        assertThat(report.rejected()).isEqualTo(4);
        assertThat(rejected).extracting(RejectedRow::position).containsExactlyInAnyOrder(2L, 5L, 8L, 11L);
        assertThat(rejected)
                .allSatisfy(row ->
                        assertThat(row.reason()).contains("UNABLE_TO_LOCK_ROW").contains("TotalRequests"));
    }

    @Test
    void a_load_with_a_checkpoint_goes_on_with_the_locked_rows_that_could_not_be_sent_again() {
        String account = org.insert("Account", Map.of("Name", "Acme"));
        org.fake.lockRecord(account, true);
        org.fake.fault(
                FakeFault.on("POST /jobs/ingest").after(1).answer(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests"));
        assertThatThrownBy(() -> onceOf("load", org).write(clientsOf(account), rejected::add))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.daily_limit"));
        org.fake.lockRecord(account, false);

        assertThat(onceOf("load", org).write(clientsOf(account), rejected::add).written())
                .isEqualTo(12);
        assertThat(rejected).isEmpty();
        assertThat(org.values("Contact", "LastName")).containsExactlyInAnyOrder(CLIENTS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_load_with_locked_rows_that_is_killed_at_any_call_writes_each_row_once(boolean carriedOut) {
        int kills = 0;
        for (int call = 0; ; call++) {
            String folder = "load" + call;
            String account = org.insert("Account", Map.of("Name", "Acme"));
            org.fake.lockRecord(account, true);
            org.fake.heal();
            org.fake.fault(FakeFault.on("GET /jobs/ingest/{id}/failedResults")
                    .after(1)
                    .then(fake -> fake.lockRecord(account, false)));
            boolean killed = false;
            try {
                onceOf(folder, killedAt(call, carriedOut)).write(clientsOf(account));
            } catch (Killed e) {
                killed = true;
                kills++;
            }
            WriteReport report = onceOf(folder, org).write(clientsOf(account), rejected::add);

            assertThat(report.written()).as("call %d", call).isEqualTo(12);
            assertThat(rejected).as("call %d", call).isEmpty();
            assertThat(org.values("Contact", "LastName")).as("call %d", call).containsExactlyInAnyOrder(CLIENTS);
            if (!killed) {
                break;
            }
            org.fake
                    .records("Contact")
                    .forEach(record ->
                            org.fake.hardDelete("Contact", record.get("Id").toString()));
        }
        assertThat(kills).isGreaterThan(12);
    }

    private SalesforceSink onceOf(String folder, HttpHandler client) {
        return org.sink(client, "Contact").checkpoint(store, folder, "clients").build();
    }

    @Test
    void jobs_report_their_states_and_how_many_rows_they_have_processed() {
        sink().build().write(SinkOrg.clients("Ada", "", "Bea", "Cleo"), rejected::add);

        assertThat(jobs())
                .extracting(event -> event.message().replaceAll("job \\w+ is (\\w+), .*", "$1"))
                .containsExactly("Open", "InProgress", "JobComplete");
        Event end = jobs().get(2);
        String job = end.work().task();
        assertThat(end)
                .isEqualTo(Event.of(
                        Event.Level.INFO,
                        "salesforce.job.changed",
                        Work.NONE.withTask(job),
                        "insert Contact",
                        "job " + job + " is JobComplete, 4 records processed, 1 of them failed",
                        Fact.count("processed", 4),
                        Fact.count("failed", 1)));
        List<Progress> progress = org.events.stream()
                .filter(Progress.class::isInstance)
                .map(Progress.class::cast)
                .toList();
        assertThat(progress).extracting(Progress::subject).containsOnly("insert Contact " + job);
        assertThat(progress).extracting(Progress::done).containsExactly(2L, 4L);
        assertThat(progress).extracting(Progress::total).containsOnly(4L);
        assertThat(progress).extracting(Progress::finished).containsExactly(false, true);
    }

    @Test
    void a_job_that_fails_before_its_first_row_is_an_error_with_the_orgs_reason() {
        Rows rows = SinkOrg.rows(
                io.github.keywharf.table.Schema.of(
                        io.github.keywharf.table.Column.nullable("Nmae", io.github.keywharf.table.ColumnType.STRING)),
                new Object[] {"Ada"});
        assertThatThrownBy(() -> sink().build().write(rows))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.job_failed"))
                .hasMessageContaining("Nmae");
    }

    /** The org for somebody whose job is aborted in the org once it has processed some rows. */
    private HttpHandler abortedInTheMiddle() {
        int[] polls = {0};
        return request -> {
            HttpResponse response = org.handle(request);
            boolean isPoll = request.method().equals("GET") && request.path().matches(".*/jobs/ingest/[^/]+");
            if (isPoll && polls[0]++ == 0) {
                org.handle(request.withMethod("PATCH")
                                .withHeader("Content-Type", "application/json")
                                .withBody(io.github.keywharf.http.HttpBody.of("{\"state\":\"Aborted\"}")))
                        .close();
            }
            return response;
        };
    }

    @Test
    void an_insert_whose_job_was_aborted_after_it_had_its_rows_is_not_sent_again() {
        HttpHandler abortedAndKilled = request -> {
            if (request.method().equals("GET") && request.path().matches(".*/jobs/ingest/[^/]+")) {
                org.handle(request.withMethod("PATCH")
                                .withHeader("Content-Type", "application/json")
                                .withBody(io.github.keywharf.http.HttpBody.of("{\"state\":\"Aborted\"}")))
                        .close();
                throw new Killed();
            }
            return org.handle(request);
        };
        assertThatThrownBy(() -> resumable(abortedAndKilled).write(SinkOrg.clients(NAMES)))
                .isInstanceOf(Killed.class);

        assertThatThrownBy(() -> resumable(org).write(SinkOrg.clients(NAMES)))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.outcome_unknown"))
                .hasMessageContaining("aborted");
        assertThat(org.fake.calls("POST /jobs/ingest")).isEqualTo(1);
    }

    @Test
    void rows_that_a_job_did_not_come_to_are_sent_again_where_twice_does_no_harm() {
        WriteReport report = org.sink(abortedInTheMiddle(), "Contact")
                .upsert("Ext__c")
                .via(SalesforceSink.Via.BULK)
                .build()
                .write(SinkOrg.clients(NAMES));
        assertThat(report.written()).isEqualTo(100);
        assertThat(org.values("Contact", "LastName")).containsExactly(NAMES);
        assertThat(org.fake.calls("POST /jobs/ingest")).isEqualTo(2);
    }

    @Test
    void rows_that_an_insert_did_not_come_to_are_rejected_with_their_lines() {
        WriteReport report = org.sink(abortedInTheMiddle(), "Contact")
                .via(SalesforceSink.Via.BULK)
                .build()
                .write(SinkOrg.clients(NAMES), rejected::add);
        assertThat(report.written())
                .isBetween(1L, 99L)
                .isEqualTo(org.fake.records("Contact").size());
        assertThat(report.written() + report.rejected()).isEqualTo(100);
        RejectedRow last = rejected.get(rejected.size() - 1);
        assertThat(last.toString()).startsWith("[clients.csv:101]").contains("which is not in the org");
        assertThat(last.row()).containsEntry("LastName", NAMES[99]);
    }

    @Test
    void results_that_do_not_add_up_are_an_error() {
        HttpHandler forgetful = request -> request.path().endsWith("failedResults/")
                ? HttpResponse.text(200, "\"sf__Id\",\"sf__Error\",\"LastName\",\"Ext__c\"\n")
                : request.path().endsWith("successfulResults/")
                                || request.path().endsWith("unprocessedrecords/")
                        ? HttpResponse.text(200, "")
                        : org.handle(request);
        assertThatThrownBy(() -> org.sink(forgetful, "Contact")
                        .via(SalesforceSink.Via.BULK)
                        .ids((origin, id, created) -> {})
                        .build()
                        .write(SinkOrg.clients("Ada")))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.count_mismatch"));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void a_job_that_reports_a_row_too_few_or_too_many_is_an_error(int processed) {
        HttpHandler miscounting = request -> {
            HttpResponse answer = org.handle(request);
            return request.method().equals("GET") && request.path().matches(".*/jobs/ingest/[^/]+")
                    ? answer.withBody(HttpBody.of(answer.body()
                            .text(10_000)
                            .replace("\"numberRecordsProcessed\":3", "\"numberRecordsProcessed\":" + processed)))
                    : answer;
        };
        assertThatThrownBy(() -> org.sink(miscounting, "Contact")
                        .via(SalesforceSink.Via.BULK)
                        .build()
                        .write(SinkOrg.clients("One", "Two", "Three"), rejected::add))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.count_mismatch"));
        assertThat(org.fake.records("Contact")).hasSize(3);
    }

    @Test
    void a_checkpoint_that_lost_a_row_ends_the_load() throws IOException {
        assertThatThrownBy(() -> resumable(killedAt(9, true)).write(SinkOrg.clients(NAMES)))
                .isInstanceOf(Killed.class);
        ObjectStore notes = store.under("load");
        for (StoredObject note : notes.list("").toList()) {
            String text;
            try (ObjectReader reader = notes.open(note)) {
                text = new String(reader.stream().readAllBytes(), StandardCharsets.UTF_8);
            }
            notes.delete(note.key());
            notes.createIfAbsent(
                    note.key(),
                    text.replaceFirst("(\"written\" : \\d*?)\\d,", "$10,").getBytes(StandardCharsets.UTF_8));
        }
        assertThatThrownBy(() -> resumable(org).write(SinkOrg.clients(NAMES)))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(LeftOut.COUNTS_OPEN));
    }

    @Test
    void two_loads_with_one_checkpoint_do_not_both_go_on() {
        HttpHandler interfered = request -> {
            if (request.method().equals("PUT")) {
                assertThat(resumable(org).write(SinkOrg.clients(NAMES)).written())
                        .isEqualTo(100);
            }
            return org.handle(request);
        };
        assertThatThrownBy(() -> resumable(interfered).write(SinkOrg.clients(NAMES)))
                .isInstanceOf(KeywharfException.class);
        assertThat(org.values("Contact", "LastName")).containsExactly(NAMES);
    }

    @Test
    void equal_rows_of_which_the_org_refuses_some_are_all_accounted_for() {
        Map<String, Integer> lines = new java.util.TreeMap<>();
        WriteReport report = sink().ids((origin, id, created) -> lines.merge(origin.toString(), 1, Integer::sum))
                .build()
                .write(SinkOrg.clients("Ada", "", "Ada", "", "Ada"), rejected::add);
        assertThat(report.written()).isEqualTo(3);
        assertThat(lines).containsOnlyKeys("clients.csv:2", "clients.csv:4", "clients.csv:6");
        assertThat(rejected).extracting(RejectedRow::position).containsExactly(3L, 5L);
    }
}
