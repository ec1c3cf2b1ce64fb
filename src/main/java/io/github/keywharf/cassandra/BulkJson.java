package io.github.keywharf.cassandra;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a collection, tuple or user-defined type from its JSON text. */
final class BulkJson {
    private static final int MAX_DEPTH = 64;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();

    private BulkJson() {}

    /** The value: lists, maps in the order written, text, {@code BigDecimal}, {@code Boolean}, or null. */
    static @Nullable Object parse(String text) throws Unfit {
        try (JsonParser json = FACTORY.createParser(text)) {
            if (json.nextToken() == null) {
                throw new Unfit("An empty text is not JSON");
            }
            Object value = value(json);
            if (json.nextToken() != null) {
                throw Unfit.of(text, "is more than one JSON value");
            }
            return value;
        } catch (IOException e) {
            throw Unfit.of(text, "is not JSON");
        }
    }

    private static @Nullable Object value(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case START_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(json));
                }
                yield list;
            }
            case START_OBJECT -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                while (json.nextToken() != JsonToken.END_OBJECT) {
                    String name = json.currentName();
                    json.nextToken();
                    map.put(name, value(json));
                }
                yield map;
            }
            case VALUE_NUMBER_INT -> json.getDecimalValue();
            case VALUE_NUMBER_FLOAT -> floating(json);
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> json.getText();
        };
    }

    /** Exact, and a zero below zero as a double, the only one to have such. */
    private static Object floating(JsonParser json) throws IOException {
        BigDecimal exact = json.getDecimalValue();
        return exact.signum() == 0 && json.getText().startsWith("-") ? (Object) (-0.0) : exact;
    }
}
