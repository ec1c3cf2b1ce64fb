package io.github.keywharf.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.salesforce.FakeSalesforce;
import java.math.BigDecimal;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What others wrote does not get out of the place that it was given, and what is secret does not get into a message. */
class SalesforceWaysInTest {
    private final ObjectOrg org = new ObjectOrg();

    private static void assertCode(Throwable thrown, String code) {
        assertThat(thrown)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ada:hunter2@acme.my.salesforce.com",
                "https://ada:hun@hunter2@acme.my.salesforce.com",
                "https://ada:hun/hunter2@acme.my.salesforce.com",
                "http://acme.my.salesforce.com/secur/frontdoor.jsp?sid=00D000!hunter2",
                "https://acme.visualforce.com/secur/frontdoor.jsp?sid=00D000!hunter2",
                "acme.example.com/path#hunter2",
            })
    void what_stands_around_the_host_of_an_instance_is_not_repeated(String pasted) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SalesforceManager.builder().instance(pasted))
                .satisfies(e -> assertThat(e).hasMessageNotContaining("hunter2").hasMessageNotContaining("ada"));
    }

    @Test
    void an_access_token_with_the_end_of_its_line_is_refused_before_a_call() {
        assertThatThrownBy(() -> SalesforceManager.builder()
                        .credentials(SalesforceAuth.accessToken("acme", () -> Secret.of("00D000!hunter2\n")))
                        .http(org.fake)
                        .connect())
                .satisfies(e -> assertCode(e, "salesforce.auth_failed"))
                .hasMessageContaining("end of a line")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void a_text_is_not_a_reference_to_another_request_of_its_call() {
        SalesforceComposite composite =
                new SalesforceComposite(org.calls).create("secret", "Account", Map.of("Name", "Acme"));
        String typed = "Ho @{secret.id}";

        assertThatThrownBy(() -> composite.create("contact", "Contact", Map.of("LastName", typed)))
                .satisfies(e -> assertCode(e, "salesforce.bad_record"))
                .hasMessageContaining("SalesforceComposite.result(");
        assertThatThrownBy(() -> composite.upsert("contact", "Contact", "Ext__c", typed, Map.of()))
                .satisfies(e -> assertCode(e, "salesforce.bad_record"));
        assertThat(Soql.bind("SELECT Id FROM Contact WHERE Name = :name", Map.of("name", typed)))
                .isEqualTo("SELECT Id FROM Contact WHERE Name = 'Ho \\u0040{secret.id}'");
    }

    @Test
    void a_text_that_looks_like_a_reference_is_text_in_calls_of_one_request() {
        org.object("Contact").create(Map.of("LastName", "@{secret.id}"));

        assertThat(org.fake.records("Contact").get(0)).containsEntry("LastName", "@{secret.id}");
    }

    @Test
    void a_number_with_a_huge_exponent_is_refused_before_its_digits_are_written() {
        assertThatThrownBy(() -> org.object("Contact").getBy("Ext__c", new BigDecimal("1E+2000000000")))
                .satisfies(e -> assertCode(e, "salesforce.bad_record"));
    }

    @Test
    void half_a_character_does_not_become_a_wildcard_of_a_search() {
        assertThatIllegalArgumentException().isThrownBy(() -> Soql.searchText("ab\ud800"));
    }

    @Test
    void lists_of_result_pages_without_a_page_end() {
        AtomicInteger answers = new AtomicInteger();
        SalesforceCalls calls = org.calls(request -> {
            String path = request.uri().getPath();
            if (path.endsWith("/query")) {
                return HttpResponse.json(200, "{\"id\":\"750000000000001\",\"apiVersion\":66.0}");
            }
            if (!path.contains("resultPages")) {
                return HttpResponse.json(200, "{\"state\":\"JobComplete\",\"numberRecordsProcessed\":1}");
            }
            assertThat(answers.incrementAndGet()).isLessThan(1_000);
            return HttpResponse.json(
                    200,
                    "{\"resultPages\":[],\"done\":false,\"nextRecordsUrl\":\""
                            + request.uri().getPath() + "?n=" + answers + "\"}");
        });

        assertThatThrownBy(() -> SalesforceBulkQuery.over(calls)
                        .rows(
                                "SELECT Id FROM Contact",
                                Schema.of(Column.nullable("Id", ColumnType.STRING)),
                                "Contact",
                                false,
                                null)
                        .toTable())
                .satisfies(e -> assertCode(e, "salesforce.bad_answer"));
    }

    @Test
    void the_token_of_the_unwrapped_client_goes_to_the_org_alone() {
        try (SalesforceManager salesforce = SalesforceManager.builder()
                .credentials(SalesforceAuth.accessToken("acme", () -> Secret.of("00D000!hunter2")))
                .http(org.fake)
                .connect()) {
            // Behind https://acme.my.salesforce.com these name another host.
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> salesforce.unwrap().queryMore("@127.0.0.1:1/services/data"));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> salesforce.unwrap().rootPath().get("@127.0.0.1:1/services/data"));
        }
    }

    @Test
    void a_name_that_is_none_is_shown_without_control_characters() {
        FakeSalesforce fake = org.fake;
        try (SalesforceManager salesforce = SalesforceManager.builder()
                .credentials(SalesforceAuth.accessToken("acme", () -> Secret.of(fake.session())))
                .http(fake)
                .connect()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> salesforce.describe("Contact\n[forged] line"))
                    .satisfies(e -> assertThat(e).hasMessageNotContaining("\n"));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> salesforce.object("Contact").sink().upsert("Ext__c\n[forged] line"))
                    .satisfies(e -> assertThat(e).hasMessageNotContaining("\n"));
        }
    }

    @Test
    void what_is_misspelled_or_not_permitted_is_an_error_that_says_where_to_look() {
        assertThatThrownBy(() -> org.object("Contact").create(Map.of("LastNam", "Ho")))
                .hasMessageContaining("LastNam")
                .hasMessageContaining("describe(object)");
        assertThatThrownBy(() -> SoqlSelect.of("SELECT * FROM Contact")).hasMessageContaining("FIELDS(STANDARD)");
        HttpResponse refused = HttpResponse.json(
                400, "[{\"errorCode\":\"FEATURENOTENABLED\",\"message\":\"hardDelete requires permission\"}]");
        assertCode(SalesforceErrors.of("acme jobs/ingest", refused), "salesforce.no_access");
    }
}
