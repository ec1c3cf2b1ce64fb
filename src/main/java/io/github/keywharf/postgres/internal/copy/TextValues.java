package io.github.keywharf.postgres.internal.copy;

import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Micros;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;

/** Values in the server's text format with {@code DateStyle = ISO}, {@code TimeZone = UTC}, {@code bytea_output = hex}. */
public final class TextValues {

    private TextValues() {}

    /**
     * The value as the Java type of that column type.
     *
     * @throws ArithmeticException with a phrase, when the type cannot hold it
     */
    public static Object parse(ColumnType type, String text) {
        return switch (type.kind()) {
            case BOOLEAN -> text.equals("t");
            case INT32 -> Integer.valueOf(text);
            case INT64 -> Long.valueOf(text);
            case FLOAT32 -> Float.valueOf(text);
            case FLOAT64 -> Double.valueOf(text);
            case DECIMAL -> decimal(text);
            case BYTES -> HexFormat.of().parseHex(text, 2, text.length());
            case UUID -> UUID.fromString(text);
            case DATE -> date(text);
            case TIME -> time(text);
            case TIMESTAMP -> timestamp(text);
            case TIMESTAMP_UTC -> timestamp(text.replaceFirst("\\+00", "")).toInstant(ZoneOffset.UTC);
            default -> text;
        };
    }

    /** The text that {@link #parse} reads. */
    public static String format(Object value) {
        if (value instanceof byte[] bytes) {
            return "\\x" + HexFormat.of().formatHex(bytes);
        }
        if (value instanceof Instant instant) {
            LocalDateTime time = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
            return common(time.toLocalDate(), " " + time.toLocalTime() + "+00");
        }
        if (value instanceof LocalDateTime time) {
            return common(time.toLocalDate(), " " + time.toLocalTime());
        }
        return value instanceof LocalDate date ? common(date, "") : value.toString();
    }

    /** The server has no year 0, and writes those before 1 with an era. */
    private static String common(LocalDate date, String time) {
        int year = date.getYear();
        return String.format(
                Locale.ROOT,
                "%04d-%02d-%02d%s%s",
                year > 0 ? year : 1 - year,
                date.getMonthValue(),
                date.getDayOfMonth(),
                time,
                year > 0 ? "" : " BC");
    }

    private static BigDecimal decimal(String text) {
        if (text.endsWith("N") || text.endsWith("y")) {
            throw new Unreadable(text.equals("NaN") ? "NaN" : "an infinite number", text);
        }
        return new BigDecimal(text);
    }

    private static LocalDate date(String text) {
        if (text.endsWith("infinity")) {
            throw new Unreadable("an infinite date", text);
        }
        boolean beforeChrist = text.endsWith(" BC");
        int dash = text.indexOf('-');
        int year = Integer.parseInt(text.substring(0, dash));
        return LocalDate.of(
                beforeChrist ? 1 - year : year,
                Integer.parseInt(text.substring(dash + 1, dash + 3)),
                Integer.parseInt(text.substring(dash + 4, dash + 6)));
    }

    private static LocalTime time(String text) {
        if (text.startsWith("24")) {
            throw new Unreadable("the time 24:00:00", text);
        }
        return LocalTime.parse(text);
    }

    private static LocalDateTime timestamp(String text) {
        if (text.endsWith("infinity")) {
            throw new Unreadable("an infinite timestamp", text);
        }
        int space = text.indexOf(' ');
        boolean beforeChrist = text.endsWith(" BC");
        LocalDate date = date(text.substring(0, space) + (beforeChrist ? " BC" : ""));
        LocalTime time = time(text.substring(space + 1, beforeChrist ? text.length() - 3 : text.length()));
        LocalDateTime timestamp = date.atTime(time);
        Micros.of(timestamp);
        return timestamp;
    }
}
