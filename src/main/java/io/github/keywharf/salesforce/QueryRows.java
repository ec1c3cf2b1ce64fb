package io.github.keywharf.salesforce;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.FieldParser;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.internal.OnePass;
import io.github.keywharf.table.BooleanVector;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Origins;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a query over REST, one batch for each page: values go from the parser straight into vectors. Only columns of
 * nested values become objects first, as the further pages of child records are asked for when the page is read.
 */
final class QueryRows implements Rows, QueryCursor.Taker {
    private static final int MAX_SHOWN = 80;

    private final String subject;
    private final String source;
    private final QueryColumns columns;
    private final QueryCursor cursor;
    private final QueryNode root;
    private final ColumnVector.Builder[] builders;
    private final FieldParser[] parsers;
    /** For columns of nested values, those of the page; null for others. */
    private final @Nullable List<@Nullable Object>[] nested;

    private final RecordReader children;
    private @Nullable ColumnBatch ahead;
    private int row;
    /** Of the record that is read. */
    private int values;

    private OnePass state = OnePass.OPEN;

    /**
     * Rows that ask for the first page when they are read.
     *
     * @param object the source of the rows' origins
     * @param pageRows room for so many rows
     */
    QueryRows(
            SalesforceCalls calls,
            String object,
            QueryColumns columns,
            String path,
            Map<String, String> headers,
            int pageRows) {
        this.subject = calls.subject("query");
        this.source = object;
        this.columns = columns;
        cursor = new QueryCursor(calls, "query", path, headers);
        children = new RecordReader(calls, headers, false);
        root = QueryNode.of(columns);
        builders = ColumnBatch.builders(columns.schema(), pageRows).toArray(ColumnVector.Builder[]::new);
        parsers = Arrays.stream(builders).map(FieldParser::of).toArray(FieldParser[]::new);
        nested = nested(builders);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of a generic type
    private static @Nullable List<@Nullable Object>[] nested(ColumnVector.Builder[] builders) {
        @Nullable List<@Nullable Object>[] nested = new List[builders.length];
        for (int i = 0; i < nested.length; i++) {
            nested[i] = builders[i].type().equals(ColumnType.JSON) ? new ArrayList<>() : null;
        }
        return nested;
    }

    @Override
    public Schema schema() {
        return columns.schema();
    }

    /** The server's count of all rows, which takes the first page. */
    long total() {
        if (cursor.total() < 0) {
            ahead = read();
        }
        return cursor.total();
    }

    @Override
    public @Nullable ColumnBatch next() {
        state.requireOpen();
        ColumnBatch batch = ahead == null ? read() : ahead;
        ahead = null;
        return batch;
    }

    private @Nullable ColumnBatch read() {
        while (!cursor.isAtEnd()) {
            long before = cursor.read();
            state = OnePass.FAILED;
            cursor.readPage(this);
            children.complete();
            appendNested();
            state = OnePass.OPEN;
            if (row > 0) {
                // The builders are empty afterwards.
                return ColumnBatch.build(columns.schema(), List.of(builders))
                        .withOrigins(Origins.consecutive(source, before + 1, row));
            }
        }
        return null;
    }

    @Override
    public void begin() {
        row = 0;
        for (ColumnVector.Builder builder : builders) {
            if (builder.size() > 0) {
                // Of a page that broke off.
                builder.build();
            }
        }
        for (List<@Nullable Object> values : nested) {
            if (values != null) {
                values.clear();
            }
        }
        children.forget();
    }

    @Override
    public void take(JsonParser json) throws IOException {
        values = 0;
        object(json, root);
        for (int i = 0; values < builders.length && i < builders.length; i++) {
            List<@Nullable Object> ofPage = nested[i];
            boolean given = isGiven(i);
            if (!given && ofPage == null) {
                builders[i].appendNull();
            } else if (!given) {
                ofPage.add(null);
            }
        }
        row++;
    }

    /** Whether the record has a value for a column so far. */
    private boolean isGiven(int column) {
        List<@Nullable Object> ofPage = nested[column];
        return (ofPage == null ? builders[column].size() : ofPage.size()) > row;
    }

    /** A field that has no value is null in the answer: one that is not there at all was lost. */
    private KeywharfException lost(QueryNode node) {
        String field = node.columnsOfFields()
                .filter(column -> !isGiven(column))
                .mapToObj(this::name)
                .findFirst()
                .orElse("");
        return new KeywharfException(
                "salesforce.bad_answer",
                subject,
                "Row " + (cursor.read() + row + 1) + " of " + source + " has no field '" + field
                        + "', which the query selects; check whether a proxy is in between");
    }

    private void object(JsonParser json, QueryNode node) throws IOException {
        int place = 0;
        int fields = 0;
        for (QueryNode found = node.next(json, place); found != null; found = node.next(json, ++place)) {
            JsonToken token = json.nextToken();
            if (found.column() >= 0) {
                value(json, token, found.column());
                fields += found.isField() ? 1 : 0;
            } else if (found.equals(QueryNode.ATTRIBUTES)) {
                json.skipChildren();
            } else if (token == JsonToken.START_OBJECT) {
                object(json, found);
            } else if (token != JsonToken.VALUE_NULL) {
                throw bad(json.currentName(), "is not the parent record that the query selects fields of");
            }
        }
        if (json.currentToken() == JsonToken.FIELD_NAME) {
            throw bad(json.currentName(), "is not in the select list as it was understood; read it with records()");
        }
        if (fields < node.fields()) {
            throw lost(node);
        }
    }

    private void value(JsonParser json, JsonToken token, int column) throws IOException {
        List<@Nullable Object> ofPage = nested[column];
        ColumnVector.Builder builder = builders[column];
        if (isGiven(column)) {
            throw bad(name(column), "has two values in one record");
        }
        values++;
        if (ofPage != null) {
            ofPage.add(children.value(json));
        } else if (token == JsonToken.VALUE_NULL) {
            builder.appendNull();
        } else if (token.isStructStart() || !append(json, token, builder, parsers[column])) {
            String shown =
                    token.isStructStart() ? "a nested value" : "'" + Cut.printable(json.getText(), MAX_SHOWN) + "'";
            throw bad(
                    name(column),
                    shown + " is not of type " + builder.type()
                            + ", which the org describes; describe the object again," + " or read it with records()");
        }
    }

    private static boolean append(JsonParser json, JsonToken token, ColumnVector.Builder builder, FieldParser parser)
            throws IOException {
        if (builder instanceof BooleanVector.Builder booleans && token.isBoolean()) {
            booleans.append(token == JsonToken.VALUE_TRUE);
            return true;
        }
        ColumnType.Kind kind = builder.type().kind();
        if (token == JsonToken.VALUE_NUMBER_FLOAT && (kind == ColumnType.Kind.INT32 || kind == ColumnType.Kind.INT64)) {
            return appendWhole(json, builder);
        }
        char[] text = json.getTextCharacters();
        int offset = json.getTextOffset();
        int length = json.getTextLength();
        // Times of day end in Z.
        boolean zoned = kind == ColumnType.Kind.TIME && length > 0 && text[offset + length - 1] == 'Z';
        return parser.append(text, offset, zoned ? length - 1 : length);
    }

    /** A whole number that is written with a point, as those of functions may be. */
    private static boolean appendWhole(JsonParser json, ColumnVector.Builder builder) throws IOException {
        try {
            BigDecimal value = json.getDecimalValue();
            if (Math.abs((long) value.scale()) > 30) {
                return false;
            }
            builder.appendValue(
                    builder.type().equals(ColumnType.INT32)
                            ? (Object) value.intValueExact()
                            : (Object) value.longValueExact());
            return true;
        } catch (ArithmeticException e) {
            return false;
        }
    }

    /** Writes the nested values of the page as JSON; no child records are an empty list. */
    private void appendNested() {
        for (int i = 0; i < parsers.length; i++) {
            List<@Nullable Object> values = nested[i];
            if (values != null) {
                BytesVector.Builder builder = (BytesVector.Builder) builders[i];
                for (int position = 0; position < row; position++) {
                    Object value = values.get(position);
                    if (value == null && columns.children().get(i)) {
                        value = Collections.emptyList();
                    }
                    if (value == null) {
                        builder.appendNull();
                    } else {
                        byte[] text = json(i, value);
                        builder.append(text, 0, text.length);
                    }
                }
                values.clear();
            }
        }
    }

    private byte[] json(int column, Object value) {
        try {
            return SalesforceCalls.JSON.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw bad(name(column), "has a text with half of a surrogate pair");
        }
    }

    private String name(int column) {
        return columns.schema().column(column).name();
    }

    private KeywharfException bad(String column, String problem) {
        return new KeywharfException(
                "salesforce.bad_record",
                subject,
                "Column '" + Cut.printable(column, MAX_SHOWN) + "' of row " + (cursor.read() + row + 1) + " of "
                        + source + ": " + problem);
    }

    /** Pages are read whole, so nothing is open between them. */
    @Override
    public void close() {
        state = OnePass.CLOSED;
        ahead = null;
    }

    @Override
    public String toString() {
        return "Rows[" + schema() + "]";
    }
}
