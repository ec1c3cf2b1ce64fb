package io.github.keywharf.testing.salesforce;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;

/** JSON of requests and answers. */
final class Json {
    static final int MAX_BODY = 160 * 1024 * 1024;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    static ObjectNode of(Map<String, ?> values) {
        return MAPPER.valueToTree(values);
    }

    static HttpResponse response(int status, JsonNode tree) {
        return HttpResponse.of(status)
                .withHeader("Content-Type", "application/json;charset=UTF-8")
                .withBody(HttpBody.of(bytes(tree)));
    }

    static byte[] bytes(JsonNode tree) {
        try {
            return MAPPER.writeValueAsBytes(tree);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A body that has to be a JSON object, with its content type: anything else is refused as the service does. */
    static ObjectNode body(HttpRequest request) {
        String type = request.header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
        if (!type.startsWith("application/json")) {
            request.body().close();
            throw new Refusal(
                    415,
                    "UNSUPPORTED_MEDIA_TYPE",
                    "The content-type '" + type + "' is not supported for this resource");
        }
        return parsed(request.body().text(MAX_BODY));
    }

    static JsonNode tree(byte[] json) {
        try {
            return MAPPER.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ObjectNode parsed(String text) {
        try {
            if (MAPPER.readTree(text) instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException e) {
            throw new Refusal(400, "JSON_PARSER_ERROR", e.getOriginalMessage());
        }
        throw new Refusal(400, "JSON_PARSER_ERROR", "The HTTP entity body must be a JSON object");
    }
}
