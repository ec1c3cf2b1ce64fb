package io.github.keywharf.postgres;

import io.github.keywharf.table.BooleanVector;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.DoubleVector;
import java.sql.SQLException;

/** Values that go into their columns as they are. */
final class CopySimple {

    private CopySimple() {}

    /** True and false. */
    static final class Bool extends CopyColumn {

        private BooleanVector values = BooleanVector.of(new boolean[0]);

        Bool(TargetColumn target) {
            super(target);
        }

        @Override
        void take(ColumnVector vector) {
            values = (BooleanVector) vector;
        }

        @Override
        void writeValue(CopyBuffer out, int row) throws SQLException {
            out.putByteField(values.booleanAt(row) ? 1 : 0);
        }
    }

    /** Single or double precision into double precision. */
    static final class Float8 extends CopyColumn {

        private DoubleVector values = (DoubleVector) ColumnVector.ofNulls(ColumnType.FLOAT64, 0);

        Float8(TargetColumn target) {
            super(target);
        }

        @Override
        void take(ColumnVector vector) {
            values = (DoubleVector) vector;
        }

        @Override
        void writeValue(CopyBuffer out, int row) throws SQLException {
            out.putLongField(Double.doubleToLongBits(values.doubleAt(row)));
        }
    }

    /** Single precision. */
    static final class Float4 extends CopyColumn {

        private DoubleVector values = (DoubleVector) ColumnVector.ofNulls(ColumnType.FLOAT32, 0);

        Float4(TargetColumn target) {
            super(target);
        }

        @Override
        void take(ColumnVector vector) {
            values = (DoubleVector) vector;
        }

        @Override
        void writeValue(CopyBuffer out, int row) throws SQLException {
            out.putIntField(Float.floatToIntBits((float) values.doubleAt(row)));
        }
    }

    /** Bytes, and the sixteen bytes of a UUID. */
    static final class Bytes extends CopyColumn {

        private BytesVector values = (BytesVector) ColumnVector.ofNulls(ColumnType.BYTES, 0);

        Bytes(TargetColumn target) {
            super(target);
        }

        @Override
        void take(ColumnVector vector) {
            values = (BytesVector) vector;
        }

        @Override
        void writeValue(CopyBuffer out, int row) throws SQLException {
            out.putBytesField(values.bytes(), values.offset(row), values.length(row));
        }
    }
}
