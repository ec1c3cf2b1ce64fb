package io.github.keywharf.postgres;

import io.github.keywharf.postgres.internal.copy.TextValues;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.IntVector;
import io.github.keywharf.table.LongVector;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Values into the parameters of statements and out of result sets. */
final class SqlValues {

    private SqlValues() {}

    /** Binds a value; text goes without a type, so that the server takes it for what it is compared with. */
    static void bind(PreparedStatement statement, int position, @Nullable Object value) throws SQLException {
        if (value == null) {
            statement.setNull(position, Types.NULL);
        } else if (value instanceof CharSequence || value instanceof Enum<?>) {
            statement.setObject(position, value.toString(), Types.OTHER);
        } else if (value instanceof Instant instant) {
            statement.setObject(position, OffsetDateTime.ofInstant(instant, ZoneOffset.UTC));
        } else if (value instanceof Collection<?> many) {
            bindArray(statement, position, many.toArray());
        } else if (value instanceof Object[] many) {
            bindArray(statement, position, many);
        } else if (value instanceof int[] many) {
            bindArray(statement, position, Arrays.stream(many).boxed().toArray());
        } else if (value instanceof long[] many) {
            bindArray(statement, position, Arrays.stream(many).boxed().toArray());
        } else {
            statement.setObject(position, value);
        }
    }

    private static void bindArray(PreparedStatement statement, int position, Object[] values) throws SQLException {
        Object first =
                Arrays.stream(values).filter(it -> it != null).findFirst().orElse(null);
        String type = elementType(first);
        if (type == null) {
            // Without a type, as for text: the server knows what it is compared with.
            String literal = statement
                    .getConnection()
                    .createArrayOf("text", texts(values))
                    .toString();
            statement.setObject(position, literal, Types.OTHER);
        } else {
            statement.setArray(position, statement.getConnection().createArrayOf(type, values));
        }
    }

    private static @Nullable String elementType(@Nullable Object value) {
        if (value instanceof Integer) {
            return "int4";
        } else if (value instanceof Long) {
            return "int8";
        } else if (value instanceof Short) {
            return "int2";
        } else if (value instanceof Boolean) {
            return "bool";
        } else if (value instanceof Double) {
            return "float8";
        } else if (value instanceof Float) {
            return "float4";
        } else if (value instanceof BigDecimal) {
            return "numeric";
        } else if (value instanceof UUID) {
            return "uuid";
        }
        return null;
    }

    private static @Nullable Object[] texts(Object[] values) {
        @Nullable Object[] texts = new Object[values.length];
        for (int i = 0; i < values.length; i++) {
            texts[i] = values[i] == null ? null : values[i].toString();
        }
        return texts;
    }

    /**
     * Appends a column of the current row.
     *
     * @return how many bytes it has, roughly
     * @throws ArithmeticException with a phrase, when the type cannot hold the value
     */
    static long append(ResultSet result, int position, Column column, ColumnVector.Builder builder)
            throws SQLException {
        switch (column.type().kind()) {
            case INT32 -> {
                int value = result.getInt(position);
                if (result.wasNull()) {
                    builder.appendNull();
                } else {
                    ((IntVector.Builder) builder).append(value);
                }
            }
            case INT64 -> {
                long value = result.getLong(position);
                if (result.wasNull()) {
                    builder.appendNull();
                } else {
                    ((LongVector.Builder) builder).append(value);
                }
            }
            default -> {
                Object value = value(result, position, column);
                builder.appendValue(value);
                return value instanceof String text
                        ? text.length()
                        : value instanceof byte[] bytes ? bytes.length : Long.BYTES;
            }
        }
        return Long.BYTES;
    }

    private static @Nullable Object value(ResultSet result, int position, Column column) throws SQLException {
        return switch (column.type().kind()) {
            case BOOLEAN -> boxed(result, result.getBoolean(position));
            case FLOAT32 -> boxed(result, result.getFloat(position));
            case FLOAT64 -> boxed(result, result.getDouble(position));
            case DECIMAL -> decimal(result, position);
            case BYTES -> result.getBytes(position);
            case UUID -> result.getObject(position, UUID.class);
            case DATE -> finite(result.getObject(position, LocalDate.class), LocalDate.MIN, LocalDate.MAX);
            case TIME -> {
                String text = result.getString(position);
                yield text == null ? null : TextValues.parse(column.type(), text);
            }
            case TIMESTAMP ->
                finite(result.getObject(position, LocalDateTime.class), LocalDateTime.MIN, LocalDateTime.MAX);
            case TIMESTAMP_UTC -> {
                OffsetDateTime time = finite(
                        result.getObject(position, OffsetDateTime.class), OffsetDateTime.MIN, OffsetDateTime.MAX);
                yield time == null ? null : time.toInstant();
            }
            default -> result.getString(position);
        };
    }

    private static @Nullable Object boxed(ResultSet result, Object value) throws SQLException {
        return result.wasNull() ? null : value;
    }

    private static @Nullable Object decimal(ResultSet result, int position) throws SQLException {
        String text = result.getString(position);
        if (text != null && (text.endsWith("N") || text.endsWith("y"))) {
            throw new ArithmeticException(text.equals("NaN") ? "NaN" : "an infinite number");
        }
        return text == null ? null : new BigDecimal(text);
    }

    private static <T> @Nullable T finite(@Nullable T value, T least, T most) {
        if (value != null && (value.equals(least) || value.equals(most))) {
            throw new ArithmeticException("an infinite date or timestamp");
        }
        return value;
    }
}
