package io.github.keywharf.format;

import io.github.keywharf.table.BooleanVector;
import io.github.keywharf.table.ColumnVector;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Parsers of text that is not of the standard form. */
final class FormattedText {

    private static final int GROUP = 3;

    private FormattedText() {}

    static FieldParser parser(TextValues values, ColumnVector.Builder builder) {
        FieldParser standard = FieldParser.of(builder);
        return switch (builder.type().kind()) {
            case INT32, INT64, FLOAT32, FLOAT64, DECIMAL ->
                values.decimalPoint == '.' && values.groupSeparator.isEmpty() ? standard : number(values, standard);
            case BOOLEAN ->
                values.trueWords.isEmpty() && values.falseWords.isEmpty()
                        ? standard
                        : bool(values, (BooleanVector.Builder) builder);
            case DATE -> formatted(values.dates, standard, builder, LocalDate::parse);
            case TIME -> formatted(values.times, standard, builder, LocalTime::parse);
            case TIMESTAMP -> formatted(values.timestamps, standard, builder, FormattedText::local);
            case TIMESTAMP_UTC ->
                values.zone == null && values.timestamps == null ? standard : instant(values, standard, builder);
            default -> standard;
        };
    }

    private static FieldParser bool(TextValues values, BooleanVector.Builder builder) {
        return (text, offset, length) -> {
            String word = new String(text, offset, length).toLowerCase(Locale.ROOT);
            boolean isTrue = values.trueWords.contains(word);
            if (isTrue || values.falseWords.contains(word)) {
                builder.append(isTrue);
                return true;
            }
            return false;
        };
    }

    private static FieldParser number(TextValues values, FieldParser standard) {
        return (text, offset, length) -> {
            char[] plain = plain(text, offset, length, values);
            return plain != null && standard.append(plain, 0, plain.length);
        };
    }

    /**
     * The number with a point and without groups; null when it has groups that are none, or a point of another kind. Groups
     * have three digits, but for the first, which has one to three and begins with another digit than zero.
     */
    private static char @Nullable [] plain(char[] text, int offset, int length, TextValues values) {
        char group = values.groupSeparator.orElse(values.decimalPoint);
        StringBuilder plain = new StringBuilder(length);
        int end = offset + length;
        int at = offset;
        if (at < end && (text[at] == '-' || text[at] == '+')) {
            plain.append(text[at++]);
        }
        int first = at;
        int sinceGroup = -1;
        while (at < end && (isDigit(text[at]) || (text[at] == group && group != values.decimalPoint))) {
            char c = text[at++];
            if (isDigit(c)) {
                plain.append(c);
                sinceGroup += sinceGroup < 0 ? 0 : 1;
            } else {
                int digits = at - 1 - first;
                boolean fits =
                        sinceGroup < 0 ? digits >= 1 && digits <= GROUP && text[first] != '0' : sinceGroup == GROUP;
                if (!fits) {
                    return null;
                }
                sinceGroup = 0;
            }
        }
        if (sinceGroup >= 0 && sinceGroup != GROUP) {
            return null;
        }
        if (at < end && text[at] == values.decimalPoint) {
            plain.append('.');
            at++;
        }
        for (; at < end; at++) {
            // Digits behind the point, and an exponent; whatever else is there, the parser refuses.
            if (text[at] == '.' || text[at] == values.decimalPoint || text[at] == group) {
                return null;
            }
            plain.append(text[at]);
        }
        return plain.toString().toCharArray();
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** The value of a text by a formatter. */
    @FunctionalInterface
    private interface Parse {
        Object parse(CharSequence text, DateTimeFormatter formatter);
    }

    private static FieldParser formatted(
            @Nullable DateTimeFormatter formatter, FieldParser standard, ColumnVector.Builder builder, Parse parse) {
        return formatter == null
                ? standard
                : (text, offset, length) ->
                        append(builder, new String(text, offset, length), word -> parse.parse(word, formatter));
    }

    /** A timestamp; one with an offset is not a timestamp of its column, which would lose it. */
    private static LocalDateTime local(CharSequence text, DateTimeFormatter formatter) {
        TemporalAccessor parsed = formatter.parse(text);
        if (parsed.isSupported(ChronoField.OFFSET_SECONDS) || parsed.query(TemporalQueries.zone()) != null) {
            throw new DateTimeException("The timestamp has an offset");
        }
        return LocalDateTime.from(parsed);
    }

    private static FieldParser instant(TextValues values, FieldParser standard, ColumnVector.Builder builder) {
        boolean isStandard = values.timestamps == null;
        DateTimeFormatter formatter = isStandard ? DateTimeFormatter.ISO_LOCAL_DATE_TIME : values.timestamps;
        return (text, offset, length) -> {
            if (standard.append(text, offset, length)) {
                return true;
            }
            String given = new String(text, offset, length);
            return append(
                    builder,
                    isStandard ? given.replace(' ', 'T') : given,
                    word -> instant(word, formatter, values.zone));
        };
    }

    private static Instant instant(CharSequence text, @Nullable DateTimeFormatter formatter, @Nullable ZoneId zone) {
        TemporalAccessor parsed = Objects.requireNonNull(formatter).parse(text);
        if (parsed.isSupported(ChronoField.INSTANT_SECONDS)) {
            return Instant.from(parsed);
        }
        LocalDateTime time = LocalDateTime.from(parsed);
        if (zone == null) {
            throw new DateTimeException("The instant has no offset, and there is no zone");
        }
        List<ZoneOffset> offsets = zone.getRules().getValidOffsets(time);
        if (offsets.isEmpty()) {
            throw new DateTimeException("The clocks of " + zone + " skipped " + time);
        }
        return time.toInstant(offsets.get(0));
    }

    private static boolean append(ColumnVector.Builder builder, String text, Function<String, Object> parse) {
        try {
            Object value = parse.apply(text);
            if (value instanceof TemporalAccessor time
                    && time.isSupported(ChronoField.NANO_OF_SECOND)
                    && time.get(ChronoField.NANO_OF_SECOND) % 1_000 != 0) {
                // Finer than a column holds.
                return false;
            }
            builder.appendValue(value);
            return true;
        } catch (DateTimeException | ArithmeticException e) {
            return false;
        }
    }
}
