package io.github.keywharf.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SalesforceErrorsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    static SalesforceCalls calls(HttpHandler org) {
        return SalesforceCalls.of(
                org,
                new SalesforceTarget(URI.create("https://acme.my.salesforce.com"), "v66.0"),
                EventListener.NONE,
                InstantSource.fixed(NOW));
    }

    private static KeywharfException error(String what, int status, String body) {
        return SalesforceErrors.of(
                "acme.my.salesforce.com " + what, HttpResponse.of(status).withBody(HttpBody.of(body)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "query|400|MALFORMED_QUERY|unexpected token: FORM|salesforce.bad_query|false",
                "query|400|INVALID_FIELD|No such column 'Nme' on entity 'Contact'|salesforce.bad_query|false",
                "sobjects/Contact|400|INVALID_FIELD|No such column 'Nme' on sobject of type Contact|salesforce.refused|false",
                "query|400|INVALID_QUERY_LOCATOR|invalid query locator|salesforce.cursor_expired|false",
                "query|400|QUERY_TIMEOUT|Your query request was running for too long.|salesforce.timeout|true",
                "sobjects/Contact|400|UNABLE_TO_LOCK_ROW|unable to obtain exclusive access|salesforce.row_locked|true",
                "query|503|SERVER_UNAVAILABLE|server is busy|salesforce.unavailable|true",
                "query|403|REQUEST_LIMIT_EXCEEDED|TotalRequests Limit exceeded.|salesforce.daily_limit|false",
                "query|403|REQUEST_LIMIT_EXCEEDED|ConcurrentRequests (Concurrent API Requests) Limit exceeded."
                        + "|salesforce.concurrent_limit|true",
                "query|401|INVALID_SESSION_ID|Session expired or invalid|salesforce.session_refused|false",
                "sobjects/Nope|404|NOT_FOUND|The requested resource does not exist|salesforce.not_found|false",
                "sobjects/Contact|404|ENTITY_IS_DELETED|entity is deleted|salesforce.not_found|false",
                "query|410|UNSUPPORTED_API_VERSION|gone|salesforce.unsupported_version|false",
                "jobs/query|400|InvalidVersion|no|salesforce.unsupported_version|false",
                "sobjects/Contact|403|API_DISABLED_FOR_ORG|API is not enabled|salesforce.no_access|false",
                "sobjects/Contact|400|INSUFFICIENT_ACCESS_OR_READONLY|no|salesforce.no_access|false",
                "sobjects/Contact|400|REQUIRED_FIELD_MISSING|Required fields are missing: [LastName]|salesforce.refused|false",
            })
    void each_error_of_the_vendor_has_its_code(
            String what, int status, String errorCode, String message, String code, boolean passes) {
        KeywharfException error = error(
                what, status, "[{\"message\":\"" + message + "\",\"errorCode\":\"" + errorCode + "\",\"fields\":[]}]");

        assertThat(error.code()).isEqualTo(code);
        assertThat(error.retryable()).isEqualTo(passes);
        assertThat(error).hasMessageContaining(errorCode).hasMessageContaining(message);
        assertThat(error.getMessage()).startsWith("[acme.my.salesforce.com " + what + "] ");
    }

    @Test
    void a_code_of_the_vendor_is_known_by_itself_and_not_by_a_text_that_mentions_it() {
        KeywharfException error = error(
                "sobjects/Contact",
                400,
                "[{\"errorCode\":\"STRING_TOO_LONG\",\"message\":\"Title: UNKNOWN_EXCEPTION in ENTITY_IS_DELETED\"}]");

        assertThat(SalesforceErrors.says(error, "STRING_TOO_LONG")).isTrue();
        assertThat(SalesforceErrors.says(error, "ENTITY_IS_DELETED")).isFalse();
        assertThat(SalesforceErrors.leavesOpen(error)).isFalse();
    }

    @Test
    void fields_and_further_errors_are_named() {
        KeywharfException error = error(
                "sobjects/Contact",
                400,
                "[{\"errorCode\":\"REQUIRED_FIELD_MISSING\",\"message\":\"a\",\"fields\":[\"LastName\",\"Email\"]},"
                        + "{\"errorCode\":\"B\",\"message\":\"b\"},{\"errorCode\":\"C\"},{\"errorCode\":\"D\"}]");

        assertThat(error)
                .hasMessageContaining("REQUIRED_FIELD_MISSING: a (fields LastName, Email); B: b; C; and 1 more");
    }

    @ParameterizedTest
    @CsvSource({
        "503,salesforce.unavailable",
        "502,salesforce.unavailable",
        "500,salesforce.unavailable",
        "504,salesforce.timeout",
        "404,salesforce.not_found",
        "403,salesforce.no_access",
        "401,salesforce.session_refused"
    })
    void pages_of_proxies_and_empty_answers_are_judged_by_their_status(int status, String code) {
        assertThat(error("query", status, "<html><body>Down</body></html>").code())
                .isEqualTo(code);
        assertThat(error("query", status, "").code()).isEqualTo(code);
        assertThat(error("query", status, "[{\"errorCode\":").code()).isEqualTo(code);
        assertThat(error("query", status, "")).hasMessageContaining("status " + status);
    }

    @Test
    void control_characters_and_endless_texts_do_not_reach_messages() {
        KeywharfException error = error(
                "query", 400, "[{\"errorCode\":\"X\",\"message\":\"a\\u001b[31m\\n" + "y".repeat(100_000) + "\"}]");

        assertThat(error.getMessage()).doesNotContain("\u001b", "\n").hasSizeLessThan(1_000);
    }

    @Test
    void xml_of_old_apis_is_read() {
        KeywharfException error = error(
                "jobs/query",
                400,
                "<?xml version=\"1.0\"?><error><exceptionCode>InvalidVersion</exceptionCode>"
                        + "<exceptionMessage>31.0</exceptionMessage></error>");

        assertThat(error.code()).isEqualTo("salesforce.unsupported_version");
    }

    @Test
    void paths_are_below_the_version_or_as_links_are() {
        SalesforceCalls calls = calls(request -> HttpResponse.json(200, "\"" + request.uri() + "\""));

        assertThat(calls.getJson("query?q=SELECT+Id").textValue())
                .isEqualTo("https://acme.my.salesforce.com/services/data/v66.0/query?q=SELECT+Id");
        assertThat(calls.getJson("/services/data/v66.0/query/01g-2000").textValue())
                .isEqualTo("https://acme.my.salesforce.com/services/data/v66.0/query/01g-2000");
        assertThat(calls.getJson("//evil.example.com/").textValue())
                .isEqualTo("https://acme.my.salesforce.com//evil.example.com/");
        assertThatThrownBy(() -> calls.get("query?q=SELECT Id"))
                .hasMessageStartingWith("[acme.my.salesforce.com query] The path is not percent-encoded");
    }

    @Test
    void ids_and_values_do_not_reach_messages() {
        SalesforceCalls calls = calls(request -> HttpResponse.of(404));

        assertThatThrownBy(() -> calls.get("sobjects/Contact/Email/john@example.com"))
                .hasMessageStartingWith("[acme.my.salesforce.com sobjects/Contact] ");
        assertThatThrownBy(() -> calls.get("/services/data/v66.0/query/01gX?a=b"))
                .hasMessageStartingWith("[acme.my.salesforce.com query] ");
    }

    @Test
    void usage_is_that_of_the_latest_answer_also_when_it_is_an_error() {
        AtomicInteger used = new AtomicInteger(17);
        SalesforceCalls calls = calls(request -> HttpResponse.json(used.get() == 18 ? 403 : 200, "{}")
                .withHeader("Sforce-Limit-Info", "api-usage=" + used.getAndIncrement() + "/15000"));
        assertThat(calls.usage()).isEmpty();

        assertThat(calls.getJson("limits")).isEmpty();
        assertThat(calls.usage()).contains(new SalesforceUsage(17, 15_000, NOW));
        assertThatThrownBy(() -> calls.get("limits")).isInstanceOf(KeywharfException.class);
        assertThat(calls.usage().orElseThrow().left()).isEqualTo(14_982);
    }

    @Test
    void an_answer_that_breaks_off_is_asked_for_again_a_few_times() {
        AtomicInteger asked = new AtomicInteger();
        SalesforceCalls twice =
                calls(request -> asked.incrementAndGet() < 3 ? broken() : HttpResponse.json(200, "[7]"));

        assertThat(twice.getJson("limits").get(0).intValue()).isEqualTo(7);
        assertThat(asked).hasValue(3);

        SalesforceCalls always = calls(request -> broken());
        assertThatThrownBy(() -> always.getJson("limits"))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("http.broken"));
    }

    @Test
    void what_is_not_json_is_a_bad_answer() {
        SalesforceCalls calls = calls(request -> HttpResponse.text(200, "<html>"));

        assertThatThrownBy(() -> calls.getJson("limits"))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("salesforce.bad_answer"));
    }

    @Test
    void a_write_is_marked_as_one_that_is_sent_once_and_not_modified_is_an_answer() {
        SalesforceCalls calls = calls(request -> {
            assertThat(request.isRepeatable()).isEqualTo(request.method().equals("GET"));
            assertThat(request.header("If-Modified-Since")).contains("x");
            return HttpResponse.of(304);
        });
        Map<String, String> headers = Map.of("If-Modified-Since", "x");

        try (HttpResponse response = calls.get("sobjects", headers)) {
            assertThat(response.status()).isEqualTo(304);
        }
        calls.send("PUT", "jobs/ingest/1/batches", headers, HttpBody.of("a"), false)
                .close();
    }

    private static HttpResponse broken() {
        InputStream content = new SequenceInputStream(
                new ByteArrayInputStream("[1".getBytes(StandardCharsets.UTF_8)), new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("reset");
                    }

                    @Override
                    public int read(byte[] into, int offset, int length) throws IOException {
                        return read();
                    }
                });
        return HttpResponse.of(200).withBody(HttpBody.stream(content));
    }
}
