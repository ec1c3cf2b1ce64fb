package io.github.keywharf.salesforce;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads records as maps: texts, booleans, longs, doubles, {@code BigInteger} and {@code BigDecimal} beyond these, maps for parents and compound fields, lists for child records. The
 * further pages of children are followed by {@link #complete}, when the page that they came with has been read, so that no
 * connection waits for another. Not thread-safe.
 */
final class RecordReader implements QueryCursor.Taker {
    private final SalesforceCalls calls;
    private final Map<String, String> headers;
    private final boolean attributes;
    private final List<Pending> pending = new ArrayList<>();
    private List<Map<String, @Nullable Object>> records = new ArrayList<>();

    /** Children of which only the first page came. */
    private record Pending(QueryCursor cursor, List<Object> children) {}

    /** @param attributes whether each record keeps its type and URL under {@code attributes} */
    RecordReader(SalesforceCalls calls, Map<String, String> headers, boolean attributes) {
        this.calls = calls;
        this.headers = headers;
        this.attributes = attributes;
    }

    @Override
    public void begin() {
        records.clear();
        pending.clear();
    }

    @Override
    public void take(JsonParser json) throws IOException {
        records.add(object(json));
    }

    /** The records of a page with all their children; the reader is empty afterwards. */
    List<Map<String, @Nullable Object>> page() {
        complete();
        List<Map<String, @Nullable Object>> page = records;
        records = new ArrayList<>();
        return page;
    }

    /** Follows all children that were read to their ends. */
    void complete() {
        while (!pending.isEmpty()) {
            // The children of children come to this list while it is worked on.
            Pending one = pending.remove(pending.size() - 1);
            RecordReader further = new RecordReader(calls, headers, attributes);
            while (!one.cursor.isAtEnd()) {
                one.cursor.readPage(further);
                one.children.addAll(further.records);
                further.records.clear();
                pending.addAll(further.pending);
                further.pending.clear();
            }
        }
    }

    /** Forgets children that were read and not completed. */
    void forget() {
        pending.clear();
    }

    /** The value at the parser's token, null for JSON's null. */
    @Nullable
    Object value(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case START_OBJECT -> childrenOr(object(json));
            case START_ARRAY -> {
                List<@Nullable Object> values = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    values.add(value(json));
                }
                yield values;
            }
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case VALUE_NUMBER_INT -> {
                Number number = json.getNumberValue();
                yield number instanceof BigInteger ? number : (Object) number.longValue();
            }
            case VALUE_NUMBER_FLOAT -> {
                double number = json.getDoubleValue();
                boolean fits = Double.isFinite(number)
                        && (number != 0 || json.getDecimalValue().signum() == 0);
                yield fits ? (Object) number : json.getDecimalValue();
            }
            default -> json.getText();
        };
    }

    private Map<String, @Nullable Object> object(JsonParser json) throws IOException {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            json.nextToken();
            if (key.equals("attributes") && !attributes) {
                json.skipChildren();
            } else {
                object.put(key, value(json));
            }
        }
        return object;
    }

    /** The list of child records when the object is a result of them, else the object. No field has such names. */
    private Object childrenOr(Map<String, @Nullable Object> object) {
        if (object.get("totalSize") instanceof Long total
                && object.get("done") instanceof Boolean done
                && object.get("records") instanceof List<?> list) {
            List<Object> children = new ArrayList<>(list);
            String link = object.get("nextRecordsUrl") instanceof String text ? text : null;
            QueryCursor cursor = QueryCursor.within(calls, "query, children", headers, total, done, link, list.size());
            if (!cursor.isAtEnd()) {
                pending.add(new Pending(cursor, children));
            }
            return children;
        }
        return object;
    }
}
