package io.github.keywharf.postgres;

import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.RowMask;
import java.sql.SQLException;

/**
 * Checks and writes the values of one column as the server's binary format of one type wants them. Chosen once per
 * COPY; bound to the vector of each batch in turn.
 */
abstract class CopyColumn {

    final TargetColumn target;
    private boolean nulls;
    private ColumnVector bound = ColumnVector.ofNulls(io.github.keywharf.table.ColumnType.INT32, 0);

    CopyColumn(TargetColumn target) {
        this.target = target;
    }

    /** Goes on to another batch. */
    final void bind(ColumnVector vector) {
        bound = vector;
        nulls = vector.hasNulls();
        take(vector);
    }

    final boolean isNull(int row) {
        return nulls && bound.isNull(row);
    }

    /** Rejects the rows whose value the server would refuse. */
    final void check(int size, RowMask rejected) {
        if (nulls && target.notNull()) {
            for (int row = 0; row < size; row++) {
                if (bound.isNull(row)) {
                    rejected.reject(row, target.name(), "a value is required, but there is none");
                }
            }
        }
        checkValues(size, rejected);
    }

    /** Writes the field of one row. */
    final void write(CopyBuffer out, int row) throws SQLException {
        if (nulls && bound.isNull(row)) {
            out.putNull();
        } else {
            writeValue(out, row);
        }
    }

    abstract void take(ColumnVector vector);

    /** Does nothing where every value fits. */
    void checkValues(int size, RowMask rejected) {}

    abstract void writeValue(CopyBuffer out, int row) throws SQLException;
}
