package io.github.keywharf.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.testing.RecordedTime;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonApiTest {
    private final List<HttpRequest> requests = new ArrayList<>();
    private HttpResponse answer = HttpResponse.json(200, "{\"a\":1}");

    private final JsonApi api = new JsonApi(
            request -> {
                requests.add(request);
                return answer;
            },
            "https://api.example/v1",
            20,
            Map.of(HttpClients.TOO_LARGE, "acme.bad_answer"));

    @Test
    void a_request_goes_below_the_address_with_its_body_as_json() {
        JsonNode body = JsonNodeFactory.instance.objectNode().put("b", "\u00e9\n");
        assertThat(api.send("thing", api.request("POST", "/things?x=" + HttpRequest.encoded("a b/\u00e9"), body))
                        .json()
                        .path("a")
                        .asInt())
                .isEqualTo(1);
        HttpRequest sent = requests.get(0);
        assertThat(sent.uri()).hasToString("https://api.example/v1/things?x=a%20b%2F%C3%A9");
        assertThat(sent.headers().find("Content-Type")).hasValue("application/json");
        assertThat(sent.isRepeatable()).isTrue();
        assertThat(sent.body().text(100)).isEqualTo("{\"b\":\"\u00e9\\n\"}");
    }

    @Test
    void an_answer_of_exactly_the_limit_is_read_and_one_byte_more_has_the_callers_code() {
        answer = HttpResponse.json(200, "{\"a\":\"" + "x".repeat(12) + "\"}");
        assertThat(api.send("thing", api.request("GET", "/")).json().path("a").asText())
                .hasSize(12);

        answer = HttpResponse.json(200, "{\"a\":\"" + "x".repeat(13) + "\"}");
        assertThatThrownBy(() -> api.send("thing", api.request("GET", "/")))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("acme.bad_answer"))
                .hasMessageContaining("[thing]");
    }

    @Test
    void what_is_not_json_is_no_error_and_is_quoted_nowhere() {
        answer = HttpResponse.text(502, "<hunter2>");
        JsonAnswer read = api.send("thing", api.request("GET", "/"));
        assertThat(read.json().isObject()).isFalse();
        assertThat(read.json().path("a").path("b").asText("")).isEmpty();
        assertThat(read).hasToString("JsonAnswer[502]");
        answer = HttpResponse.of(204);
        assertThat(api.send("thing", api.request("GET", "/")).json().isMissingNode())
                .isTrue();
    }

    @Test
    void what_a_service_says_is_cut_and_on_one_line() {
        JsonAnswer refused = new JsonAnswer(404, JsonNodeFactory.instance.nullNode());
        assertThat(refused.said("NOT_FOUND", "No such\ntable.")).isEqualTo("(404 NOT_FOUND): No such?table");
        assertThat(refused.said("", "")).isEqualTo("(404)");
        assertThat(refused.said("x".repeat(500), "y".repeat(5000))).hasSizeLessThan(500);
    }

    private static JsonNode page(int number, int next) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("number", number)
                .put("next", next == 0 ? "" : Integer.toString(next));
    }

    @Test
    void pages_are_fetched_when_they_are_needed_and_have_an_end() {
        List<String> fetched = new ArrayList<>();
        Iterator<Integer> pages = JsonApi.pages(
                        name -> {
                            fetched.add(name);
                            int number = name.isEmpty() ? 0 : Integer.parseInt(name);
                            return page(number, number == 2 ? 0 : number + 1);
                        },
                        page -> page.path("next").asText(""),
                        () -> new KeywharfException("acme.endless", "things", "No end"))
                .map(page -> page.path("number").asInt())
                .iterator();
        assertThat(fetched).isEmpty();
        assertThat(pages.next()).isZero();
        assertThat(fetched).containsExactly("");
        assertThat(pages.next()).isOne();
        assertThat(pages.next()).isEqualTo(2);
        assertThat(pages.hasNext()).isFalse();
        assertThat(fetched).containsExactly("", "1", "2");
    }

    @Test
    void pages_that_repeat_are_left() {
        assertThatThrownBy(() -> JsonApi.pages(
                                name -> page(1, name.equals("1") ? 2 : 1),
                                page -> page.path("next").asText(""),
                                () -> new KeywharfException("acme.endless", "things", "No end"))
                        .count())
                .hasMessageContaining("No end");
        assertThatThrownBy(() -> JsonApi.requireNew(
                        "x".repeat(20_000),
                        new HashSet<>(),
                        () -> new KeywharfException("acme.endless", "things", "too long")))
                .hasMessageContaining("too long");
    }

    @Test
    void a_token_endpoints_answer_has_a_token_its_end_or_what_is_wrong() {
        RecordedTime time = new RecordedTime();
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("grant_type", "password");
        fields.put("password", "a b&c");
        HttpRequest request = TokenAnswer.request(URI.create("https://login.example/token"), fields);
        assertThat(request.body().text(100)).isEqualTo("grant_type=password&password=a%20b%26c");
        assertThat(request.isRepeatable()).isFalse();

        TokenAnswer granted = TokenAnswer.of(
                sent -> HttpResponse.json(200, "{\"access_token\":\"t\",\"expires_in\":\"60\"}"), request);
        assertThat(granted.token().orElseThrow().reveal()).isEqualTo("t");
        assertThat(granted.expires(time)).hasValue(time.instant().plus(Duration.ofMinutes(1)));
        assertThat(granted).asString().doesNotContain("\"t\"");

        TokenAnswer refused = TokenAnswer.of(
                sent -> HttpResponse.json(
                        401, "{\"error\":\"invalid_client\",\"error_description\":\"No.\",\"access_token\":\"t\"}"),
                request);
        assertThat(refused.token()).isEmpty();
        assertThat(refused.said()).isEqualTo("(401 invalid_client): No");
        for (String json : List.of("{}", "{\"access_token\":\"a b\"}", "{\"expires_in\":99999999999}", "[]", "<")) {
            TokenAnswer bad = TokenAnswer.of(sent -> HttpResponse.json(200, json), request);
            assertThat(bad.token()).isEmpty();
            assertThat(bad.expires(Instant::now)).isEmpty();
        }
    }
}
