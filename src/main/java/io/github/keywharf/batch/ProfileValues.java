package io.github.keywharf.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.format.TextValues;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * How text is read as values, by the key {@code values}.
 *
 * @param json the object, its keys in one order
 * @param text what it says
 */
record ProfileValues(ObjectNode json, TextValues text) {
    /** Nothing but the standard. */
    static final ProfileValues NONE = new ProfileValues(ProfileJson.JSON.createObjectNode(), TextValues.STANDARD);

    private static final int MAX_WORDS = 100;
    private static final Set<String> KEYS = Set.of(
            "nulls", "dates", "timestamps", "times", "zone", "decimal_point", "group_separator", "true", "false");

    static ProfileValues parse(String object) {
        return of("values", ProfileJson.tree("values", object));
    }

    static ProfileValues of(String key, JsonNode node) {
        ProfileObject object = new ProfileObject(key + ".", node, KEYS);
        ObjectNode json = ProfileJson.JSON.createObjectNode();
        TextValues values = TextValues.STANDARD;
        Optional<List<String>> nulls = object.texts("nulls", MAX_WORDS);
        if (nulls.isPresent()) {
            values = values.withNulls(Set.copyOf(nulls.get()));
            put(json, "nulls", nulls.get());
        }
        for (String kind : List.of("dates", "timestamps", "times", "zone")) {
            Optional<String> written = object.text(kind);
            if (written.isPresent()) {
                values = formatted(values, kind, written.get(), object.path(kind));
                json.put(kind, written.get());
            }
        }
        Optional<Character> point = character(object, "decimal_point");
        Optional<Character> group = character(object, "group_separator");
        if (point.isPresent() || group.isPresent()) {
            char shown = point.orElse('.');
            TextValues before = values;
            values = checked(
                    object.path(group.isPresent() ? "group_separator" : "decimal_point"),
                    () -> group.isPresent()
                            ? before.withDecimalPoint(shown, group.get())
                            : before.withDecimalPoint(shown));
            point.ifPresent(value -> json.put("decimal_point", value.toString()));
            group.ifPresent(value -> json.put("group_separator", value.toString()));
        }
        Optional<List<String>> yes = object.texts("true", MAX_WORDS);
        Optional<List<String>> no = object.texts("false", MAX_WORDS);
        if (yes.isPresent() != no.isPresent()) {
            throw new IllegalArgumentException(object.path(yes.isPresent() ? "false" : "true")
                    + " is missing; the words for true and for false are given together");
        }
        if (yes.isPresent() && no.isPresent()) {
            TextValues before = values;
            values = checked(
                    object.path("true"), () -> before.withBooleans(Set.copyOf(yes.get()), Set.copyOf(no.get())));
            put(json, "true", yes.get());
            put(json, "false", no.get());
        }
        return new ProfileValues(json, values);
    }

    private static TextValues formatted(TextValues values, String kind, String written, String key) {
        UnaryOperator<TextValues> change = switch (kind) {
            case "dates" -> before -> before.withDates(written);
            case "timestamps" -> before -> before.withTimestamps(written);
            case "times" -> before -> before.withTimes(written);
            default -> before -> before.withZone(ZoneId.of(written));
        };
        String allowed = kind.equals("zone") ? "a time zone, such as Europe/Berlin" : "a pattern, such as dd/MM/yyyy";
        try {
            return change.apply(values);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new IllegalArgumentException(
                    key + " is '" + ProfileText.shown(written) + "'; it must be " + allowed, e);
        }
    }

    private static Optional<Character> character(ProfileObject object, String key) {
        return object.text(key).map(text -> {
            if (text.length() != 1) {
                throw new IllegalArgumentException(
                        object.path(key) + " is '" + ProfileText.shown(text) + "'; it must be one character");
            }
            return text.charAt(0);
        });
    }

    private static TextValues checked(String key, java.util.function.Supplier<TextValues> values) {
        try {
            return values.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + " is not allowed: " + e.getMessage(), e);
        }
    }

    private static void put(ObjectNode json, String key, List<String> texts) {
        ArrayNode list = json.putArray(key);
        texts.forEach(list::add);
    }
}
