package io.github.keywharf.azure.functions;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.azure.functions.HttpMethod;
import com.microsoft.azure.functions.HttpResponseMessage;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FunctionsHandlerTest {
    private final List<HttpRequest> seen = new ArrayList<>();
    private final FunctionsHandler handler = new FunctionsHandler(
            request -> {
                seen.add(request);
                return HttpResponse.json(201, "{\"ä\":1}").withHeader("Cache-Control", "no-store");
            },
            "/clientspace/");

    @Test
    void a_request_and_its_answer_arrive_whole() {
        HttpResponseMessage answer = handler.handle(new FunctionMessage(
                HttpMethod.POST,
                URI.create("https://app.azurewebsites.net/api/clientspace/a%20b/delta-sharing-token?grace=PT1H&x"),
                Map.of("authorization", "Bearer t"),
                Optional.of("sent ä")));

        assertThat(answer.getStatusCode()).isEqualTo(201);
        assertThat(answer.getHeader("Cache-Control")).isEqualTo("no-store");
        assertThat(new String((byte[]) answer.getBody(), StandardCharsets.UTF_8))
                .isEqualTo("{\"ä\":1}");
        HttpRequest request = seen.get(0);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).isEqualTo("/clientspace/a%20b/delta-sharing-token");
        assertThat(request.query("grace")).contains("PT1H");
        assertThat(request.header("Authorization")).contains("Bearer t");
        assertThat(request.body().text(100)).isEqualTo("sent ä");
    }

    @ParameterizedTest
    @CsvSource({
        "https://a.example/clientspace/x, /clientspace/x",
        "https://a.example/api/v1/clientspace/x, /clientspace/x",
        "https://a.example/other, /other"
    })
    void the_prefix_of_the_app_is_not_part_of_the_route(String uri, String path) {
        handler.handle(FunctionMessage.of("GET", uri, Map.of()));
        assertThat(seen.get(0).path()).isEqualTo(path);
    }

    @ParameterizedTest
    @CsvSource({
        "'6.6.6.6, 203.0.113.9:51000', 203.0.113.9",
        "203.0.113.9, 203.0.113.9",
        "'[2001:db8::1]:51000', 2001:db8::1",
        "2001:db8::1, 2001:db8::1"
    })
    void the_peer_is_the_one_that_the_front_end_names(String forwarded, String peer) {
        handler.handle(
                FunctionMessage.of("GET", "https://a.example/clientspace/x", Map.of("x-forwarded-for", forwarded)));
        assertThat(seen.get(0).peer()).contains(peer);
    }

    @Test
    void a_header_that_is_not_valid_is_a_bad_request() {
        HttpResponseMessage answer = handler.handle(
                FunctionMessage.of("GET", "https://a.example/clientspace/x", Map.of("authorization", "Bearer a\nb")));
        assertThat(answer.getStatusCode()).isEqualTo(400);
        assertThat(seen).isEmpty();
    }
}
