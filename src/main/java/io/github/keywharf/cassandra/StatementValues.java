package io.github.keywharf.cassandra;

import io.github.keywharf.KeywharfException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The values for a statement: by position, or by name.
 *
 * @param positional in the order of the places; empty when they are named
 * @param named by the name of the place; empty when they are positional
 * @param unset the places that are left as they are in the table
 */
record StatementValues(List<@Nullable Object> positional, Map<String, @Nullable Object> named, Set<String> unset) {

    static final StatementValues NONE = new StatementValues(List.of(), Map.of(), Set.of());

    static StatementValues of(@Nullable Object... values) {
        return new StatementValues(
                Collections.unmodifiableList(new ArrayList<>(Arrays.asList(values))), Map.of(), Set.of());
    }

    static StatementValues of(Map<String, ?> values) {
        return new StatementValues(List.of(), Collections.unmodifiableMap(new LinkedHashMap<>(values)), Set.of());
    }

    StatementValues with(String name, @Nullable Object value) {
        checkNotPositional(name);
        Map<String, @Nullable Object> more = new LinkedHashMap<>(named);
        more.put(name, value);
        Set<String> others = new HashSet<>(unset);
        others.remove(name);
        return new StatementValues(positional, more, others);
    }

    StatementValues without(String name) {
        checkNotPositional(name);
        Map<String, @Nullable Object> others = new LinkedHashMap<>(named);
        others.remove(name);
        Set<String> more = new HashSet<>(unset);
        more.add(name);
        return new StatementValues(positional, others, more);
    }

    private void checkNotPositional(String name) {
        if (!positional.isEmpty()) {
            throw new IllegalStateException(
                    "The statement has values by position; it cannot have one by the name '" + name + "' too");
        }
    }

    boolean isEmpty() {
        return positional.isEmpty() && named.isEmpty() && unset.isEmpty();
    }

    /** The error for a statement that takes none. */
    KeywharfException noPlace(String subject, String verb) {
        return new KeywharfException(
                "cassandra.bad_value",
                subject,
                "A statement " + verb
                        + " takes no values; write them into its text, text in single quotes with those in"
                        + " it doubled");
    }
}
