package io.github.keywharf.postgres.internal.copy;

import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.DoubleVector;
import io.github.keywharf.table.IntVector;
import io.github.keywharf.table.LongVector;
import io.github.keywharf.table.RowMask;
import java.sql.SQLException;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/**
 * Checks and writes the values of one column as the server's binary format of one type wants them. Chosen once per
 * COPY; bound to the vector of each batch in turn.
 */
public abstract class CopyColumn {

    final TargetColumn target;
    private boolean nulls;
    private ColumnVector values = ColumnVector.ofNulls(ColumnType.INT32, 0);

    CopyColumn(TargetColumn target) {
        this.target = target;
    }

    /** Goes on to another batch. */
    public final void bind(ColumnVector vector) {
        values = vector;
        nulls = vector.hasNulls();
    }

    final ColumnVector values() {
        return values;
    }

    final IntVector ints() {
        return (IntVector) values;
    }

    final LongVector longs() {
        return (LongVector) values;
    }

    final DoubleVector doubles() {
        return (DoubleVector) values;
    }

    final BytesVector bytes() {
        return (BytesVector) values;
    }

    final boolean isNull(int row) {
        return nulls && values.isNull(row);
    }

    /** Rejects the rows whose value the server would refuse. */
    public final void check(int size, RowMask rejected) {
        if (nulls && target.notNull()) {
            for (int row = 0; row < size; row++) {
                if (values.isNull(row)) {
                    rejected.reject(row, target.name(), "a value is required, but there is none");
                }
            }
        }
        checkValues(size, rejected);
    }

    /** Rejects the rows with a value that is wrong. */
    final void reject(int size, RowMask rejected, IntPredicate wrong, IntFunction<String> problem) {
        for (int row = 0; row < size; row++) {
            if (wrong.test(row) && !isNull(row)) {
                rejected.reject(row, target.name(), problem.apply(row));
            }
        }
    }

    /** Writes the field of one row. */
    final void write(CopyBuffer out, int row) throws SQLException {
        if (nulls && values.isNull(row)) {
            out.putNull();
        } else {
            writeValue(out, row);
        }
    }

    /** Does nothing where every value fits. */
    void checkValues(int size, RowMask rejected) {}

    abstract void writeValue(CopyBuffer out, int row) throws SQLException;
}
