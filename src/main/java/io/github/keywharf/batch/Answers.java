package io.github.keywharf.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpResponse;
import java.time.Instant;
import java.util.Locale;

/** What the routes answer. */
final class Answers {
    private Answers() {}

    /** A refusal (RFC 9457) with a stable code. */
    static HttpResponse problem(int status, String code, String detail) {
        String json = ProfileJson.JSON
                .createObjectNode()
                .put("type", "about:blank")
                .put("status", status)
                .put("code", code)
                .put("detail", detail)
                .toString();
        return HttpResponse.of(status)
                .withHeader("Content-Type", "application/problem+json")
                .withBody(HttpBody.of(json));
    }

    static HttpResponse file(IngestedFile file) {
        return HttpResponse.json(200, json(file).toString());
    }

    /** A file as JSON; its times are in UTC, its sizes in bytes. */
    static ObjectNode json(IngestedFile file) {
        ObjectNode json = ProfileJson.JSON
                .createObjectNode()
                .put("id", file.id())
                .put("name", file.name())
                .put("bytes", file.bytes())
                .put("sha256", file.sha256())
                .put("state", file.state().name().toLowerCase(Locale.ROOT))
                .put("attempt", file.attempt())
                .put("received", file.received().toString());
        file.started().map(Instant::toString).ifPresent(time -> json.put("started", time));
        file.ended().map(Instant::toString).ifPresent(time -> json.put("ended", time));
        json.put("lines", file.lines())
                .put("rows", file.rows())
                .put("rejected", file.rejected())
                .put("took_seconds", file.took().toNanos() / 1e9);
        if (!file.reason().isEmpty()) {
            json.put("reason", file.reason());
        }
        return json;
    }
}
