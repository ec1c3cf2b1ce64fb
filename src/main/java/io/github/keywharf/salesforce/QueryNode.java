package io.github.keywharf.salesforce;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where in an answer's records the columns are: a tree of their keys, so that a path such as {@code Account.Name} is found by
 * one look-up for each key. The server writes names as the org does, whatever the query's case.
 */
final class QueryNode {
    private final Map<String, QueryNode> byLowerCase = new HashMap<>();
    private final Map<String, QueryNode> byName = new HashMap<>();
    private int column = -1;

    /** The tree of all columns. */
    static QueryNode of(List<List<String>> keys) {
        QueryNode root = new QueryNode();
        for (int i = 0; i < keys.size(); i++) {
            QueryNode node = root;
            for (String key : keys.get(i)) {
                node = node.byLowerCase.computeIfAbsent(key.toLowerCase(Locale.ROOT), any -> new QueryNode());
            }
            node.column = i;
        }
        return root;
    }

    /** What is below a key, or null. */
    @Nullable
    QueryNode find(String key) {
        QueryNode found = byName.get(key);
        if (found == null) {
            found = byLowerCase.get(key.toLowerCase(Locale.ROOT));
            if (found != null) {
                byName.put(key, found);
            }
        }
        return found;
    }

    /** The column that is here; -1 where a parent is. */
    int column() {
        return column;
    }
}
