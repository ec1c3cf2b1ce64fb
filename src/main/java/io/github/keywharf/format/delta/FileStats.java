package io.github.keywharf.format.delta;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnStats;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Micros;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What a file's statistics say of its columns, which are known by their physical names. */
final class FileStats {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    /** Writers cut timestamps to milliseconds, the greatest too, which may therefore be up to one greater. */
    private static final long MICROS_PER_MILLI = 1_000;

    private static final int TEXT_CHARACTERS = 32;
    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS", Locale.ROOT);

    private final JsonNode stats;

    private FileStats(JsonNode stats) {
        this.stats = stats;
    }

    /** Statistics that cannot be read say nothing. */
    static FileStats of(DeltaFile file) {
        try {
            return new FileStats(
                    file.stats().isEmpty()
                            ? MissingNode.getInstance()
                            : JSON.readTree(file.stats().get()));
        } catch (JsonProcessingException e) {
            return new FileStats(MissingNode.getInstance());
        }
    }

    OptionalLong rows() {
        JsonNode rows = stats.path("numRecords");
        return rows.isIntegralNumber() ? OptionalLong.of(rows.longValue()) : OptionalLong.empty();
    }

    /**
     * What is known of a column.
     *
     * @param physical the column under its name in the file
     */
    ColumnStats column(Column physical) {
        OptionalLong rows = rows();
        if (rows.isEmpty()) {
            return ColumnStats.unknown(Long.MAX_VALUE);
        }
        JsonNode nulls = stats.path("nullCount").path(physical.name());
        Optional<Object> min = bound(physical, stats.path("minValues").path(physical.name()), false);
        Optional<Object> max = bound(physical, stats.path("maxValues").path(physical.name()), true);
        return new ColumnStats(
                rows.getAsLong(),
                nulls.isIntegralNumber() ? nulls.longValue() : ColumnStats.UNKNOWN,
                min.flatMap(least -> max.map(most -> new ColumnStats.Bounds(least, most))));
    }

    private static Optional<Object> bound(Column column, JsonNode node, boolean greatest) {
        try {
            Object value = value(column.type(), node, greatest);
            if (value == null) {
                return Optional.empty();
            }
            ColumnVector.Builder builder = ColumnVector.builder(column.type(), 1);
            builder.appendValue(value);
            return PartitionText.bound(builder.build());
        } catch (DateTimeException | IllegalArgumentException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static @Nullable Object value(ColumnType type, JsonNode node, boolean greatest) {
        if (node.isTextual()) {
            String text = node.textValue();
            return switch (type.kind()) {
                case STRING -> BytesVector.isWellFormed(text) ? text : null;
                case DATE -> LocalDate.parse(text);
                case TIMESTAMP -> PartitionText.local(text).plusNanos(greatest ? MICROS_PER_MILLI * 1_000 : 0);
                case TIMESTAMP_UTC -> PartitionText.instant(text).plusNanos(greatest ? MICROS_PER_MILLI * 1_000 : 0);
                default -> null;
            };
        }
        if (!node.isNumber()) {
            return null;
        }
        return switch (type.kind()) {
            case INT32 -> node.canConvertToInt() && node.isIntegralNumber() ? node.intValue() : null;
            case INT64 -> node.canConvertToLong() && node.isIntegralNumber() ? node.longValue() : null;
            case FLOAT32 -> node.floatValue();
            case FLOAT64 -> node.doubleValue();
            case DECIMAL -> PartitionText.scaled(node.decimalValue(), type.scale());
            default -> null;
        };
    }

    /** The statistics of a file that was written. */
    static String write(long rows, Map<String, ColumnStats> columns, Iterable<Column> chosen) {
        ObjectNode stats = JSON.createObjectNode().put("numRecords", rows);
        ObjectNode least = stats.putObject("minValues");
        ObjectNode greatest = stats.putObject("maxValues");
        ObjectNode nulls = stats.putObject("nullCount");
        for (Column column : chosen) {
            ColumnStats known = columns.get(column.name());
            if (known == null || !column.type().children().isEmpty()) {
                continue;
            }
            if (known.nulls() != ColumnStats.UNKNOWN) {
                nulls.put(column.name(), known.nulls());
            }
            known.bounds().ifPresent(bounds -> {
                JsonNode min = json(column.type(), bounds.min(), false);
                JsonNode max = json(column.type(), bounds.max(), true);
                if (min != null && max != null) {
                    least.set(column.name(), min);
                    greatest.set(column.name(), max);
                }
            });
        }
        return stats.toString();
    }

    private static @Nullable JsonNode json(ColumnType type, Object bound, boolean greatest) {
        return switch (type.kind()) {
            case INT32, INT64 -> JSON.getNodeFactory().numberNode((Long) bound);
            case FLOAT32, FLOAT64 ->
                Double.isFinite((Double) bound) ? JSON.getNodeFactory().numberNode((Double) bound) : null;
            case DECIMAL ->
                JSON.getNodeFactory()
                        .numberNode(
                                bound instanceof BigDecimal number
                                        ? number
                                        : BigDecimal.valueOf((Long) bound, type.scale()));
            case DATE ->
                JSON.getNodeFactory()
                        .textNode(LocalDate.ofEpochDay((Long) bound).toString());
            case TIMESTAMP -> JSON.getNodeFactory().textNode(millis((Long) bound, greatest));
            case TIMESTAMP_UTC -> JSON.getNodeFactory().textNode(millis((Long) bound, greatest) + "Z");
            case STRING -> text(new String((byte[]) bound, StandardCharsets.UTF_8), greatest);
            default -> null;
        };
    }

    private static String millis(long micros, boolean up) {
        long millis = Math.floorDiv(up ? micros + MICROS_PER_MILLI - 1 : micros, MICROS_PER_MILLI);
        return MILLIS.format(Micros.toLocalDateTime(millis * MICROS_PER_MILLI));
    }

    /**
     * A long text is cut. Cut short it is less than the whole; to be greater, its last character becomes the next one, of
     * those that have the same order in UTF-8 and in UTF-16, as readers compare by either.
     */
    private static @Nullable JsonNode text(String text, boolean greatest) {
        if (text.codePointCount(0, text.length()) <= TEXT_CHARACTERS) {
            return JSON.getNodeFactory().textNode(text);
        }
        int end = text.offsetByCodePoints(0, TEXT_CHARACTERS);
        if (!greatest) {
            return JSON.getNodeFactory().textNode(text.substring(0, end));
        }
        while (end > 0 && text.charAt(end - 1) >= Character.MIN_SURROGATE - 1) {
            end--;
        }
        return end == 0
                ? null
                : JSON.getNodeFactory().textNode(text.substring(0, end - 1) + (char) (text.charAt(end - 1) + 1));
    }

    /** The JSON of statistics that a checkpoint has as columns only. */
    static Optional<String> ofParsed(Optional<Fields> parsed) {
        return parsed.map(fields -> JSON.valueToTree(plain(fields.values())).toString());
    }

    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> texts = new LinkedHashMap<>();
            map.forEach((key, inner) -> {
                Object text = plain(inner);
                if (text != null) {
                    texts.put(String.valueOf(key), text);
                }
            });
            return texts;
        }
        if (value instanceof Instant time) {
            return MILLIS.format(time.atOffset(ZoneOffset.UTC)) + "Z";
        }
        if (value instanceof LocalDateTime time) {
            return MILLIS.format(time);
        }
        return value instanceof LocalDate day ? day.toString() : value;
    }
}
