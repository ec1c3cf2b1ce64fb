package io.github.keywharf.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SalesforceInstanceTest {

    @ParameterizedTest
    @CsvSource({
        "acme, https://acme.my.salesforce.com",
        "'  ACME \n', https://acme.my.salesforce.com",
        "acme.my, https://acme.my.salesforce.com",
        "acme.my.salesforce.com, https://acme.my.salesforce.com",
        "acme.my.salesforce.com., https://acme.my.salesforce.com",
        "acme.my.salesforce.com:443, https://acme.my.salesforce.com",
        "acme.my.salesforce.com/lightning/page/home?x=1 2, https://acme.my.salesforce.com",
        "https://Acme.My.Salesforce.com/services/data/v60.0/|, https://acme.my.salesforce.com",
        "https://acme.my.salesforce.com:443/, https://acme.my.salesforce.com",
        "HTTPS://acme.my.salesforce.com?x, https://acme.my.salesforce.com",
        "acme--uat, https://acme--uat.sandbox.my.salesforce.com",
        "acme--uat.sandbox, https://acme--uat.sandbox.my.salesforce.com",
        "acme--uat.sandbox.my, https://acme--uat.sandbox.my.salesforce.com",
        "acme--uat.sandbox.my.salesforce.com, https://acme--uat.sandbox.my.salesforce.com",
        "acme-dev-ed.develop, https://acme-dev-ed.develop.my.salesforce.com",
        "data-nosoftware-1234.scratch.my.salesforce.com, https://data-nosoftware-1234.scratch.my.salesforce.com",
        "https://acme.lightning.force.com/lightning/r/Contact/003/view, https://acme.my.salesforce.com",
        "acme--uat.sandbox.lightning.force.com, https://acme--uat.sandbox.my.salesforce.com",
        "acme--uat.lightning.force.com, https://acme--uat.sandbox.my.salesforce.com",
        "https://acme-dev-ed.develop.lightning.force.com/one/one.app#/home, https://acme-dev-ed.develop.my.salesforce.com",
        "https://acme.my.salesforce-setup.com/lightning/setup, https://acme.my.salesforce.com",
        "login, https://login.salesforce.com",
        "test.salesforce.com, https://test.salesforce.com",
        "na139.salesforce.com, https://na139.salesforce.com",
        "https://gateway.example.com/salesforce, https://gateway.example.com",
        "http://localhost:8080/, http://localhost:8080",
        "http://127.0.0.1:8080, http://127.0.0.1:8080",
        "https://[::1]:8443/, https://[::1]:8443",
    })
    void an_org_is_known_by_every_shape_that_people_paste(String given, String origin) {
        assertThat(SalesforceInstance.parse(given)).isEqualTo(URI.create(origin));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "http://acme.my.salesforce.com",
                "http://127.0.0.1.example.com",
                "ftp://acme.my.salesforce.com",
                "https://",
                "https://user:hunter2@acme.my.salesforce.com",
                "acme.example.com",
                "acme.my.salesforce.com.example.com",
                "ac me",
                "acme_1",
                "-acme",
                "acme..my",
                "https://acme.my.site.com/portal",
                "acme--c.vf.force.com",
                "acme.file.force.com",
            })
    void what_has_no_api_or_is_readable_on_the_way_is_refused(String given) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SalesforceInstance.parse(given))
                .withMessageContaining("acme.my.salesforce.com")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter2"));
    }

    @Test
    void an_endless_text_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> SalesforceInstance.parse("a".repeat(100_000)));
    }

    private static URI followed(String configured, String answered) {
        return SalesforceInstance.followed(URI.create(configured), URI.create(answered));
    }

    @Test
    void a_token_follows_the_org_to_another_host_of_the_vendor() {
        assertThat(followed("https://login.salesforce.com", "https://Acme.my.salesforce.com/"))
                .isEqualTo(URI.create("https://acme.my.salesforce.com"));
        assertThat(followed("https://gateway.example.com", "https://gateway.example.com"))
                .isEqualTo(URI.create("https://gateway.example.com"));
        assertThat(followed("http://localhost:80", "http://127.0.0.1:81")).isEqualTo(URI.create("http://127.0.0.1:81"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://acme.my.salesforce.com",
                "https://acme.my.salesforce.com.evil.example",
                "https://evilsalesforce.com",
                "https://evil.example",
                "http://127.0.0.1:80",
                "https://user@acme.my.salesforce.com",
                "file:///etc/passwd",
                "acme.my.salesforce.com",
            })
    void a_token_goes_nowhere_else(String answered) {
        assertThatThrownBy(() -> followed("https://acme.my.salesforce.com", answered))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.bad_answer"));
    }
}
