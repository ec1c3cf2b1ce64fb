package io.github.keywharf.secret;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.keywharf.KeywharfException;
import java.io.CharArrayReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Secrets from the members of a JSON object in a file. */
final class JsonFileSecrets implements SecretSource {
    static final int MAX_FILE_BYTES = 1024 * 1024;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Path file;

    JsonFileSecrets(Path file) {
        this.file = file.toAbsolutePath().normalize();
    }

    @Override
    public Optional<Secret> find(String name) {
        char[] text;
        try {
            text = SecretFiles.read(name, file, MAX_FILE_BYTES);
        } catch (IOException e) {
            throw KeywharfException.retryable(
                    "secret.unavailable", name, "The file " + file + " cannot be read; check that it is there", e);
        }
        try {
            JsonNode value = parse(name, text).get(name);
            if (value == null || value.isNull()) {
                return Optional.empty();
            }
            return Optional.of(Secret.of(value.isContainerNode() ? value.toString() : value.asText()));
        } finally {
            Arrays.fill(text, '\0');
        }
    }

    private JsonNode parse(String name, char[] text) {
        JsonNode root;
        try {
            root = JSON.readTree(new CharArrayReader(text));
        } catch (JsonProcessingException e) {
            // The cause is left out, because its message quotes the text.
            throw unreadable(name, e);
        } catch (IOException e) {
            throw unreadable(name, null);
        }
        if (!root.isObject()) {
            throw unreadable(name, null);
        }
        return root;
    }

    private KeywharfException unreadable(String name, @Nullable JsonProcessingException e) {
        String place = e == null || e.getLocation() == null
                ? ""
                : " (line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr() + ")";
        return new KeywharfException(
                "secret.unreadable", name, "The file " + file + " must hold one JSON object, and does not" + place);
    }

    @Override
    public String toString() {
        return "JSON file " + file;
    }
}
