package io.github.keywharf.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Fact;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Table;
import io.github.keywharf.testing.salesforce.FakeCall;
import io.github.keywharf.testing.salesforce.FakeFault;
import io.github.keywharf.testing.salesforce.FakeField;
import io.github.keywharf.testing.salesforce.FakeSalesforce;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SalesforceChangesTest {
    private final ObjectOrg org = new ObjectOrg();
    private final FakeSalesforce fake = org.fake;
    private final SalesforceObject contacts = org.object("Contact");

    private static List<String> names(Table table) {
        List<String> names = new ArrayList<>();
        for (Row row : table) {
            names.add(row.string("LastName"));
        }
        return names;
    }

    private SalesforceCheckpoint start() {
        SalesforceChanges all = contacts.changes("LastName");
        all.rows().toTable();
        return all.checkpoint();
    }

    private String person(String name) {
        return fake.insert("Contact", Map.of("LastName", name));
    }

    @Test
    void changes_since_a_checkpoint_come_in_their_order_and_again_within_the_overlap() {
        String ada = person("Ada");
        org.pass(Duration.ofHours(1));
        person("Bea");
        org.pass(Duration.ofMinutes(4));
        SalesforceCheckpoint start = start();
        assertThat(start.until()).isEqualTo(org.now());
        org.pass(Duration.ofMinutes(1));
        person("Cleo");
        org.pass(Duration.ofMinutes(1));
        fake.update("Contact", ada, Map.of("LastName", "Ada II"));
        org.pass(Duration.ofMinutes(1));
        SalesforceChanges changes = contacts.changes(start);
        Table rows = changes.rows().toTable();
        assertThat(names(rows)).containsExactly("Bea", "Cleo", "Ada II");
        assertThat(rows.schema().names()).containsExactly("Id", "IsDeleted", "LastName");
        assertThat(changes.checkpoint().until()).isEqualTo(org.now());
        assertThat(changes.drift().isEmpty()).isTrue();
    }

    @Test
    void a_row_that_appears_late_with_an_earlier_time_is_found_by_the_overlap() {
        SalesforceCheckpoint start = start();
        org.pass(SalesforceChanges.OVERLAP.minusMinutes(1));
        // Stamped now, but committed after the next reading: as if that reading had not seen it.
        Instant stamped = org.now();
        org.pass(Duration.ofSeconds(10));
        SalesforceChanges before = contacts.changes(start);
        before.rows().toTable();
        SalesforceCheckpoint next = before.checkpoint();
        assertThat(next.until()).isAfter(stamped);
        org.pass(Duration.ofMinutes(20));
        contacts.changes(next).rows().toTable();
        assertThat(lastQuery()).contains("SystemModstamp >= " + next.until().minus(SalesforceChanges.OVERLAP));
        assertThat(next.until().minus(SalesforceChanges.OVERLAP)).isBefore(stamped);
    }

    private String lastQuery() {
        List<FakeCall> calls = fake.calls();
        return calls.stream()
                .filter(call -> call.route().equals("GET /queryAll"))
                .reduce((one, other) -> other)
                .map(call -> URLDecoder.decode(call.path(), StandardCharsets.UTF_8))
                .orElseThrow();
    }

    @Test
    void what_changes_while_the_rows_are_read_comes_with_the_next_changes() {
        SalesforceCheckpoint start = start();
        org.pass(Duration.ofMinutes(10));
        SalesforceChanges changes = contacts.changes(start);
        person("During");
        org.pass(Duration.ofMinutes(1));
        assertThat(names(changes.rows().toTable())).isEmpty();
        org.pass(Duration.ofHours(1));
        assertThat(names(contacts.changes(changes.checkpoint()).rows().toTable()))
                .containsExactly("During");
    }

    @Test
    void the_checkpoint_is_to_be_had_when_all_rows_are_read() {
        person("Ada");
        SalesforceChanges changes = contacts.changes();
        assertThatIllegalStateException().isThrownBy(changes::checkpoint);
        var rows = changes.rows();
        rows.next();
        assertThatIllegalStateException().isThrownBy(changes::checkpoint);
        assertThatIllegalStateException().isThrownBy(changes::deleted);
        assertThat(rows.next()).isNull();
        assertThat(changes.checkpoint().object()).isEqualTo("Contact");
        assertThatIllegalStateException().isThrownBy(changes::rows);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> org.object("Account").changes(changes.checkpoint()));
    }

    @Test
    void deletions_of_the_bin_and_of_the_log_are_one_set_of_ids() {
        String binned = person("Binned");
        String hard = person("Hard");
        person("Kept");
        SalesforceCheckpoint start = start();
        org.pass(Duration.ofMinutes(30));
        fake.delete("Contact", binned);
        fake.hardDelete("Contact", hard);
        org.pass(Duration.ofMinutes(5));
        SalesforceChanges changes = contacts.changes(start);
        Table rows = changes.rows().toTable();
        assertThat(rows)
                .filteredOn(row -> row.booleanValue("IsDeleted"))
                .singleElement()
                .satisfies(row -> assertThat(row.string("Id")).isEqualTo(binned));
        assertThat(changes.deleted()).containsExactlyInAnyOrder(binned, hard);
        assertThat(changes.checkpoint().deletedUntil()).isEqualTo(org.now());
    }

    @Test
    void a_record_that_was_restored_since_it_was_logged_is_not_deleted() {
        String back = person("Back");
        SalesforceCheckpoint start = start();
        org.pass(Duration.ofMinutes(30));
        fake.update("Contact", back, Map.of("Title", "Cook"));
        org.pass(Duration.ofMinutes(5));
        fake.fault(FakeFault.on("GET /sobjects/Contact/deleted")
                .answer(() -> HttpResponse.json(
                        200,
                        "{\"deletedRecords\":[{\"deletedDate\":\"2026-03-01T12:20:00.000+0000\",\"id\":\"" + back
                                + "\"}],\"earliestDateAvailable\":\"2026-02-20T00:00:00.000+0000\","
                                + "\"latestDateCovered\":\"2026-03-01T12:33:00.000+0000\"}")));
        SalesforceChanges changes = contacts.changes(start);
        changes.rows().toTable();
        assertThat(changes.deleted()).isEmpty();
        assertThat(changes.checkpoint().deletedUntil()).isEqualTo("2026-03-01T12:33:00Z");
    }

    @Test
    void a_record_that_was_restored_long_ago_and_is_still_logged_is_not_deleted() {
        String back = person("Back");
        String gone = person("Gone");
        SalesforceCheckpoint checkpoint = start();
        org.pass(Duration.ofMinutes(30));
        fake.delete("Contact", back);
        fake.hardDelete("Contact", gone);
        // The org does not vouch for its log of the last hours, so that each run is given the same deletions.
        fake.fault(FakeFault.on("GET /sobjects/Contact/deleted")
                .always()
                .answer(() -> HttpResponse.json(
                        200,
                        "{\"deletedRecords\":[{\"deletedDate\":\"2026-03-01T12:30:00.000+0000\",\"id\":\"" + back
                                + "\"},{\"id\":\"" + gone + "\",\"deletedDate\":\"2026-03-01T12:30:00.000+0000\"}],"
                                + "\"earliestDateAvailable\":\"2026-02-20T00:00:00.000+0000\","
                                + "\"latestDateCovered\":\"2026-03-01T12:05:00.000+0000\"}")));
        org.pass(Duration.ofMinutes(5));
        SalesforceChanges deleted = contacts.changes(checkpoint);
        deleted.rows().toTable();
        assertThat(deleted.deleted()).containsExactlyInAnyOrder(back, gone);
        fake.restore("Contact", back);
        checkpoint = deleted.checkpoint();
        for (int run = 0; run < 3; run++) {
            org.pass(Duration.ofHours(1));
            SalesforceChanges changes = contacts.changes(checkpoint);
            changes.rows().toTable();
            assertThat(changes.deleted()).as("run %d", run).containsExactly(gone);
            checkpoint = changes.checkpoint();
        }
    }

    @Test
    void after_fifteen_days_the_whole_object_has_to_be_read() {
        SalesforceCheckpoint start = start();
        org.pass(Duration.ofDays(14));
        assertThat(contacts.changes(start).needsFullRead()).isFalse();
        org.pass(Duration.ofDays(1));
        SalesforceChanges late = contacts.changes(start);
        assertThat(late.needsFullRead()).isTrue();
        assertThat(late.fullReadReason())
                .hasValueSatisfying(why -> assertThat(why).contains("15 days"));
        assertThatThrownBy(late::rows)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.full_read_needed"));
    }

    @Test
    void a_log_that_was_purged_since_the_last_run_is_not_trusted() {
        SalesforceCheckpoint start = start();
        org.pass(Duration.ofMinutes(30));
        fake.purgeDeletions();
        org.pass(Duration.ofMinutes(30));
        assertThat(contacts.changes(start).fullReadReason())
                .hasValueSatisfying(why -> assertThat(why).contains("12:30"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"deletedRecords\":[],\"earliestDateAvailable\":\"2026-02-20T00:00:00.000+0000\"}",
                "{\"earliestDateAvailable\":\"2026-02-20T00:00:00.000+0000\",\"latestDateCovered\":\"2026-03-01T12:33:00.000+0000\"}"
            })
    void an_answer_that_is_not_the_log_does_not_count_as_no_deletions(String answer) {
        SalesforceCheckpoint start = start();
        org.pass(Duration.ofMinutes(30));
        fake.fault(FakeFault.on("GET /sobjects/Contact/deleted").answer(() -> HttpResponse.json(200, answer)));
        assertThatThrownBy(() -> contacts.changes(start))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.bad_answer"));
    }

    @Test
    void the_overlap_is_longer_than_any_transaction() {
        assertThat(SalesforceChanges.OVERLAP).isGreaterThan(Duration.ofMinutes(10));
    }

    @Test
    void a_window_with_too_many_ids_is_halved() {
        String gone = person("Gone");
        SalesforceCheckpoint start = start();
        org.pass(Duration.ofHours(8));
        fake.hardDelete("Contact", gone);
        org.pass(Duration.ofHours(8));
        fake.fault(FakeFault.on("GET /sobjects/Contact/deleted")
                .times(2)
                .answer(400, "EXCEEDED_ID_LIMIT", "Too many ids"));
        SalesforceChanges changes = contacts.changes(start);
        assertThat(changes.needsFullRead()).isFalse();
        changes.rows().toTable();
        assertThat(changes.deleted()).containsExactly(gone);
        // Twice refused, then four windows of four hours.
        assertThat(fake.calls("GET /sobjects/Contact/deleted")).isEqualTo(6);
        fake.fault(FakeFault.on("GET /sobjects/Contact/deleted").always().answer(400, "EXCEEDED_ID_LIMIT", "Too many"));
        org.pass(Duration.ofMinutes(30));
        assertThat(contacts.changes(start).needsFullRead()).isTrue();
    }

    @Test
    void runs_within_a_minute_ask_for_a_window_that_the_org_takes() {
        SalesforceCheckpoint checkpoint = start();
        for (int i = 0; i < 5; i++) {
            org.pass(Duration.ofSeconds(20));
            SalesforceChanges changes = contacts.changes(checkpoint);
            changes.rows().toTable();
            checkpoint = changes.checkpoint();
        }
        assertThat(fake.calls()).allMatch(call -> call.status() < 400);
    }

    @Test
    void fields_that_were_added_removed_or_retyped_are_reported() {
        fake.define("Contact", FakeField.of("Old__c", "string"), FakeField.of("Size__c", "double"));
        SalesforceChanges all = contacts.changes();
        all.rows().toTable();
        SalesforceCheckpoint start = SalesforceCheckpoint.parse(all.checkpoint().toJson());
        org.pass(Duration.ofMinutes(1));
        fake.undefine("Contact", "Old__c");
        fake.undefine("Contact", "Size__c");
        fake.define("Contact", FakeField.of("New__c", "string"), FakeField.of("Size__c", "string"));
        SalesforceChanges changes = contacts.changes(start);
        assertThat(changes.drift())
                .isEqualTo(new SalesforceDrift(
                        List.of("New__c"), List.of("Old__c"), Map.of("Size__c", "double -> string")));
        assertThat(org.events).anySatisfy(event -> {
            assertThat(event.name()).isEqualTo("salesforce.copy.drifted");
            assertThat(event.subject()).isEqualTo("Contact");
            assertThat(event.message()).contains(changes.drift().toString());
            assertThat(event.facts())
                    .containsExactly(Fact.count("added", 1), Fact.count("removed", 1), Fact.count("retyped", 1));
        });
        Table rows = changes.rows().toTable();
        assertThat(rows.schema().names()).contains("Size__c").doesNotContain("Old__c", "New__c");
        fake.define("Contact", FakeField.of("Old__c", "string"));
        assertThat(contacts.changes(changes.checkpoint()).drift().added()).containsExactly("New__c", "Old__c");
    }

    @Test
    void a_checkpoint_is_kept_as_json() {
        SalesforceCheckpoint start = start();
        assertThat(SalesforceCheckpoint.parse(start.toJson())).isEqualTo(start);
        assertThat(start)
                .hasToString("Contact until 2026-03-01T12:00:00Z, deletions until 2026-03-01T12:00:00Z, 3 columns");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[1", "{\"object\":\"Contact\",\"until\":\"yesterday\"}"})
    void what_is_not_a_checkpoint_is_refused(String json) {
        assertThatThrownBy(() -> SalesforceCheckpoint.parse(json))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.bad_checkpoint"));
    }

    @Test
    void an_answer_without_a_date_is_not_guessed_at() {
        SalesforceCalls calls = org.calls(
                (HttpRequest request) -> fake.handle(request.withHeader("Authorization", "Bearer " + fake.session())));
        assertThatThrownBy(() -> ObjectOrg.object(calls, "Contact").changes()).hasMessageContaining("Date");
    }

    @Test
    void the_schema_is_that_of_the_rows() {
        SalesforceObject samples = org.object("Sample__c");
        assertThat(samples.changes().rows().toTable().schema()).isEqualTo(samples.schema());
        assertThat(samples.schema().names())
                .doesNotContain("Place__c", "Blob__c")
                .contains("Id", "SystemModstamp");
        assertThat(samples.schema("day__c").names()).containsExactly("Id", "IsDeleted", "Day__c");
        assertThatThrownBy(() -> samples.schema("Nope__c")).hasMessageContaining("Nope__c");
    }
}
