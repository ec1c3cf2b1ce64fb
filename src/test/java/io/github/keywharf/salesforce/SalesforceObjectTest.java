package io.github.keywharf.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.salesforce.SalesforceResult.Outcome;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.RecordedTime;
import io.github.keywharf.testing.salesforce.FakeFault;
import io.github.keywharf.testing.salesforce.FakeSalesforce;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SalesforceObjectTest {
    private final ObjectOrg org = new ObjectOrg();
    private final FakeSalesforce fake = org.fake;
    private final SalesforceObject contacts = org.object("Contact");

    private static List<Map<String, String>> people(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(n -> Map.of("LastName", "Person " + n, "Ext__c", "p-" + n))
                .toList();
    }

    private static void assertCode(Throwable thrown, String code) {
        assertThat(thrown)
                .asInstanceOf(type(KeywharfException.class))
                .extracting(KeywharfException::code)
                .isEqualTo(code);
    }

    @Test
    void a_record_is_created_changed_read_and_deleted() {
        String id = contacts.create(Map.of("LastName", "O'Hara", "Title", "Cook"));
        contacts.update(id, Collections.singletonMap("Title", null));
        assertThat(contacts.get(id, "LastName", "Title"))
                .hasValueSatisfying(record -> assertThat(record)
                        .containsEntry("LastName", "O'Hara")
                        .containsEntry("Title", null)
                        .doesNotContainKey("attributes"));
        assertThat(contacts.delete(id)).isTrue();
        assertThat(contacts.delete(id)).isFalse();
        assertThat(contacts.get(id)).isEmpty();
    }

    @Test
    void what_is_misspelt_is_an_error_where_a_record_that_is_not_there_is_empty() {
        assertThat(contacts.getBy("Ext__c", "nobody")).isEmpty();
        assertThatThrownBy(() -> contacts.getBy("Axt__c", "x")).satisfies(e -> assertCode(e, "salesforce.no_field"));
        String id = contacts.create(Map.of("LastName", "Ho"));
        assertThatThrownBy(() -> org.object("Kontact").get(id)).satisfies(e -> assertCode(e, "salesforce.not_found"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> contacts.get("12"))
                .withMessageContaining("'12'");
        assertThatIllegalArgumentException().isThrownBy(() -> org.object("Contact/x"));
        assertThatIllegalArgumentException().isThrownBy(() -> contacts.get(id, "Name,Id"));
    }

    @Test
    void an_upsert_says_whether_it_created() {
        SalesforceResult first = contacts.upsert("Ext__c", "a/b c?", Map.of("LastName", "Ho"));
        SalesforceResult second = contacts.upsert("Ext__c", "a/b c?", Map.of("LastName", "Hu"));
        assertThat(first.created()).isTrue();
        assertThat(second.outcome()).isEqualTo(Outcome.UPDATED);
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(contacts.getBy("Ext__c", "a/b c?", "LastName").orElseThrow()).containsEntry("LastName", "Hu");
        assertThatIllegalArgumentException().isThrownBy(() -> contacts.upsert("Ext__c", "x", Map.of("Ext__c", "x")));
        assertThatThrownBy(() -> contacts.upsert("Ext__c", "..", Map.of()))
                .satisfies(e -> assertCode(e, "salesforce.bad_record"));
    }

    @Test
    void an_upsert_that_means_several_records_lists_them() {
        String one = fake.insert("Contact", Map.of("LastName", "A", "Ext__c", "twice"));
        String other = fake.insert("Contact", Map.of("LastName", "B", "Ext__c", "twice"));
        assertThatThrownBy(() -> contacts.upsert("Ext__c", "twice", Map.of("LastName", "C")))
                .hasMessageContaining(one)
                .hasMessageContaining(other)
                .satisfies(e -> assertCode(e, "salesforce.refused"));
    }

    @Test
    void values_of_all_types_arrive() {
        String parent = fake.insert("Account", Map.of("Name", "Acme", "Ext__c", "acme"));
        UUID key = UUID.fromString("5a1b7a20-0d8b-4c6e-9f43-000000000001");
        Map<String, Object> values = new HashMap<>();
        values.put("Name", key);
        values.put("Flag__c", true);
        values.put("Int__c", 7);
        values.put("Long__c", 5_000_000_000L);
        values.put("Number__c", 0.1);
        values.put("Amount__c", new BigDecimal("12.50"));
        values.put("Day__c", LocalDate.of(2026, 2, 28));
        values.put("At__c", OffsetDateTime.parse("2026-02-28T23:30:00.5+02:00"));
        values.put("Clock__c", LocalTime.of(7, 30));
        values.put("Area__c", null);
        org.object("Sample__c").create(values);
        contacts.create(Map.of("LastName", "Ho", "Account", Map.of("Ext__c", "acme")));
        assertThat(fake.records("Sample__c").get(0))
                .containsEntry("Name", key.toString())
                .containsEntry("Flag__c", true)
                .containsEntry("Int__c", 7L)
                .containsEntry("Long__c", 5_000_000_000L)
                .containsEntry("Number__c", 0.1)
                .containsEntry("Amount__c", 12.5)
                .containsEntry("Day__c", LocalDate.of(2026, 2, 28))
                .containsEntry("At__c", Instant.parse("2026-02-28T21:30:00Z"))
                .containsEntry("Clock__c", LocalTime.of(7, 30));
        assertThat(fake.records("Contact").get(0)).containsEntry("AccountId", parent);
        assertThat(RecordValues.record("X", Map.of("At", Instant.parse("2026-02-28T21:30:00.123456Z")))
                        .toString())
                .isEqualTo("{\"At\":\"2026-02-28T21:30:00.123Z\"}");
        assertThat(RecordValues.record("X", Map.of("N", new BigDecimal("1E+2"))).toString())
                .isEqualTo("{\"N\":100}");
        assertThat(RecordValues.record("X", Map.of("N", new BigDecimal("12.50")))
                        .toString())
                .isEqualTo("{\"N\":12.50}");
    }

    @Test
    void other_values_are_refused_by_field_and_type_before_they_are_sent() {
        for (Object bad : List.of(new int[0], List.of(1), Double.NaN, "half \ud800", new Object())) {
            assertThatThrownBy(() -> contacts.create(Map.of("LastName", bad)))
                    .hasMessageContaining("LastName")
                    .satisfies(e -> assertCode(e, "salesforce.bad_record"));
        }
        assertThatThrownBy(() -> contacts.create(Map.of("Account", Map.of("Ext__c", List.of()))))
                .hasMessageContaining("Account.Ext__c is of type java.util");
        assertThatIllegalArgumentException().isThrownBy(() -> contacts.create(Map.of("Last Name", "x")));
        assertThat(fake.calls()).isEmpty();
    }

    @Test
    void a_create_whose_answer_is_lost_is_sent_once() {
        fake.fault(FakeFault.on("POST /sobjects/Contact").dropAnswer());
        assertThatThrownBy(() -> manager().object("Contact").create(Map.of("LastName", "Ho")))
                .hasMessageContaining("external id")
                .satisfies(e -> assertCode(e, "salesforce.outcome_unknown"));
        assertThat(fake.executed()).singleElement().asString().startsWith("insert Contact");
        fake.fault(FakeFault.on("POST /sobjects/Contact").cutAnswerAt(10));
        assertThatThrownBy(() -> manager().object("Contact").create(Map.of("LastName", "Hu")))
                .satisfies(e -> assertCode(e, "salesforce.outcome_unknown"));
        assertThat(fake.executed()).hasSize(2);
    }

    @Test
    void a_create_that_the_org_refuses_is_known_not_to_be_made() {
        fake.fault(FakeFault.on("POST /sobjects/Contact").unavailable(java.time.Duration.ofSeconds(1)));
        assertThatThrownBy(() -> manager().object("Contact").create(Map.of("LastName", "Ho")))
                .satisfies(e -> assertCode(e, "salesforce.unavailable"));
        assertThat(fake.executed()).isEmpty();
    }

    @Test
    void a_create_that_is_answered_by_a_proxy_or_an_internal_error_may_be_made() {
        String internal = "[{\"errorCode\":\"UNKNOWN_EXCEPTION\",\"message\":\"An unexpected error occurred\"}]";
        for (HttpResponse answer :
                List.of(HttpResponse.of(502), HttpResponse.of(500), HttpResponse.json(500, internal))) {
            fake.fault(FakeFault.on("POST /sobjects/Contact").answer(() -> answer));
            assertThatThrownBy(() -> manager().object("Contact").create(Map.of("LastName", "Ho")))
                    .satisfies(e -> assertCode(e, "salesforce.outcome_unknown"));
        }
        assertThat(fake.calls("POST /sobjects/Contact")).isEqualTo(3);
    }

    @Test
    void writes_that_do_no_harm_twice_are_sent_again() {
        SalesforceObject object = manager().object("Contact");
        String id = fake.insert("Contact", Map.of("LastName", "Ho"));
        fake.fault(FakeFault.on("PATCH /sobjects/Contact/{id}").dropAnswer());
        fake.fault(FakeFault.on("PATCH /sobjects/Contact/Ext__c/{value}").cutAnswerAt(5));
        fake.fault(FakeFault.on("DELETE /sobjects/Contact/{id}").rowLocked());
        object.update(id, Map.of("LastName", "Hu"));
        object.upsert("Ext__c", "one", Map.of("LastName", "Li"));
        assertThat(object.delete(id)).isTrue();
        assertThat(fake.records("Contact"))
                .singleElement()
                .satisfies(record -> assertThat(record).containsEntry("LastName", "Li"));
    }

    private SalesforceManager manager() {
        RecordedTime time = new RecordedTime();
        return SalesforceManager.builder()
                .instance("acme")
                .credentials(SalesforceAuth.clientCredentials(
                        FakeSalesforce.CLIENT_ID, Secret.of(FakeSalesforce.CLIENT_SECRET)))
                .http(fake)
                .clock(org::now)
                .pause(time)
                .connect();
    }

    @Test
    void lists_go_in_calls_of_200_and_results_come_in_order() {
        List<Map<String, String>> people = new ArrayList<>(people(0, 450));
        people.set(201, Map.of("FirstName", "No last name"));
        List<SalesforceResult> results = contacts.createAll(people, false);
        assertThat(fake.calls("POST /composite/sobjects")).isEqualTo(3);
        assertThat(results).hasSize(450).extracting(SalesforceResult::position).isSorted();
        assertThat(results)
                .filteredOn(result -> !result.success())
                .singleElement()
                .satisfies(result -> {
                    assertThat(result.position()).isEqualTo(201);
                    assertThat(result.outcome()).isEqualTo(Outcome.REFUSED);
                    assertThat(result.errors()).singleElement().satisfies(error -> {
                        assertThat(error.code()).isEqualTo("REQUIRED_FIELD_MISSING");
                        assertThat(error.fields()).containsExactly("LastName");
                    });
                });
        assertThat(results.get(449).id())
                .hasValueSatisfying(id -> assertThat(contacts.get(id, "LastName"))
                        .hasValueSatisfying(record -> assertThat(record).containsEntry("LastName", "Person 449")));
    }

    @Test
    void lists_are_updated_upserted_and_deleted() {
        String id = contacts.create(people(0, 1).get(0));
        assertThat(contacts.updateAll(List.of(Map.of("Id", id, "Title", "Cook")), false))
                .extracting(SalesforceResult::outcome)
                .containsExactly(Outcome.UPDATED);
        assertThat(contacts.upsertAll("Ext__c", people(0, 2), false))
                .extracting(SalesforceResult::outcome)
                .containsExactly(Outcome.UPDATED, Outcome.CREATED);
        contacts.delete(id);
        String other = fake.records("Contact").get(0).get("Id").toString();
        assertThat(contacts.deleteAll(List.of(other, id), false))
                .allMatch(SalesforceResult::success)
                .extracting(SalesforceResult::outcome)
                .containsExactly(Outcome.DELETED, Outcome.ABSENT);
        assertThatThrownBy(() -> contacts.upsertAll("Ext__c", List.of(Map.of("LastName", "x")), false))
                .hasMessageContaining("Record 0")
                .satisfies(e -> assertCode(e, "salesforce.bad_record"));
        assertThat(contacts.createAll(List.of(), true)).isEmpty();
    }

    @Test
    void with_all_or_none_records_that_were_rolled_back_are_told_apart() {
        List<Map<String, String>> people = new ArrayList<>(people(0, 3));
        people.set(1, Map.of("FirstName", "No last name"));
        assertThat(contacts.createAll(people, true))
                .extracting(SalesforceResult::outcome)
                .containsExactly(Outcome.ROLLED_BACK, Outcome.REFUSED, Outcome.ROLLED_BACK);
        assertThat(fake.records("Contact")).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> contacts.createAll(people(0, 201), true));
    }

    @Test
    void a_list_that_breaks_off_says_what_became_of_each_record() {
        fake.fault(FakeFault.on("POST /composite/sobjects").after(1).dropAnswer());
        assertThatThrownBy(() -> contacts.createAll(people(0, 450), false))
                .asInstanceOf(type(SalesforceWriteException.class))
                .satisfies(e -> {
                    assertThat(e.code()).isEqualTo("salesforce.outcome_unknown");
                    assertThat(e.results()).hasSize(450);
                    assertThat(e.results().subList(0, 200)).allMatch(SalesforceResult::created);
                    assertThat(e.results().subList(200, 400)).allMatch(r -> r.outcome() == Outcome.UNKNOWN);
                    assertThat(e.results().subList(400, 450)).allMatch(r -> r.outcome() == Outcome.NOT_SENT);
                });
        assertThat(fake.records("Contact")).hasSize(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "{}", "[{\"success\":true,\"id\":\"x\"},{\"success\":true,\"id\":\"y\"}]"})
    void another_number_of_results_than_records_is_an_error(String answer) {
        SalesforceCalls calls = SalesforceCalls.of(
                request -> HttpResponse.json(200, answer),
                new SalesforceTarget(URI.create("https://acme.my.salesforce.com"), "v66.0"),
                io.github.keywharf.event.EventListener.NONE,
                org::now);
        assertThatThrownBy(() -> new RecordWrites(calls, "Contact", SalesforceSinkOptions.Operation.INSERT, "", false)
                        .all(people(0, 1)))
                .asInstanceOf(type(SalesforceWriteException.class))
                .satisfies(e -> {
                    assertThat(e.code()).isEqualTo("salesforce.count_mismatch");
                    assertThat(e.results())
                            .extracting(SalesforceResult::outcome)
                            .containsExactly(Outcome.UNKNOWN);
                });
    }

    @Test
    void ids_get_their_three_letters() {
        assertThat(SalesforceId.to18("0015g00000AbCdE")).isEqualTo("0015g00000AbCdEAAV");
        assertThat(SalesforceId.to18("0015g00000AbCdEAAV")).isEqualTo("0015g00000AbCdEAAV");
        assertThat(SalesforceId.isId("0015g00000AbCdEA")).isFalse();
        String id = contacts.create(Map.of("LastName", "Ho"));
        assertThat(SalesforceId.to18(id.substring(0, 15))).isEqualTo(id);
        contacts.update(id.substring(0, 15), Map.of("LastName", "Hu"));
    }
}
