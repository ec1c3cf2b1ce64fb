package io.github.keywharf.sql;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Times as text in statements and file names: {@code 2024-05-20 12:10:03.998}. */
public final class SqlTime {

    private static final DateTimeFormatter MILLISECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS").withResolverStyle(ResolverStyle.STRICT);

    private static final Pattern ACCEPTED =
            Pattern.compile("\\d{4}-\\d{2}-\\d{2}( \\d{2}:\\d{2}:\\d{2}(\\.(\\d{3}|\\d{6}))?)?");

    private SqlTime() {}

    /** Formats a time with three fraction digits; finer ones are truncated. */
    public static String format(LocalDateTime time) {
        return MILLISECONDS.format(time);
    }

    /**
     * Reads a date ({@code 2024-05-20}, meaning its midnight), or a date and a time of day with none, three or six
     * fraction digits.
     *
     * @throws KeywharfException with code {@code sql.bad_time} if the text is none of these, or there is no such day
     */
    public static LocalDateTime parse(String text) {
        if (ACCEPTED.matcher(text).matches()) {
            try {
                return text.length() == "yyyy-MM-dd".length()
                        ? LocalDate.parse(text).atStartOfDay()
                        : LocalDateTime.parse(text.replace(' ', 'T'));
            } catch (DateTimeParseException e) {
                throw bad(text, e);
            }
        }
        throw bad(text, null);
    }

    private static KeywharfException bad(String text, @Nullable DateTimeParseException cause) {
        return new KeywharfException(
                "sql.bad_time",
                Cut.to(text, 40),
                "This is not a time; write yyyy-MM-dd, yyyy-MM-dd HH:mm:ss, yyyy-MM-dd HH:mm:ss.SSS or"
                        + " yyyy-MM-dd HH:mm:ss.SSSSSS",
                cause);
    }
}
