package io.github.keywharf.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.OnePass;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.Origins;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rows of one file of JSON lines: values go from the parser straight into vectors. */
final class JsonRows implements Rows {

    /** Ends a batch of long rows before it has all its rows, as those who read hold several batches at a time. */
    private static final int MAX_BATCH_BYTES = 8 * 1024 * 1024;

    private final JsonLinesReader options;
    private final LineReader lines;
    private final Schema schema;
    private final List<ColumnVector.Builder> builders;
    private final FieldParser[] parsers;
    private final FieldParser[] textParsers;
    private final JsonValues values;
    private final Origins.Builder origins;
    private final Map<String, Integer> positions = new HashMap<>();
    private long position;
    /** The file that a repaired row is of, when that is not the one it was fed back to. */
    private @Nullable String other;

    private boolean replay;
    private OnePass state = OnePass.OPEN;
    private long rejected;
    private boolean ended;

    private JsonRows(JsonLinesReader options, LineReader lines, Schema schema, boolean replay) {
        this.options = options;
        this.lines = lines;
        this.schema = schema;
        this.replay = replay;
        origins = Origins.builder(options.origin == null ? options.source.name() : options.origin);
        values = new JsonValues(options.takeUnknownKeys);
        builders = ColumnBatch.builders(schema, Math.min(options.batchRows, 1 << 12));
        parsers = builders.stream().map(FieldParser::ofJson).toArray(FieldParser[]::new);
        textParsers = new FieldParser[parsers.length];
        for (int i = 0; i < parsers.length; i++) {
            textParsers[i] = schema.column(i).type().kind() == ColumnType.Kind.BYTES
                    ? parsers[i]
                    : options.values.parser(builders.get(i));
        }
        for (int i = 0; i < schema.size(); i++) {
            positions.put(schema.column(i).name(), i);
        }
    }

    static JsonRows open(JsonLinesReader options) {
        if (options.schema == null && options.allKeys) {
            Schema all = JsonKeys.of(options);
            return new JsonRows(options, new LineReader(options.source.open(), options.maxLineBytes), all, false);
        }
        LineReader lines = new LineReader(options.source.open(), options.maxLineBytes);
        try {
            Schema schema = options.schema;
            return schema != null
                    ? new JsonRows(options, lines, schema, false)
                    : new JsonRows(options, lines, keys(options, lines), true);
        } catch (IOException | RuntimeException e) {
            try (lines) {
                throw e instanceof RuntimeException unchecked ? unchecked : options.source.failed(e);
            } catch (IOException closing) {
                throw options.source.failed(closing);
            }
        }
    }

    /** Text columns named after the keys of the first line that is not blank. */
    private static Schema keys(JsonLinesReader options, LineReader lines) throws IOException {
        String name = options.source.name();
        while (lines.next()) {
            if (lines.isBlank()) {
                continue;
            }
            Map<String, @Nullable Object> first = JsonTree.object(lines);
            if (first == null || first.isEmpty()) {
                throw new KeywharfException(
                        JsonLines.BAD_HEADER,
                        name + ":" + lines.number(),
                        "is not a JSON object with keys to name the columns by; set schema(...)");
            }
            return Schema.of(first.keySet().stream()
                    .map(key -> Column.nullable(key, ColumnType.STRING))
                    .toList());
        }
        throw new KeywharfException(JsonLines.BAD_HEADER, name, "is empty, so it names no columns; set schema(...)");
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public @Nullable ColumnBatch next() {
        state.requireOpen();
        int[] good = new int[options.batchRows];
        while (!ended) {
            int size = 0;
            int taken = 0;
            long bytes = 0;
            while (size < options.batchRows && bytes < MAX_BATCH_BYTES && advance()) {
                if (lines.isBlank()) {
                    continue;
                }
                position = options.origin == null ? lines.number() : 0;
                other = null;
                if (append(size)) {
                    good[taken++] = size;
                }
                origins.add(position);
                size++;
                bytes += lines.length();
            }
            ColumnBatch batch = ColumnBatch.build(schema, builders).withOrigins(origins.build());
            if (taken > 0) {
                return taken == size ? batch : batch.gather(good, taken);
            }
        }
        return null;
    }

    private boolean advance() {
        if (replay) {
            replay = false;
            return true;
        }
        try {
            ended = ended || !lines.next();
            return !ended;
        } catch (IOException e) {
            ended = true;
            throw options.source.failed(e);
        }
    }

    /** Appends the line to every builder; false when it was refused, with null where no value is. */
    private boolean append(int row) {
        boolean good = lines.isTooLong()
                ? refuse("", "has more than " + options.maxLineBytes + " bytes, the most that are allowed")
                : parse(row);
        for (int i = 0; i < parsers.length; i++) {
            ColumnVector.Builder builder = builders.get(i);
            if (builder.size() == row) {
                builder.appendNull();
                if (good && !schema.column(i).nullable()) {
                    good = refuse(schema.column(i).name(), "has no value, but one is required");
                }
            }
        }
        return good;
    }

    private boolean parse(int row) {
        try (JsonParser json = JsonValues.FACTORY.createParser(lines.buffer(), lines.offset(), lines.length())) {
            if (json.nextToken() != JsonToken.START_OBJECT || !enter(json)) {
                return refuse(
                        "",
                        "is not a JSON object"
                                + (options.within == null ? "" : " with an object '" + options.within + "'"));
            }
            if (other != null) {
                String of = Rejects.clipped(other);
                return refuse("", "is a row of '" + of + "' and not of '" + options.origin + "'");
            }
            if (options.origin != null && position <= 0) {
                return refuse("", "has no 'position' above 0 before its '" + options.within + "'");
            }
            boolean good = true;
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = json.currentName();
                json.nextToken();
                good &= field(json, key, row, good);
            }
            while (options.within != null && json.nextToken() == JsonToken.FIELD_NAME) {
                json.nextToken();
                json.skipChildren();
            }
            return json.nextToken() == null ? good : good && refuse("", "has something behind the JSON object");
        } catch (JsonProcessingException e) {
            return refuse("", "is not valid JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw options.source.failed(e);
        }
    }

    /** Moves into the object that holds the row; false when there is none. */
    private boolean enter(JsonParser json) throws IOException {
        if (options.within == null) {
            return true;
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean found = json.currentName().equals(options.within);
            json.nextToken();
            if (found) {
                return json.currentToken() == JsonToken.START_OBJECT;
            }
            if (options.origin != null
                    && json.currentName().equals("source")
                    && !options.origin.equals(json.getText())) {
                other = json.getText();
            }
            if (options.origin != null
                    && json.currentName().equals("position")
                    && json.currentToken() == JsonToken.VALUE_NUMBER_INT) {
                position = json.getLongValue();
            }
            json.skipChildren();
        }
        return false;
    }

    private boolean field(JsonParser json, String key, int row, boolean good) throws IOException {
        Integer position = positions.get(key);
        if (position == null) {
            json.skipChildren();
            return options.takeUnknownKeys
                    || (good && refuse(key, "is not a column; remove it, or name it as one of " + schema.names()));
        }
        ColumnVector.Builder builder = builders.get(position);
        boolean isText = json.currentToken() == JsonToken.VALUE_STRING;
        if (isText && builder.size() == row && options.values.isNull(json.getText())) {
            // The builder gets its null, or the line its reason, when all fields are read.
            return true;
        }
        if (builder.size() > row || values.append(json, builder, isText ? textParsers[position] : parsers[position])) {
            return true;
        }
        String value = json.currentToken().isScalarValue() ? json.getText() : "a nested value";
        return good && refuse(key, Rejects.reason(value, builder.type()));
    }

    private boolean refuse(String column, String reason) {
        Map<String, @Nullable Object> row = JsonTree.row(lines, options.within);
        String origin = position > 0 && other == null ? options.origin : null;
        rejected++;
        options.rejects.rejected(new RejectedRow(
                origin == null ? options.source.name() : origin,
                origin == null ? lines.number() : position,
                column,
                reason,
                row));
        return false;
    }

    @Override
    public LeftOut leftOut() {
        return LeftOut.byRejection(rejected);
    }

    @Override
    public void close() {
        state = OnePass.CLOSED;
        ended = true;
        try {
            lines.close();
        } catch (IOException e) {
            throw options.source.failed(e);
        }
    }

    @Override
    public String toString() {
        return "Rows[" + schema() + "]";
    }
}
