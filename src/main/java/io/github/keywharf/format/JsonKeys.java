package io.github.keywharf.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;

/** The keys of all lines of a file, in the order in which they are first seen. Other lines than objects have none. */
final class JsonKeys {
    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonKeys() {}

    static Schema of(JsonLinesReader options) {
        Set<String> keys = new LinkedHashSet<>();
        try (LineReader lines = new LineReader(options.source.open(), options.maxLineBytes)) {
            while (lines.next()) {
                if (!lines.isTooLong() && !lines.isBlank()) {
                    add(lines, keys);
                }
                if (keys.size() > CsvReader.DEFAULT_MAX_FIELDS) {
                    throw bad(options, lines, "brings the keys to more than " + CsvReader.DEFAULT_MAX_FIELDS);
                }
            }
            if (keys.isEmpty()) {
                throw bad(options, lines, "ends the file without a JSON object that has keys to name the columns by");
            }
        } catch (IOException e) {
            throw options.source.failed(e);
        }
        return Schema.of(keys.stream()
                .map(key -> Column.nullable(key, ColumnType.STRING))
                .toList());
    }

    private static void add(LineReader line, Set<String> keys) throws IOException {
        Set<String> found = new LinkedHashSet<>();
        try (JsonParser parser = FACTORY.createParser(line.buffer(), line.offset(), line.length())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return;
            }
            for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
                found.add(key);
                parser.nextToken();
                parser.skipChildren();
            }
        } catch (JsonProcessingException e) {
            return;
        }
        keys.addAll(found);
    }

    private static KeywharfException bad(JsonLinesReader options, LineReader lines, String problem) {
        return new KeywharfException(
                JsonLines.BAD_HEADER, options.source.name() + ":" + lines.number(), problem + "; set schema(...)");
    }
}
