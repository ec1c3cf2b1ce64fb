package io.github.keywharf.testing.salesforce;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A record: its object and values by field, in the Java types of {@link FieldValues}. Names are not case-sensitive. */
final class FakeRecord {
    private final FakeObject object;
    private final String id;
    private final Map<String, Object> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    FakeRecord(FakeObject object, String id) {
        this.object = object;
        this.id = id;
    }

    FakeObject object() {
        return object;
    }

    String id() {
        return id;
    }

    @Nullable
    Object value(String field) {
        return values.get(field);
    }

    void set(String field, @Nullable Object value) {
        if (value == null) {
            values.remove(field);
        } else {
            values.put(field, value);
        }
    }

    boolean isDeleted() {
        return Boolean.TRUE.equals(values.get("IsDeleted"));
    }

    void restore(Map<String, Object> old) {
        values.clear();
        values.putAll(old);
    }

    Map<String, Object> values() {
        return Collections.unmodifiableMap(values);
    }
}
