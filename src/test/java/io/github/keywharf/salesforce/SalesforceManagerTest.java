package io.github.keywharf.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.CallBudget;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.Background;
import io.github.keywharf.testing.RecordedTime;
import io.github.keywharf.testing.RecordingListener;
import io.github.keywharf.testing.salesforce.FakeCall;
import io.github.keywharf.testing.salesforce.FakeFault;
import io.github.keywharf.testing.salesforce.FakeField;
import io.github.keywharf.testing.salesforce.FakeSalesforce;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SalesforceManagerTest {
    private static final String TOKEN = "POST /services/oauth2/token";
    private static final String LIMITS = "GET /limits";
    private static final String INSERT = "POST /sobjects/Contact";

    private final RecordedTime time = new RecordedTime();
    private final RecordingListener events = new RecordingListener();
    private final FakeSalesforce fake = new FakeSalesforce(time);

    private SalesforceManager.Builder builder(HttpHandler org) {
        return SalesforceManager.builder()
                .instance("acme")
                .credentials(SalesforceAuth.clientCredentials(
                        FakeSalesforce.CLIENT_ID, Secret.of(FakeSalesforce.CLIENT_SECRET)))
                .http(org)
                .events(events)
                .clock(time)
                .pause(time);
    }

    private SalesforceManager connect() {
        return builder(fake).connect();
    }

    private static void assertCode(Throwable thrown, String code) {
        assertThat(thrown)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void help_is_the_map_of_resources_in_order() {
        try (SalesforceManager salesforce = connect()) {
            assertThat(salesforce.help())
                    .containsEntry("sobjects", "/services/data/v66.0/sobjects")
                    .containsEntry("query", "/services/data/v66.0/query");
            assertThat(salesforce.help().keySet().iterator().next()).isEqualTo("composite");
        }
    }

    @Test
    void versions_are_listed_oldest_first_and_the_latest_is_the_last() {
        try (SalesforceManager salesforce = connect()) {
            assertThat(salesforce.versions().get(0).name()).isEqualTo("v31.0");
            assertThat(salesforce.latest()).isEqualTo(new SalesforceVersion("v68.0", "Winter '27"));
            assertThat(salesforce.apiVersion()).isEqualTo("v66.0");
        }
    }

    @ParameterizedTest
    @CsvSource({"41, v41.0", "59.0, v59.0", "v67.0, v67.0", "V68.0, v68.0"})
    void a_version_may_be_written_as_people_do(String given, String name) {
        try (SalesforceManager salesforce = builder(fake).apiVersion(given).connect()) {
            assertThat(salesforce.apiVersion()).isEqualTo(name);
            assertThat(salesforce.help().get("query")).isEqualTo("/services/data/" + name + "/query");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v40.0", "20", "66.1", "latest", "", "v66.0/../.."})
    void a_version_that_is_too_old_or_not_one_is_refused(String given) {
        assertThatIllegalArgumentException().isThrownBy(() -> builder(fake).apiVersion(given));
    }

    @Test
    void a_version_that_the_org_does_not_have_has_its_own_code() {
        fake.latestVersion(60);
        try (SalesforceManager salesforce = connect()) {
            assertThatThrownBy(salesforce::help)
                    .satisfies(e -> assertCode(e, "salesforce.unsupported_version"))
                    .hasMessageContaining("versions()");
        }
    }

    @Test
    void limits_are_typed_and_usage_is_of_the_latest_answer() {
        fake.dailyCalls(100);
        try (SalesforceManager salesforce = connect()) {
            assertThat(salesforce.usage()).isEmpty();
            SalesforceLimit limit = salesforce.limits().get("DailyApiRequests");
            assertThat(limit.max()).isEqualTo(100);
            assertThat(limit.used()).isPositive();
            assertThat(salesforce.usage()).hasValueSatisfying(usage -> {
                assertThat(usage.max()).isEqualTo(100);
                assertThat(usage.left()).isEqualTo(99);
                assertThat(usage.seen()).isEqualTo(time.instant());
            });
        }
    }

    @Test
    void limits_of_apps_and_what_is_not_a_limit_are_passed_over() {
        HttpHandler org = request -> request.path().endsWith("/limits")
                ? HttpResponse.json(
                        200,
                        "{\"DailyApiRequests\":{\"Max\":5,\"Remaining\":2,\"App\":{\"Max\":0,\"Remaining\":0}},\"x\":7}")
                : fake.handle(request);
        try (SalesforceManager salesforce = builder(org).connect()) {
            assertThat(salesforce.limits()).containsExactly(Map.entry("DailyApiRequests", new SalesforceLimit(5, 2)));
        }
    }

    @Test
    void describe_has_what_a_query_and_a_write_need() {
        try (SalesforceManager salesforce = connect()) {
            assertThat(salesforce.describe())
                    .extracting(SalesforceObjectInfo::name)
                    .contains("Account", "Contact");
            SalesforceDescription contact = salesforce.describe("Contact");
            assertThat(contact.name()).isEqualTo("Contact");
            assertThat(contact.findField("accountid").orElseThrow()).satisfies(field -> {
                assertThat(field.type()).isEqualTo("reference");
                assertThat(field.referenceTo()).containsExactly("Account");
                assertThat(field.relationshipName()).contains("Account");
            });
            assertThat(contact.findField("Ext__c").orElseThrow()).satisfies(field -> {
                assertThat(field.externalId()).isTrue();
                assertThat(field.custom()).isTrue();
            });
            assertThat(contact.findField("Nope")).isEmpty();
            assertThat(salesforce.describe("Account").children())
                    .contains(
                            new SalesforceDescription.Child(java.util.Optional.of("Contacts"), "Contact", "AccountId"));
        }
    }

    @Test
    void describe_reads_every_property_of_a_field() {
        HttpHandler org = request -> request.path().endsWith("/describe")
                ? HttpResponse.json(
                        200,
                        "{\"name\":\"X__c\",\"label\":\"X\",\"custom\":true,\"keyPrefix\":\"a00\",\"queryable\":true,"
                                + "\"createable\":true,\"updateable\":false,\"deletable\":true,\"replicateable\":true,"
                                + "\"childRelationships\":[{\"childSObject\":\"Y\",\"field\":\"XId\","
                                + "\"relationshipName\":null}],\"fields\":[{\"name\":\"P__c\",\"label\":\"P\","
                                + "\"type\":\"picklist\",\"custom\":true,\"nillable\":true,\"createable\":true,"
                                + "\"updateable\":true,\"defaultedOnCreate\":true,\"calculated\":false,\"externalId\":false,"
                                + "\"unique\":true,\"length\":40,\"precision\":0,\"scale\":0,\"digits\":0,"
                                + "\"referenceTo\":[],\"relationshipName\":null,\"compoundFieldName\":\"C\","
                                + "\"picklistValues\":[{\"value\":\"a\",\"label\":\"A\",\"active\":true,"
                                + "\"defaultValue\":true},{\"value\":\"b\",\"label\":null,\"active\":false}]}]}")
                : fake.handle(request);
        try (SalesforceManager salesforce = builder(org).connect()) {
            SalesforceDescription x = salesforce.describe("X__c");

            assertThat(x.object())
                    .isEqualTo(new SalesforceObjectInfo(
                            "X__c", "X", true, java.util.Optional.of("a00"), true, true, false, true, true));
            assertThat(x.children())
                    .containsExactly(new SalesforceDescription.Child(java.util.Optional.empty(), "Y", "XId"));
            SalesforceField field = x.fields().get(0);
            assertThat(field)
                    .isEqualTo(new SalesforceField(
                            "P__c",
                            "P",
                            "picklist",
                            true,
                            true,
                            true,
                            true,
                            true,
                            false,
                            false,
                            true,
                            40,
                            0,
                            0,
                            0,
                            List.of(),
                            java.util.Optional.empty(),
                            java.util.Optional.of("C"),
                            List.of(
                                    new SalesforcePicklistValue("a", "A", true, true),
                                    new SalesforcePicklistValue("b", "b", false, false))));
            assertThat(field).hasToString("P__c picklist(40)");
        }
    }

    @Test
    void a_describe_that_has_not_changed_comes_without_content_and_one_that_has_is_read_again() {
        AtomicInteger notModified = new AtomicInteger();
        HttpHandler org = request -> {
            HttpResponse response = fake.handle(request);
            notModified.addAndGet(response.status() == 304 ? 1 : 0);
            return response;
        };
        try (SalesforceManager salesforce = builder(org).connect()) {
            SalesforceDescription first = salesforce.describe("Contact");
            assertThat(salesforce.describe("Contact")).isSameAs(first);
            assertThat(notModified).hasValue(1);

            time.advance(Duration.ofMinutes(1));
            fake.define("Contact", FakeField.of("New__c", "double"));
            assertThat(salesforce.describe("Contact").findField("New__c")).isPresent();
            assertThat(notModified).hasValue(1);
        }
    }

    @Test
    void an_object_that_is_missing_and_a_name_that_is_not_one_are_refused() {
        try (SalesforceManager salesforce = connect()) {
            assertThatThrownBy(() -> salesforce.describe("Nope__c"))
                    .satisfies(e -> assertCode(e, "salesforce.not_found"));
            assertThatIllegalArgumentException().isThrownBy(() -> salesforce.describe("Contact/../../x"));
        }
        HttpHandler odd = request ->
                request.path().endsWith("/token") ? fake.handle(request) : HttpResponse.json(200, "{\"name\":\"x\"}");
        try (SalesforceManager salesforce = builder(odd).connect()) {
            assertThatThrownBy(() -> salesforce.describe("Contact"))
                    .satisfies(e -> assertCode(e, "salesforce.bad_answer"));
            assertThatThrownBy(salesforce::describe).satisfies(e -> assertCode(e, "salesforce.bad_answer"));
            assertThatThrownBy(salesforce::latest).satisfies(e -> assertCode(e, "salesforce.bad_answer"));
        }
    }

    @Test
    void execute_reaches_what_the_library_does_not_know() {
        try (SalesforceManager salesforce = connect()) {
            JsonNode created = salesforce.execute("POST", "sobjects/Contact", Map.of(), Map.of("LastName", "Lovelace"));
            assertThat(created.path("success").asBoolean()).isTrue();
            JsonNode found = salesforce.execute(
                    "GET", "query", Map.of("q", "SELECT Id FROM Contact WHERE LastName = 'Lovelace'"), null);
            assertThat(found.path("records").path(0).path("Id")).isEqualTo(created.path("id"));
            assertThat(salesforce
                            .execute(
                                    "DELETE",
                                    "sobjects/Contact/" + created.path("id").asText())
                            .isMissingNode())
                    .isTrue();
            assertThat(fake.records("Contact")).isEmpty();
        }
    }

    @Test
    void a_session_that_expires_is_replaced_once_by_one_login() {
        try (SalesforceManager salesforce = connect()) {
            fake.expireTokens();
            assertThat(salesforce.limits()).isNotEmpty();
            assertThat(fake.calls(TOKEN)).isEqualTo(2);
            assertThat(fake.calls(LIMITS)).isEqualTo(2);
        }
    }

    @Test
    void an_expired_session_does_not_make_a_write_happen_twice() {
        try (SalesforceManager salesforce = connect()) {
            fake.expireTokens();
            assertThat(salesforce.execute("POST", "sobjects/Contact", Map.of(), Map.of("LastName", "Once")))
                    .isNotEmpty();
            assertThat(fake.records("Contact")).hasSize(1);
        }
    }

    @Test
    void sixteen_threads_on_an_expired_session_log_in_once() {
        int threads = 16;
        CyclicBarrier refusedTogether = new CyclicBarrier(threads);
        AtomicBoolean expired = new AtomicBoolean();
        HttpHandler org = request -> {
            HttpResponse response = fake.handle(request);
            if (response.status() == 401 && expired.get()) {
                try {
                    refusedTogether.await(60, TimeUnit.SECONDS);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
            return response;
        };
        try (SalesforceManager salesforce = builder(org).connect()) {
            fake.expireTokens();
            expired.set(true);
            List<CompletableFuture<Map<String, SalesforceLimit>>> asked = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                asked.add(Background.supply(salesforce::limits));
            }
            assertThat(asked).allSatisfy(limits -> assertThat(limits.join()).isNotEmpty());
        }
        assertThat(fake.calls(TOKEN)).isEqualTo(2);
        assertThat(fake.calls(LIMITS)).isEqualTo(2 * threads);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connected app is not attached to Agent",
                "This session is not valid for use with the REST API",
            })
    void a_refusal_that_a_login_does_not_help_is_an_error_without_a_login(String message) {
        fake.fault(FakeFault.on(LIMITS).always().answer(401, "INVALID_SESSION_ID", message));
        try (SalesforceManager salesforce = connect()) {
            assertThatThrownBy(salesforce::limits)
                    .satisfies(e -> assertCode(e, "salesforce.session_refused"))
                    .hasMessageContaining(message);
        }
        assertThat(fake.calls(TOKEN)).isEqualTo(1);
        assertThat(fake.calls(LIMITS)).isEqualTo(1);
    }

    @Test
    void a_refusal_that_stays_after_a_login_ends_after_one() {
        fake.fault(FakeFault.on(LIMITS).always().answer(401, "INVALID_SESSION_ID", "Session expired or invalid"));
        try (SalesforceManager salesforce = connect()) {
            assertThatThrownBy(salesforce::limits).satisfies(e -> assertCode(e, "salesforce.session_refused"));
        }
        assertThat(fake.calls(TOKEN)).isEqualTo(2);
        assertThat(fake.calls(LIMITS)).isEqualTo(2);
    }

    @Test
    void an_org_that_moves_is_followed_by_a_new_login() {
        try (SalesforceManager salesforce = builder(fake)
                .instance("login")
                .credentials(SalesforceAuth.password(
                        FakeSalesforce.CLIENT_ID,
                        Secret.of(FakeSalesforce.CLIENT_SECRET),
                        FakeSalesforce.USERNAME,
                        Secret.of(FakeSalesforce.PASSWORD),
                        Secret.of(FakeSalesforce.SECURITY_TOKEN)))
                .connect()) {
            assertThat(salesforce.limits()).isNotEmpty();
            fake.move(URI.create("https://acme2.my.salesforce.com"));
            assertThat(salesforce.limits()).isNotEmpty();
            assertThat(salesforce.describe("Contact").fields()).isNotEmpty();
        }
        assertThat(fake.calls(TOKEN)).isEqualTo(2);
    }

    @Test
    void what_passes_is_waited_for_and_retry_after_is_obeyed() {
        fake.fault(FakeFault.on(LIMITS).unavailable(Duration.ofSeconds(7)));
        fake.fault(FakeFault.on(LIMITS).after(1).concurrentLimit());
        fake.fault(FakeFault.on(LIMITS).after(2).answer(400, "QUERY_TIMEOUT", "too long"));
        try (SalesforceManager salesforce = connect()) {
            assertThat(salesforce.limits()).isNotEmpty();
        }
        assertThat(fake.calls(LIMITS)).isEqualTo(4);
        assertThat(time.waits().get(0)).isEqualTo(Duration.ofSeconds(7));
        assertThat(events.named("http.request.repeated")).hasSize(3);
    }

    @Test
    void a_wait_beyond_the_cap_is_the_callers() {
        fake.fault(FakeFault.on(LIMITS).unavailable(Duration.ofHours(1)));
        try (SalesforceManager salesforce = connect()) {
            assertThatThrownBy(salesforce::limits).satisfies(e -> assertCode(e, "salesforce.unavailable"));
        }
        assertThat(fake.calls(LIMITS)).isEqualTo(1);
    }

    @Test
    void the_calls_of_the_day_are_not_asked_for_again() {
        fake.useUpQuota();
        try (SalesforceManager salesforce = connect()) {
            assertThatThrownBy(salesforce::help).satisfies(e -> {
                assertCode(e, "salesforce.daily_limit");
                assertThat(((KeywharfException) e).retryable()).isFalse();
            });
        }
        assertThat(fake.calls("GET /")).isEqualTo(1);
        assertThat(time.waits()).isEmpty();
    }

    @Test
    void a_write_is_sent_once_whatever_happens_to_it() {
        try (SalesforceManager salesforce = connect()) {
            fake.fault(FakeFault.on(INSERT).rowLocked());
            fake.fault(FakeFault.on(INSERT).after(1).unavailable(Duration.ofSeconds(1)));
            fake.fault(FakeFault.on(INSERT).after(2).dropAnswer());
            for (String code : List.of("salesforce.row_locked", "salesforce.unavailable", "http.broken")) {
                assertThatThrownBy(() ->
                                salesforce.execute("POST", "sobjects/Contact", Map.of(), Map.of("LastName", "Once")))
                        .satisfies(e -> assertCode(e, code));
            }
        }
        assertThat(fake.calls(INSERT)).isEqualTo(3);
        assertThat(fake.executed()).hasSize(1);
    }

    @Test
    void an_answer_that_is_cut_anywhere_is_asked_for_again() {
        try (SalesforceManager salesforce = connect()) {
            Map<String, SalesforceLimit> whole = salesforce.limits();
            for (int bytes : new int[] {1, 2, 20, 40}) {
                fake.heal();
                fake.fault(FakeFault.on(LIMITS).cutAnswerAt(bytes));
                fake.fault(FakeFault.on(LIMITS).after(1).dropAnswer());
                assertThat(salesforce.limits().keySet()).isEqualTo(whole.keySet());
            }
            fake.heal();
            fake.fault(FakeFault.on(LIMITS).always().cutAnswerAt(3));
            assertThatThrownBy(salesforce::limits).satisfies(e -> assertCode(e, "http.broken"));
        }
    }

    @Test
    void the_budget_counts_each_attempt_and_each_login() {
        CallBudget budget = CallBudget.of(6, Duration.ofHours(24), time);
        fake.fault(FakeFault.on(LIMITS).unavailable(Duration.ofSeconds(1)));
        try (SalesforceManager salesforce = builder(fake).budget(budget).connect()) {
            assertThat(budget.left()).isEqualTo(5);
            assertThat(salesforce.limits()).isNotEmpty();
            assertThat(budget.left()).isEqualTo(3);
            fake.expireTokens();
            assertThat(salesforce.limits()).isNotEmpty();
            assertThat(budget.left()).isZero();
            assertThatThrownBy(salesforce::limits).satisfies(e -> assertCode(e, "http.budget_spent"));
        }
        assertThat(fake.calls().stream().map(FakeCall::route)).hasSize(6);
    }

    @Test
    void a_closed_manager_sends_nothing() {
        SalesforceManager salesforce = connect();
        salesforce.close();
        salesforce.close();

        assertThatIllegalStateException().isThrownBy(salesforce::limits).withMessageContaining("closed");
        assertThatIllegalStateException().isThrownBy(salesforce::unwrap);
        assertThat(fake.calls()).hasSize(1);
    }

    @Test
    void what_is_missing_or_contradicts_itself_is_named() {
        assertThatIllegalStateException()
                .isThrownBy(() -> SalesforceManager.builder().instance("acme").connect())
                .withMessageContaining("credentials(");
        assertThatIllegalStateException()
                .isThrownBy(() -> SalesforceManager.builder()
                        .credentials(SalesforceAuth.clientCredentials("id", Secret.of("x")))
                        .connect())
                .withMessageContaining("instance(");
        assertThatIllegalStateException()
                .isThrownBy(() -> builder(fake).timeout(Duration.ofSeconds(1)).connect())
                .withMessageContaining("http(")
                .withMessageContaining("timeout(");
        assertThatIllegalStateException()
                .isThrownBy(() -> builder(fake)
                        .credentials(SalesforceAuth.accessToken("other", () -> Secret.of("x")))
                        .connect())
                .withMessageContaining("other.my.salesforce.com");
        assertThatIllegalArgumentException().isThrownBy(() -> builder(fake).timeout(Duration.ZERO));
        assertThat(builder(fake).toString()).doesNotContain(FakeSalesforce.CLIENT_SECRET);
    }
}
