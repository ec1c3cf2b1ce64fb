package io.github.keywharf.salesforce;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Where in an answer's records the columns are: a tree of their keys, so that a path such as {@code Account.Name} is found by
 * one look-up for each key. The server writes names as the org does, whatever the query's case, and nearly all records have
 * them in one order: comparing a key's bytes with the key that stood there before takes a fraction of a look-up.
 */
final class QueryNode {
    /** The type and URL of a record, which belong to no column. */
    static final QueryNode ATTRIBUTES = new QueryNode();

    private final Map<String, QueryNode> byLowerCase = new HashMap<>();
    private final List<Place> places = new ArrayList<>();
    private int column = -1;
    private boolean field;
    private int fields;

    /** A key in its order, as it was last. */
    private record Place(SerializableString key, QueryNode node) {}

    /** The tree of all columns. */
    static QueryNode of(QueryColumns columns) {
        QueryNode root = new QueryNode();
        for (int i = 0; i < columns.keys().size(); i++) {
            QueryNode parent = root;
            QueryNode node = root;
            for (String key : columns.keys().get(i)) {
                parent = node;
                node = node.byLowerCase.computeIfAbsent(key.toLowerCase(Locale.ROOT), any -> new QueryNode());
            }
            node.column = i;
            node.field = columns.fields().get(i);
            parent.fields += node.field ? 1 : 0;
        }
        return root;
    }

    /**
     * Moves the parser to the next key of an object, and gives what is below it: null at the object's end, and at a key that
     * the tree does not have, where the parser is at a field's name.
     *
     * @param place how many keys of the object came before
     */
    @Nullable
    QueryNode next(JsonParser json, int place) throws IOException {
        if (place >= places.size()) {
            json.nextToken();
        } else if (json.nextFieldName(places.get(place).key())) {
            return places.get(place).node();
        }
        if (json.currentToken() != JsonToken.FIELD_NAME) {
            return null;
        }
        String key = json.currentName();
        QueryNode found = key.equals("attributes") ? ATTRIBUTES : byLowerCase.get(key.toLowerCase(Locale.ROOT));
        if (found != null) {
            Place now = new Place(new SerializedString(key), found);
            if (place < places.size()) {
                places.set(place, now);
            } else if (place <= byLowerCase.size()) {
                places.add(now);
            }
        }
        return found;
    }

    /** The column that is here; -1 where a parent is. */
    int column() {
        return column;
    }

    /** Whether the column that is here is a field. */
    boolean isField() {
        return field;
    }

    /** How many fields a record that is here has. */
    int fields() {
        return fields;
    }

    /** The columns of these fields. */
    IntStream columnsOfFields() {
        return byLowerCase.values().stream().filter(QueryNode::isField).mapToInt(QueryNode::column);
    }
}
