package io.github.keywharf.format.delta;

import io.github.keywharf.KeywharfException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an action, as JSON or a row of a checkpoint gives them.
 *
 * @param values by name; unknown ones are left alone
 * @param subject the file of the log, for messages
 */
record Fields(Map<?, ?> values, String subject) {

    private KeywharfException wrong(String name, @Nullable Object value, String wanted) {
        return DeltaErrors.corrupt(subject, "'" + name + "' is " + value + ", not " + wanted);
    }

    boolean has(String name) {
        return values.get(name) != null;
    }

    String text(String name) {
        return optionalText(name).orElseThrow(() -> wrong(name, null, "a text"));
    }

    Optional<String> optionalText(String name) {
        Object value = values.get(name);
        if (value != null && !(value instanceof String)) {
            throw wrong(name, value, "a text");
        }
        return Optional.ofNullable((String) value);
    }

    long number(String name) {
        return optionalNumber(name).orElseThrow(() -> wrong(name, null, "a whole number"));
    }

    Optional<Long> optionalNumber(String name) {
        Object value = values.get(name);
        if (value != null && !(value instanceof Integer) && !(value instanceof Long)) {
            throw wrong(name, value, "a whole number");
        }
        return Optional.ofNullable(value).map(number -> ((Number) number).longValue());
    }

    int small(String name) {
        long number = number(name);
        if (number != (int) number) {
            throw wrong(name, number, "a number of 32 bits");
        }
        return (int) number;
    }

    boolean flag(String name, boolean otherwise) {
        Object value = values.get(name);
        return value == null ? otherwise : Boolean.TRUE.equals(value);
    }

    /** Texts by name, some of which may be null; empty when there are none. */
    Map<String, @Nullable String> texts(String name) {
        Object value = values.get(name);
        if (value == null) {
            return Map.of();
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw wrong(name, value, "a map");
        }
        Map<String, @Nullable String> texts = new LinkedHashMap<>();
        map.forEach((key, text) -> texts.put(String.valueOf(key), text == null ? null : text.toString()));
        return Collections.unmodifiableMap(texts);
    }

    /** The same without those that are null. */
    Map<String, String> presentTexts(String name) {
        Map<String, String> present = new LinkedHashMap<>();
        texts(name).forEach((key, text) -> {
            if (text != null) {
                present.put(key, text);
            }
        });
        return Collections.unmodifiableMap(present);
    }

    Optional<List<String>> list(String name) {
        Object value = values.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof List<?> list)) {
            throw wrong(name, value, "a list");
        }
        List<String> texts = new ArrayList<>();
        list.forEach(text -> texts.add(String.valueOf(text)));
        return Optional.of(List.copyOf(texts));
    }

    Optional<Fields> group(String name) {
        Object value = values.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw wrong(name, value, "an object");
        }
        return Optional.of(new Fields(map, subject));
    }
}
