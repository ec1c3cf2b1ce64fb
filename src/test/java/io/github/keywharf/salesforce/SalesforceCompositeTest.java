package io.github.keywharf.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.testing.salesforce.FakeFault;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SalesforceCompositeTest {
    private final ObjectOrg org = new ObjectOrg();

    private SalesforceComposite composite() {
        return new SalesforceComposite(org.calls);
    }

    @Test
    void later_requests_use_what_earlier_ones_gave_in_one_call() {
        SalesforceCompositeResult results = composite()
                .create("account", "Account", Map.of("Name", "Acme"))
                .upsert(
                        "contact",
                        "Contact",
                        "Ext__c",
                        "c-1",
                        Map.of("LastName", "Ho", "AccountId", SalesforceComposite.result("account", "id")))
                .update("renamed", "Account", "@{account.id}", Map.of("Name", "Acme Ltd"))
                .get("read", "Account", "@{account.id}", "Name")
                .query("found", "SELECT Id, LastName FROM Contact")
                .run()
                .requireSuccess();
        assertThat(org.fake.calls()).hasSize(1);
        assertThat(results.part("contact").created()).isTrue();
        assertThat(results.part("read").values()).containsEntry("Name", "Acme Ltd");
        assertThat(results.part("found").records())
                .singleElement()
                .satisfies(record -> assertThat(record).containsEntry("LastName", "Ho"));
        assertThat(org.fake.records("Contact").get(0).get("AccountId"))
                .isEqualTo(results.part("account").id().orElseThrow());
    }

    @Test
    void with_all_or_none_what_was_rolled_back_is_told_apart_from_what_failed() {
        SalesforceCompositeResult results = composite()
                .create("account", "Account", Map.of("Name", "Acme"))
                .create("contact", "Contact", Map.of("FirstName", "No last name"))
                .allOrNone(true)
                .run();
        assertThat(results.success()).isFalse();
        assertThat(results.part("account").rolledBack()).isTrue();
        assertThat(results.part("contact").rolledBack()).isFalse();
        assertThat(results.part("contact").errors())
                .extracting(SalesforceRefusal::code)
                .containsExactly("REQUIRED_FIELD_MISSING");
        assertThat(org.fake.records("Account")).isEmpty();
        assertThatThrownBy(results::requireSuccess).hasMessageContaining("contact: [REQUIRED_FIELD_MISSING");
    }

    @Test
    void what_cannot_be_sent_is_refused_as_it_is_added() {
        SalesforceComposite composite = composite().query("q1", "SELECT Id FROM Contact");
        assertThatIllegalArgumentException().isThrownBy(() -> composite.query("q1", "SELECT Id FROM Contact"));
        assertThatIllegalArgumentException().isThrownBy(() -> composite.query("q 1", "SELECT Id FROM Contact"));
        assertThatIllegalArgumentException().isThrownBy(() -> composite.delete("d", "Contact", "@{later.id}"));
        assertThatIllegalArgumentException().isThrownBy(() -> composite.delete("d", "Contact", "1"));
        for (int n = 2; n <= SalesforceComposite.MAX_QUERIES; n++) {
            composite.query("q" + n, "SELECT Id FROM Contact");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> composite.query("q6", "SELECT Id FROM Contact"));
        for (int n = 6; n <= SalesforceComposite.MAX_PARTS; n++) {
            composite.create("c" + n, "Contact", Map.of("LastName", "x"));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> composite.create("c26", "Contact", Map.of()));
        assertThatIllegalStateException().isThrownBy(() -> composite().run());
    }

    @Test
    void a_query_that_does_not_fit_into_the_answer_is_never_cut_short() {
        org.fake.pageSize(2);
        for (int n = 0; n < 3; n++) {
            org.fake.insert("Contact", Map.of("LastName", "Ho"));
        }
        SalesforceCompositeResult.Part part =
                composite().query("q", "SELECT Id FROM Contact").run().part("q");
        assertThatThrownBy(part::records)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.count_mismatch"));
    }

    @Test
    void a_create_among_the_requests_makes_an_unknown_outcome_an_error() {
        org.fake.fault(FakeFault.on("POST /composite").dropAnswer());
        assertThatThrownBy(() -> composite()
                        .create("a", "Account", Map.of("Name", "Acme"))
                        .run())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.outcome_unknown"));
        assertThat(org.fake.records("Account")).hasSize(1);
    }

    @Test
    void results_of_other_requests_are_an_error() {
        SalesforceCalls calls = SalesforceCalls.of(
                request -> HttpResponse.json(
                        200, "{\"compositeResponse\":[{\"referenceId\":\"b\",\"httpStatusCode\":204}]}"),
                new SalesforceTarget(URI.create("https://acme.my.salesforce.com"), "v66.0"),
                io.github.keywharf.event.EventListener.NONE,
                org::now);
        assertThatThrownBy(() -> new SalesforceComposite(calls)
                        .delete("a", "Contact", "0035g00000000011AA".substring(0, 15))
                        .run())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.count_mismatch"));
    }
}
