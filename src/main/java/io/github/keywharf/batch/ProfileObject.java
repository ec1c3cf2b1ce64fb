package io.github.keywharf.batch;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A JSON object of a profile: its keys are known, and each value is of the type that is asked for. */
final class ProfileObject {
    private static final int MAX_TEXT = 1_000;

    private final String path;
    private final JsonNode node;

    /**
     * Checks the keys.
     *
     * @param path what comes before a key in messages: {@code schedule.}, or nothing
     */
    ProfileObject(String path, JsonNode node, Set<String> keys) {
        if (!node.isObject()) {
            throw wrong(path.isEmpty() ? "the profile" : path.substring(0, path.length() - 1), node, "an object");
        }
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!keys.contains(name)) {
                throw new IllegalArgumentException("the key '" + path + ProfileText.shown(name)
                        + "' is not known; the keys are " + String.join(", ", new TreeSet<>(keys)));
            }
        }
        this.path = path;
        this.node = node;
    }

    /** What is wrong with a value. */
    static IllegalArgumentException wrong(String key, JsonNode value, String allowed) {
        return new IllegalArgumentException(
                key + " is " + ProfileText.shown(value.toString()) + "; it must be " + allowed);
    }

    /** The value, which must be there. */
    JsonNode required(String key, String allowed) {
        return find(key)
                .orElseThrow(() -> new IllegalArgumentException(path + key + " is missing; it must be " + allowed));
    }

    Optional<JsonNode> find(String key) {
        return Optional.ofNullable(node.get(key));
    }

    String path(String key) {
        return path + key;
    }

    Optional<String> text(String key) {
        return find(key).map(value -> text(path + key, value));
    }

    static String text(String key, JsonNode value) {
        if (!value.isTextual() || value.textValue().length() > MAX_TEXT) {
            throw wrong(key, value, "text of up to " + MAX_TEXT + " characters");
        }
        return value.textValue();
    }

    /** A whole number, which is written as one. */
    Optional<Long> whole(String key, long least, long most) {
        return find(key).map(value -> {
            if (!value.isIntegralNumber() || !value.canConvertToLong()) {
                throw wrong(path + key, value, "a whole number from " + least + " to " + most);
            }
            return ProfileText.within(path + key, value.longValue(), least, most);
        });
    }

    Optional<List<String>> texts(String key, int most) {
        return find(key).map(value -> texts(path + key, value, most));
    }

    static List<String> texts(String key, JsonNode value, int most) {
        List<String> texts = new ArrayList<>();
        for (JsonNode element : list(key, value, most)) {
            texts.add(text(key, element));
        }
        return texts;
    }

    static JsonNode list(String key, JsonNode value, int most) {
        if (!value.isArray() || value.size() > most) {
            throw wrong(key, value, "a list of up to " + most);
        }
        return value;
    }

    /** The names and values of an object whose keys are free. */
    static List<Map.Entry<String, JsonNode>> entries(String key, JsonNode value, int most) {
        if (!value.isObject() || value.isEmpty() || value.size() > most) {
            throw wrong(key, value, "an object with 1 to " + most + " keys");
        }
        return List.copyOf(value.properties());
    }
}
