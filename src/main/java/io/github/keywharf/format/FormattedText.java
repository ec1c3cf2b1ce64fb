package io.github.keywharf.format;

import io.github.keywharf.table.BooleanVector;
import io.github.keywharf.table.VectorBuilder;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Parsers of text that is not of the standard form. */
final class FormattedText {

    private static final int GROUP = 3;

    private FormattedText() {}

    static FieldParser parser(TextValues values, VectorBuilder builder) {
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
            case TIMESTAMP -> formatted(values.timestamps, standard, builder, LocalDateTime::parse);
            case TIMESTAMP_UTC -> values.zone == null ? standard : instant(values, values.zone, standard, builder);
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

    /** The number with a point and without groups; null when it has groups that are none, or a point of another kind. */
    private static char @Nullable [] plain(char[] text, int offset, int length, TextValues values) {
        char group = values.groupSeparator.orElse(values.decimalPoint);
        StringBuilder plain = new StringBuilder(length);
        int sinceGroup = -1;
        boolean whole = true;
        int digits = 0;
        for (int at = offset; at < offset + length; at++) {
            char c = text[at];
            boolean isDigit = c >= '0' && c <= '9';
            if (isDigit) {
                digits++;
                sinceGroup += whole && sinceGroup >= 0 ? 1 : 0;
                plain.append(c);
            } else if (c == values.decimalPoint) {
                if (!whole || (sinceGroup >= 0 && sinceGroup != GROUP)) {
                    return null;
                }
                whole = false;
                plain.append('.');
            } else if (c == group) {
                boolean fits = whole && (sinceGroup < 0 ? digits >= 1 && digits <= GROUP : sinceGroup == GROUP);
                if (!fits) {
                    return null;
                }
                sinceGroup = 0;
            } else if (c == '.') {
                return null;
            } else {
                plain.append(c);
            }
        }
        return whole && sinceGroup >= 0 && sinceGroup != GROUP
                ? null
                : plain.toString().toCharArray();
    }

    /** The value of a text by a formatter. */
    @FunctionalInterface
    private interface Parse {
        Object parse(CharSequence text, DateTimeFormatter formatter);
    }

    private static FieldParser formatted(
            @Nullable DateTimeFormatter formatter, FieldParser standard, VectorBuilder builder, Parse parse) {
        return formatter == null
                ? standard
                : (text, offset, length) ->
                        append(builder, new String(text, offset, length), word -> parse.parse(word, formatter));
    }

    private static FieldParser instant(TextValues values, ZoneId zone, FieldParser standard, VectorBuilder builder) {
        DateTimeFormatter local = values.timestamps == null ? DateTimeFormatter.ISO_LOCAL_DATE_TIME : values.timestamps;
        return (text, offset, length) -> standard.append(text, offset, length)
                || append(
                        builder,
                        new String(text, offset, length).replace(' ', values.timestamps == null ? 'T' : ' '),
                        word -> {
                            LocalDateTime time = LocalDateTime.parse(word, local);
                            List<ZoneOffset> offsets = zone.getRules().getValidOffsets(time);
                            if (offsets.isEmpty()) {
                                throw new DateTimeException("The clocks of " + zone + " skipped " + time);
                            }
                            return time.toInstant(offsets.get(0));
                        });
    }

    private static boolean append(VectorBuilder builder, String text, Function<String, Object> parse) {
        try {
            builder.appendValue(parse.apply(text));
            return true;
        } catch (DateTimeException | ArithmeticException e) {
            return false;
        }
    }
}
