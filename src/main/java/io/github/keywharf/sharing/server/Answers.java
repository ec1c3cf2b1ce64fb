package io.github.keywharf.sharing.server;

import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpResponse;
import java.util.Arrays;

/** Responses that are whole in memory. */
final class Answers {
    private Answers() {}

    static HttpResponse json(int status, JsonBytes json) {
        return HttpResponse.of(status)
                .withHeader("Content-Type", "application/json; charset=utf-8")
                .withBody(HttpBody.of(Arrays.copyOf(json.bytes(), json.length())));
    }
}
