package io.github.keywharf.format;

import io.github.keywharf.table.BooleanVector;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.DoubleVector;
import io.github.keywharf.table.IntVector;
import io.github.keywharf.table.LongVector;
import java.math.BigDecimal;
import java.util.Base64;

/**
 * Turns the text of one field into a value of a column. Malformed text is an answer, not an exception. Not thread-safe, as
 * the builder is not.
 */
@FunctionalInterface
public interface FieldParser {

    /** Appends the value of a piece of text; false when it is not of the column's type, and then nothing is appended. */
    boolean append(char[] text, int offset, int length);

    /** A parser that appends to a builder what {@link TextValues#STANDARD} describes. */
    static FieldParser of(ColumnVector.Builder builder) {
        ColumnType type = builder.type();
        return switch (type.kind()) {
            case BOOLEAN -> bool((BooleanVector.Builder) builder);
            case INT32 -> int32((IntVector.Builder) builder);
            case INT64 -> int64((LongVector.Builder) builder);
            case FLOAT32, FLOAT64 -> floating((DoubleVector.Builder) builder);
            case DECIMAL -> builder instanceof LongVector.Builder longs ? decimal(longs) : bigDecimal(builder);
            case STRING -> new Utf8Appender((BytesVector.Builder) builder);
            case JSON -> json((BytesVector.Builder) builder);
            case BYTES -> new HexAppender((BytesVector.Builder) builder, false);
            case UUID -> new HexAppender((BytesVector.Builder) builder, true);
            case DATE -> date((IntVector.Builder) builder);
            case TIME -> time(Times::parseTime, (LongVector.Builder) builder);
            case TIMESTAMP -> time(Times::parseTimestamp, (LongVector.Builder) builder);
            case TIMESTAMP_UTC -> time(Times::parseInstant, (LongVector.Builder) builder);
            case LIST, MAP, STRUCT -> (text, offset, length) -> JsonValues.LENIENT.parse(builder, text, offset, length);
        };
    }

    /** The same, with bytes in Base64 as well. */
    static FieldParser ofJson(ColumnVector.Builder builder) {
        FieldParser parser = of(builder);
        if (builder.type().kind() != ColumnType.Kind.BYTES) {
            return parser;
        }
        return (text, offset, length) -> {
            if (length > 1 && text[offset] == '\\') {
                return parser.append(text, offset, length);
            }
            try {
                builder.appendValue(Base64.getDecoder().decode(new String(text, offset, length)));
                return true;
            } catch (IllegalArgumentException e) {
                return false;
            }
        };
    }

    private static FieldParser bool(BooleanVector.Builder builder) {
        return (text, offset, length) -> {
            boolean isTrue = is("true", text, offset, length) || is("t", text, offset, length);
            if (isTrue || is("false", text, offset, length) || is("f", text, offset, length)) {
                builder.append(isTrue);
                return true;
            }
            return false;
        };
    }

    private static boolean is(String word, char[] text, int offset, int length) {
        if (word.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (Character.toLowerCase(text[offset + i]) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static FieldParser int32(IntVector.Builder builder) {
        return (text, offset, length) -> {
            long value = Numbers.parse(text, offset, length, 0);
            if (value < Integer.MIN_VALUE || value > Integer.MAX_VALUE) {
                return false;
            }
            builder.append((int) value);
            return true;
        };
    }

    private static FieldParser int64(LongVector.Builder builder) {
        return (text, offset, length) -> {
            long value = Numbers.parse(text, offset, length, 0);
            if (value == Numbers.MALFORMED && !Numbers.isLeast(text, offset, length)) {
                return false;
            }
            builder.append(value);
            return true;
        };
    }

    private static FieldParser decimal(LongVector.Builder builder) {
        ColumnType type = builder.type();
        long limit = BigDecimal.TEN.pow(type.precision()).longValueExact();
        return (text, offset, length) -> {
            long value = Numbers.parse(text, offset, length, type.scale());
            if (value == Numbers.MALFORMED) {
                return appendBig(builder, text, offset, length);
            }
            if (value <= -limit || value >= limit) {
                return false;
            }
            builder.append(value);
            return true;
        };
    }

    private static FieldParser bigDecimal(ColumnVector.Builder builder) {
        return (text, offset, length) -> appendBig(builder, text, offset, length);
    }

    private static boolean appendBig(ColumnVector.Builder builder, char[] text, int offset, int length) {
        BigDecimal value = Numbers.parseBig(text, offset, length);
        if (value == null || Math.abs((long) value.precision() - value.scale()) > 1_000) {
            return false;
        }
        try {
            builder.appendValue(value);
            return true;
        } catch (ArithmeticException e) {
            return false;
        }
    }

    private static FieldParser floating(DoubleVector.Builder builder) {
        boolean isSingle = builder.type().kind() == ColumnType.Kind.FLOAT32;
        return (text, offset, length) -> {
            double plain = isSingle ? Double.NaN : Numbers.parsePlain(text, offset, length);
            if (!Double.isNaN(plain)) {
                builder.append(plain);
                return true;
            }
            String number = new String(text, offset, length);
            try {
                if (!Numbers.isFloating(text, offset, length)) {
                    return false;
                }
                double value = isSingle ? Float.parseFloat(number) : Double.parseDouble(number);
                if ((Double.isInfinite(value) && number.indexOf('I') < 0)
                        || (value == 0 && Numbers.hasDigits(text, offset, length))) {
                    return false;
                }
                builder.append(value);
                return true;
            } catch (NumberFormatException e) {
                return false;
            }
        };
    }

    private static FieldParser date(IntVector.Builder builder) {
        return (text, offset, length) -> {
            long day = Times.parseDate(text, offset, length);
            if (day < Integer.MIN_VALUE || day > Integer.MAX_VALUE) {
                return false;
            }
            builder.append((int) day);
            return true;
        };
    }

    private static FieldParser time(Times.Parser parser, LongVector.Builder builder) {
        return (text, offset, length) -> {
            long micros = parser.parse(text, offset, length);
            if (micros == Times.MALFORMED) {
                return false;
            }
            builder.append(micros);
            return true;
        };
    }

    private static FieldParser json(BytesVector.Builder builder) {
        FieldParser plain = new Utf8Appender(builder);
        return (text, offset, length) ->
                JsonValues.isOneValue(text, offset, length) && plain.append(text, offset, length);
    }
}
