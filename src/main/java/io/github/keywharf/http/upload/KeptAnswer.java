package io.github.keywharf.http.upload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHeaders;
import io.github.keywharf.http.HttpResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The last answer of an upload, kept for clients that lost it. */
final class KeptAnswer {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final int status;
    private final HttpHeaders headers;
    private final byte[] body;

    private KeptAnswer(int status, HttpHeaders headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    /** Reads the body, and closes it. */
    static KeptAnswer of(HttpResponse response) {
        return new KeptAnswer(
                response.status(), response.headers(), response.body().bytes(UploadServer.MAX_ANSWER_BYTES));
    }

    HttpResponse response() {
        return HttpResponse.of(status).withHeaders(headers).withBody(HttpBody.of(body));
    }

    byte[] json() {
        ObjectNode json = JSON.createObjectNode().put("status", status).put("body", body);
        ArrayNode fields = json.putArray("headers");
        headers.fields().forEach(field -> fields.addArray().add(field.name()).add(field.value()));
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    static KeptAnswer parse(byte[] content) throws IOException {
        JsonNode json = JSON.readTree(content);
        List<HttpHeaders.Field> fields = new ArrayList<>();
        json.required("headers")
                .forEach(field -> fields.add(new HttpHeaders.Field(
                        field.required(0).asText(), field.required(1).asText())));
        return new KeptAnswer(
                json.required("status").asInt(),
                HttpHeaders.of(fields),
                json.required("body").binaryValue());
    }
}
