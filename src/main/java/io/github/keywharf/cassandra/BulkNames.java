package io.github.keywharf.cassandra;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Compares names as people spell them: {@code userId}, {@code user_id} and {@code USER_ID} are one. */
final class BulkNames {
    private BulkNames() {}

    /** The name without what spellings differ in. */
    static String folded(String name) {
        return name.replace("_", "").replace("-", "").replace(" ", "").toLowerCase(Locale.ROOT);
    }

    /** The one candidate that is the same name in another spelling, or null when there is none or more than one. */
    static @Nullable Object find(String name, Collection<?> candidates) {
        String wanted = folded(name);
        List<?> alike = candidates.stream()
                .filter(candidate ->
                        candidate instanceof String text && folded(text).equals(wanted))
                .toList();
        return alike.size() == 1 ? alike.get(0) : null;
    }
}
