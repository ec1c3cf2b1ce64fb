package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.type.DataType;
import com.datastax.oss.protocol.internal.ProtocolConstants;
import io.github.keywharf.cassandra.BindValues.Unfit;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Turns Java numbers into those of CQL where nothing is lost. */
final class BindNumbers {
    private BindNumbers() {}

    static @Nullable Object fitted(DataType type, Number value) throws Unfit {
        int code = type.getProtocolCode();
        if (code == ProtocolConstants.DataType.FLOAT || code == ProtocolConstants.DataType.DOUBLE) {
            return floating(code == ProtocolConstants.DataType.FLOAT, value);
        }
        BigDecimal exact = BindValues.exact(value);
        if (exact == null) {
            return null;
        }
        if (code == ProtocolConstants.DataType.DECIMAL) {
            return exact;
        }
        try {
            return switch (code) {
                case ProtocolConstants.DataType.TINYINT -> exact.byteValueExact();
                case ProtocolConstants.DataType.SMALLINT -> exact.shortValueExact();
                case ProtocolConstants.DataType.INT -> exact.intValueExact();
                case ProtocolConstants.DataType.VARINT -> whole(exact);
                default -> exact.longValueExact();
            };
        } catch (ArithmeticException e) {
            throw new Unfit("the number is out of the type's range, or not whole");
        }
    }

    private static java.math.BigInteger whole(BigDecimal exact) {
        if (exact.precision() - (long) exact.scale() > 1_000_000) {
            throw new ArithmeticException("too many digits");
        }
        return exact.toBigIntegerExact();
    }

    private static @Nullable Object floating(boolean single, Number value) throws Unfit {
        if (value instanceof Float number) {
            return single ? (Object) number : (Object) number.doubleValue();
        }
        double wide;
        if (value instanceof Double number) {
            wide = number;
        } else if (value instanceof Integer
                || value instanceof Short
                || value instanceof Byte
                || value instanceof Long) {
            wide = value.doubleValue();
            if (BigDecimal.valueOf(value.longValue()).compareTo(new BigDecimal(wide)) != 0) {
                throw new Unfit("the number has more digits than the type; give a Double to have it rounded");
            }
        } else {
            return null;
        }
        if (!single) {
            return wide;
        }
        if (Double.compare((float) wide, wide) != 0) {
            throw new Unfit("the number has more digits than the type; give a Float to have it rounded");
        }
        return (float) wide;
    }
}
