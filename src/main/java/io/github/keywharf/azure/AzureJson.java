package io.github.keywharf.azure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** JSON whose faults are never quoted, as secrets are in it. */
final class AzureJson {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private AzureJson() {}

    /** The tree, or an empty object when it is not JSON. */
    static JsonNode lenient(byte[] content) {
        try {
            JsonNode tree = JSON.readTree(content);
            return tree.isObject() ? tree : JSON.createObjectNode();
        } catch (IOException e) {
            return JSON.createObjectNode();
        }
    }

    static byte[] bytes(Object value) {
        try {
            return JSON.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Maps of texts can be written as JSON", e);
        }
    }
}
