package io.github.keywharf.dictionary;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import org.jspecify.annotations.Nullable;

/** Dictionaries as JSON. The member {@code version} is 1; a reader refuses a version that it does not know. */
final class JsonDictionary {
    static final int VERSION = 1;

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(32).build())
                    .build())
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonDictionary() {}

    static String write(DataDictionary dictionary) {
        try {
            return JSON.writerWithDefaultPrettyPrinter()
                    .writeValueAsString(JsonDictionaryWriter.tree(JSON.createObjectNode(), dictionary));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static DataDictionary parse(String json) {
        if (json.length() > DataDictionary.MAX_JSON) {
            throw bad(
                    "has " + json.length() + " characters, and at most " + DataDictionary.MAX_JSON + " are read", null);
        }
        try {
            JsonNode root = JSON.readTree(json);
            if (root == null || !root.isObject()) {
                throw bad("is not a JSON object", null);
            }
            if (root.path("version").asInt() != VERSION) {
                String version = Cut.to(Texts.line(root.path("version").asText("?")), 40);
                throw bad("is of version " + version + ", and this library reads " + VERSION, null);
            }
            return JsonDictionaryReader.dictionary(root);
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            throw bad("cannot be read; take a snapshot that toJson() made", e);
        }
    }

    private static KeywharfException bad(String problem, @Nullable Exception cause) {
        return new KeywharfException("dictionary.bad_json", "dictionary", "The JSON " + problem, cause);
    }
}
