package io.github.keywharf.postgres;

import io.github.keywharf.table.BooleanVector;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.DoubleVector;
import io.github.keywharf.table.IntVector;
import io.github.keywharf.table.LongVector;
import io.github.keywharf.table.Micros;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;

/** Appends values in the server's binary format to one column; throws {@link Unreadable} before it appends, for one it cannot hold. */
abstract class FieldDecoder {

    private static final int EPOCH_DAYS = 10_957;
    private static final long EPOCH_MICROS = EPOCH_DAYS * Micros.PER_DAY;

    private final ColumnVector.Builder builder;

    private FieldDecoder(ColumnVector.Builder builder) {
        this.builder = builder;
    }

    abstract void decode(byte[] bytes, int at, int length);

    final void decodeNull() {
        builder.appendNull();
    }

    static FieldDecoder of(ColumnVector.Builder builder) {
        return switch (builder.type().kind()) {
            case BOOLEAN -> new Bool((BooleanVector.Builder) builder);
            case INT32 -> new Int((IntVector.Builder) builder);
            case DATE -> new Date((IntVector.Builder) builder);
            case INT64 -> new Long64((LongVector.Builder) builder);
            case TIME -> new Time((LongVector.Builder) builder);
            case TIMESTAMP, TIMESTAMP_UTC -> new Timestamp((LongVector.Builder) builder);
            case FLOAT32, FLOAT64 -> new Floating((DoubleVector.Builder) builder);
            case DECIMAL ->
                builder instanceof LongVector.Builder longs ? new LongDecimal(longs) : new BigDecimals(builder);
            case JSON -> new Json((BytesVector.Builder) builder);
            case STRING, BYTES, UUID -> new Bytes((BytesVector.Builder) builder);
            default -> throw new IllegalArgumentException("No column of PostgreSQL is read as " + builder.type());
        };
    }

    private static final class Bool extends FieldDecoder {
        private final BooleanVector.Builder values;

        Bool(BooleanVector.Builder values) {
            super(values);
            this.values = values;
        }

        @Override
        void decode(byte[] bytes, int at, int length) {
            values.append(bytes[at] != 0);
        }
    }

    private static final class Int extends FieldDecoder {
        private final IntVector.Builder values;

        Int(IntVector.Builder values) {
            super(values);
            this.values = values;
        }

        @Override
        void decode(byte[] bytes, int at, int length) {
            values.append(length == 4 ? Wire.intAt(bytes, at) : Wire.shortAt(bytes, at));
        }
    }

    private static final class Date extends FieldDecoder {
        private final IntVector.Builder values;

        Date(IntVector.Builder values) {
            super(values);
            this.values = values;
        }

        @Override
        void decode(byte[] bytes, int at, int length) {
            int days = Wire.intAt(bytes, at);
            if (days == Integer.MAX_VALUE || days == Integer.MIN_VALUE) {
                throw new Unreadable("an infinite date", days < 0 ? "-infinity" : "infinity");
            }
            values.append(days + EPOCH_DAYS);
        }
    }

    private static final class Long64 extends FieldDecoder {
        private final LongVector.Builder values;

        Long64(LongVector.Builder values) {
            super(values);
            this.values = values;
        }

        @Override
        void decode(byte[] bytes, int at, int length) {
            values.append(Wire.longAt(bytes, at));
        }
    }

    private static final class Time extends FieldDecoder {
        private final LongVector.Builder values;

        Time(LongVector.Builder values) {
            super(values);
            this.values = values;
        }

        @Override
        void decode(byte[] bytes, int at, int length) {
            long micros = Wire.longAt(bytes, at);
            if (micros >= Micros.PER_DAY) {
                throw new Unreadable("the time 24:00:00", "24:00:00");
            }
            values.append(micros);
        }
    }

    private static final class Timestamp extends FieldDecoder {
        private final LongVector.Builder values;

        Timestamp(LongVector.Builder values) {
            super(values);
            this.values = values;
        }

        @Override
        void decode(byte[] bytes, int at, int length) {
            long micros = Wire.longAt(bytes, at);
            if (micros == Long.MIN_VALUE || micros > Long.MAX_VALUE - EPOCH_MICROS) {
                throw micros == Long.MIN_VALUE || micros == Long.MAX_VALUE
                        ? new Unreadable("an infinite timestamp", micros < 0 ? "-infinity" : "infinity")
                        : new Unreadable("a timestamp after the year 294246", late(micros));
            }
            values.append(micros + EPOCH_MICROS);
        }

        private static String late(long micros) {
            return LocalDateTime.of(2000, 1, 1, 0, 0)
                    .plus(micros, ChronoUnit.MICROS)
                    .toString();
        }
    }

    private static final class Floating extends FieldDecoder {
        private final DoubleVector.Builder values;

        Floating(DoubleVector.Builder values) {
            super(values);
            this.values = values;
        }

        @Override
        void decode(byte[] bytes, int at, int length) {
            values.append(
                    length == 4
                            ? Float.intBitsToFloat(Wire.intAt(bytes, at))
                            : Double.longBitsToDouble(Wire.longAt(bytes, at)));
        }
    }

    private static final class LongDecimal extends FieldDecoder {
        private final LongVector.Builder values;
        private final int scale;

        LongDecimal(LongVector.Builder values) {
            super(values);
            this.values = values;
            this.scale = values.type().scale();
        }

        @Override
        void decode(byte[] bytes, int at, int length) {
            values.append(Numerics.unscaledLong(bytes, at, scale));
        }
    }

    private static final class BigDecimals extends FieldDecoder {
        private final ColumnVector.Builder values;
        private final ColumnType type;

        BigDecimals(ColumnVector.Builder values) {
            super(values);
            this.values = values;
            this.type = values.type();
        }

        @Override
        void decode(byte[] bytes, int at, int length) {
            values.appendValue(Numerics.bigDecimal(bytes, at, type.scale()));
        }
    }

    private static final class Bytes extends FieldDecoder {
        private final BytesVector.Builder values;

        Bytes(BytesVector.Builder values) {
            super(values);
            this.values = values;
        }

        @Override
        void decode(byte[] bytes, int at, int length) {
            values.append(bytes, at, length);
        }
    }

    private static final class Json extends FieldDecoder {
        private static final byte JSONB_VERSION = 1;
        private final BytesVector.Builder values;

        Json(BytesVector.Builder values) {
            super(values);
            this.values = values;
        }

        @Override
        void decode(byte[] bytes, int at, int length) {
            // No JSON text begins with this byte.
            int version = length > 0 && bytes[at] == JSONB_VERSION ? 1 : 0;
            values.append(bytes, at + version, length - version);
        }
    }
}
