package io.github.keywharf.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a line as a whole, for people and for repair; no digit of a number is lost. */
final class JsonTree {

    private static final ObjectReader READER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerFor(new TypeReference<LinkedHashMap<String, @Nullable Object>>() {});

    /** Gives up at a key that is there twice, of which a map would keep only one value. */
    private static final ObjectReader STRICT = READER.with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);

    private JsonTree() {}

    /** The line's object, or null when it is none. */
    static @Nullable Map<String, @Nullable Object> object(LineReader line) throws IOException {
        return object(READER, line);
    }

    private static @Nullable Map<String, @Nullable Object> object(ObjectReader reader, LineReader line)
            throws IOException {
        try {
            return reader.readValue(line.buffer(), line.offset(), line.length());
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    /** The row of a line: its object, or the object within it, or its text under {@code line}. */
    static Map<String, @Nullable Object> row(LineReader line, @Nullable String within) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        Map<String, @Nullable Object> object = null;
        try {
            object = line.isTooLong() ? null : object(STRICT, line);
        } catch (IOException e) {
            object = null;
        }
        Object inner = object == null ? null : within == null ? object : object.get(within);
        if (inner instanceof Map<?, ?> map) {
            map.forEach((key, value) -> row.put(String.valueOf(key), value));
        } else {
            row.put("line", new String(line.buffer(), line.offset(), line.length(), StandardCharsets.UTF_8));
        }
        return row;
    }
}
