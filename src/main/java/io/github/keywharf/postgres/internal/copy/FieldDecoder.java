package io.github.keywharf.postgres.internal.copy;

import io.github.keywharf.table.BooleanVector;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.DoubleVector;
import io.github.keywharf.table.IntVector;
import io.github.keywharf.table.LongVector;
import io.github.keywharf.table.Micros;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;

/** Appends values in the server's binary format to one column; throws {@link Unreadable} before it appends, for one it cannot hold. */
interface FieldDecoder {
    int EPOCH_DAYS = 10_957;
    long EPOCH_MICROS = EPOCH_DAYS * Micros.PER_DAY;
    byte JSONB_VERSION = 1;

    void decode(byte[] bytes, int at, int length);

    static FieldDecoder of(ColumnVector.Builder builder) {
        return switch (builder.type().kind()) {
            case BOOLEAN -> {
                BooleanVector.Builder values = (BooleanVector.Builder) builder;
                yield (bytes, at, length) -> values.append(bytes[at] != 0);
            }
            case INT32 -> {
                IntVector.Builder values = (IntVector.Builder) builder;
                yield (bytes, at, length) ->
                        values.append(length == 4 ? Wire.intAt(bytes, at) : Wire.shortAt(bytes, at));
            }
            case DATE -> {
                IntVector.Builder values = (IntVector.Builder) builder;
                yield (bytes, at, length) -> values.append(day(Wire.intAt(bytes, at)));
            }
            case INT64 -> {
                LongVector.Builder values = (LongVector.Builder) builder;
                yield (bytes, at, length) -> values.append(Wire.longAt(bytes, at));
            }
            case TIME -> {
                LongVector.Builder values = (LongVector.Builder) builder;
                yield (bytes, at, length) -> values.append(time(Wire.longAt(bytes, at)));
            }
            case TIMESTAMP, TIMESTAMP_UTC -> {
                LongVector.Builder values = (LongVector.Builder) builder;
                yield (bytes, at, length) -> values.append(timestamp(Wire.longAt(bytes, at)));
            }
            case FLOAT32, FLOAT64 -> {
                DoubleVector.Builder values = (DoubleVector.Builder) builder;
                yield (bytes, at, length) -> values.append(
                        length == 4
                                ? Float.intBitsToFloat(Wire.intAt(bytes, at))
                                : Double.longBitsToDouble(Wire.longAt(bytes, at)));
            }
            case DECIMAL -> {
                int scale = builder.type().scale();
                yield builder instanceof LongVector.Builder longs
                        ? (bytes, at, length) -> longs.append(Numerics.unscaledLong(bytes, at, scale))
                        : (bytes, at, length) -> builder.appendValue(Numerics.bigDecimal(bytes, at, scale));
            }
            case JSON -> {
                BytesVector.Builder values = (BytesVector.Builder) builder;
                yield (bytes, at, length) -> {
                    // No JSON text begins with this byte.
                    int version = length > 0 && bytes[at] == JSONB_VERSION ? 1 : 0;
                    values.append(bytes, at + version, length - version);
                };
            }
            case STRING, BYTES, UUID -> ((BytesVector.Builder) builder)::append;
            default -> throw new IllegalArgumentException("No column of PostgreSQL is read as " + builder.type());
        };
    }

    private static int day(int days) {
        if (days == Integer.MAX_VALUE || days == Integer.MIN_VALUE) {
            throw new Unreadable("an infinite date", days < 0 ? "-infinity" : "infinity");
        }
        return days + EPOCH_DAYS;
    }

    private static long time(long micros) {
        if (micros >= Micros.PER_DAY) {
            throw new Unreadable("the time 24:00:00", "24:00:00");
        }
        return micros;
    }

    private static long timestamp(long micros) {
        if (micros == Long.MIN_VALUE || micros == Long.MAX_VALUE) {
            throw new Unreadable("an infinite timestamp", micros < 0 ? "-infinity" : "infinity");
        }
        if (micros > Long.MAX_VALUE - EPOCH_MICROS) {
            throw new Unreadable(
                    "a timestamp after the year 294246",
                    LocalDateTime.of(2000, 1, 1, 0, 0)
                            .plus(micros, ChronoUnit.MICROS)
                            .toString());
        }
        return micros + EPOCH_MICROS;
    }
}
