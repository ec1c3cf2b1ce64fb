package io.github.keywharf.batch;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.table.Column;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.UUID;

/**
 * A constant of a step, whose type is that of the column it meets.
 *
 * @param key what messages call it
 * @param json text, a number or a boolean
 */
record StepValue(String key, JsonNode json) {

    static StepValue of(String key, JsonNode value) {
        if (!value.isTextual() && !value.isNumber() && !value.isBoolean()) {
            throw ProfileObject.wrong(key, value, "text, a number, true or false");
        }
        return new StepValue(key, value);
    }

    /** The constant as the Java type that the column holds. */
    Object fitting(Column column) {
        try {
            return switch (column.type().kind()) {
                case BOOLEAN -> fits(json.isBoolean(), json.booleanValue());
                case INT32 -> fits(json.isIntegralNumber() && json.canConvertToInt(), json.intValue());
                case INT64 -> fits(json.isIntegralNumber() && json.canConvertToLong(), json.longValue());
                case FLOAT32 -> fits(json.isNumber(), json.floatValue());
                case FLOAT64 -> fits(json.isNumber(), json.doubleValue());
                case DECIMAL ->
                    fits(
                            json.isNumber(),
                            json.decimalValue().setScale(column.type().scale()));
                case STRING, JSON -> text();
                case UUID -> UUID.fromString(text());
                case DATE -> LocalDate.parse(text());
                case TIME -> LocalTime.parse(text());
                case TIMESTAMP -> LocalDateTime.parse(text().replace(' ', 'T'));
                case TIMESTAMP_UTC -> Instant.parse(text());
                case BYTES, LIST, MAP, STRUCT -> throw new IllegalArgumentException("not a column of single values");
            };
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
            throw new IllegalArgumentException(
                    key + " is " + ProfileText.shown(json.toString()) + ", which column '" + column + "' cannot hold",
                    e);
        }
    }

    private String text() {
        fits(json.isTextual(), json);
        return json.textValue();
    }

    private static Object fits(boolean does, Object value) {
        if (!does) {
            throw new IllegalArgumentException("of another type");
        }
        return value;
    }
}
