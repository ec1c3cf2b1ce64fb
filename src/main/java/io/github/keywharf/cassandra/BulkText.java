package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.data.CqlDuration;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;

/** Reads the text of a value, as CSV files have it. Nothing is guessed: what does not read whole is refused. */
final class BulkText {
    /** Digits of a number at most; reading time grows with their square. */
    static final int MAX_NUMBER = 10_000;

    private static final Pattern IPV4 =
            Pattern.compile("(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\\.(?!$)|$)){4}");
    private static final Pattern IPV6 = Pattern.compile("(?=.*:)[0-9A-Fa-f:.]{2,45}");

    private BulkText() {}

    static Boolean bool(String text) throws Unfit {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "t" -> true;
            case "false", "f" -> false;
            default -> throw Unfit.of(text, "is not true or false");
        };
    }

    static BigDecimal number(String text) throws Unfit {
        if (text.length() > MAX_NUMBER) {
            throw new Unfit("A number of " + text.length() + " characters is longer than " + MAX_NUMBER);
        }
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException e) {
            throw Unfit.of(text, "is not a number");
        }
    }

    static double floating(String text) throws Unfit {
        return switch (text) {
            case "NaN" -> Double.NaN;
            case "Infinity", "+Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> {
                // Double.parseDouble also takes hexadecimal digits, suffixes and blanks.
                number(text);
                yield Double.parseDouble(text);
            }
        };
    }

    static UUID uuid(String text) throws Unfit {
        if (text.length() == 36) {
            try {
                UUID uuid = UUID.fromString(text);
                if (uuid.toString().equalsIgnoreCase(text)) {
                    return uuid;
                }
            } catch (IllegalArgumentException malformed) {
                // The message is the same for both.
            }
        }
        throw Unfit.of(text, "is not a UUID such as 123e4567-e89b-12d3-a456-426614174000");
    }

    static LocalDate date(String text) throws Unfit {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeException e) {
            throw Unfit.of(text, "is not a day such as 2024-05-20");
        }
    }

    static LocalTime time(String text) throws Unfit {
        try {
            return LocalTime.parse(text);
        } catch (DateTimeException e) {
            throw Unfit.of(text, "is not a time of day such as 12:10:03.998");
        }
    }

    /** A point in time in ISO form; without an offset it is in UTC, and a day alone is its midnight. */
    static Instant timestamp(String text) throws Unfit {
        try {
            if (text.length() <= 10) {
                return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
            }
            String iso = text.charAt(10) == ' ' ? text.substring(0, 10) + 'T' + text.substring(11) : text;
            char last = iso.charAt(iso.length() - 1);
            if (last == 'Z' || last == 'z') {
                return Instant.parse(iso);
            }
            int sign = Math.max(iso.lastIndexOf('+'), iso.lastIndexOf('-'));
            if (sign <= 10) {
                return LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
            }
            // Instant and OffsetDateTime want the colon, which PostgreSQL and others leave out.
            String offset = iso.substring(sign + 1);
            String whole = offset.length() == 2
                    ? iso + ":00"
                    : offset.length() == 4 ? iso.substring(0, sign + 3) + ":" + iso.substring(sign + 3) : iso;
            return OffsetDateTime.parse(whole).toInstant();
        } catch (DateTimeException e) {
            throw Unfit.of(text, "is not a point in time such as 2024-05-20T12:10:03.998Z");
        }
    }

    /** The bytes of a literal address; no name is looked up. */
    static byte[] inet(String text) throws Unfit {
        if (IPV4.matcher(text).matches() || IPV6.matcher(text).matches()) {
            try {
                return InetAddress.getByName(text).getAddress();
            } catch (UnknownHostException malformed) {
                // The message is the same for both.
            }
        }
        throw Unfit.of(text, "is not an address such as 192.0.2.1 or 2001:db8::1");
    }

    static CqlDuration duration(String text) throws Unfit {
        try {
            return CqlDuration.from(text);
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
            throw Unfit.of(text, "is not a duration such as 1mo2d3h or P1M2DT3H");
        }
    }

    /**
     * Bytes as {@code 0x} or {@code \x} and hexadecimal digits, or as Base64. One in 4,096 texts in Base64 begins with
     * {@code 0x} too: what then is not hexadecimal to its end is Base64, if it is padded.
     */
    static byte[] bytes(String text) throws Unfit {
        boolean prefixed = text.startsWith("0x") || text.startsWith("\\x");
        if (prefixed && isHex(text)) {
            return HexFormat.of().parseHex(text, 2, text.length());
        }
        if (!prefixed || text.length() % 4 == 0) {
            try {
                return Base64.getDecoder().decode(text);
            } catch (IllegalArgumentException malformed) {
                // The message is the same for all.
            }
        }
        throw Unfit.of(text, "is neither 0x and hexadecimal digits nor Base64");
    }

    private static boolean isHex(String text) {
        for (int i = 2; i < text.length(); i++) {
            if (!HexFormat.isHexDigit(text.charAt(i))) {
                return false;
            }
        }
        return text.length() % 2 == 0;
    }
}
