package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.postgres.internal.copy.CopyColumn;
import io.github.keywharf.postgres.internal.copy.CopyWriter;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowMask;
import io.github.keywharf.table.Schema;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.List;

/** All that can be checked of a batch's rows before they are sent, in one place: values, keys, references. */
final class RowChecks {

    private final List<CopyColumn> columns;
    private final String source;
    private final boolean[] isKey;
    private final ReferenceCheck references;
    private final RejectListener rejects;
    private RowMask rejected;
    private BitSet badKeys = new BitSet(0);
    private long before;
    private long total;

    /**
     * @param source where rows came from that have no origin of their own
     */
    RowChecks(
            List<CopyColumn> columns,
            Schema schema,
            List<String> key,
            ReferenceCheck references,
            String source,
            RejectListener rejects) {
        this.columns = columns;
        this.source = source;
        this.isKey = new boolean[columns.size()];
        key.forEach(name -> isKey[schema.position(name)] = true);
        this.references = references;
        this.rejects = rejects;
        this.rejected = none(schema);
    }

    private static RowMask none(Schema schema) {
        return new RowMask(ColumnBatch.build(schema, ColumnBatch.builders(schema, 0)), "", 0);
    }

    /** Goes on to a batch and rejects what the server would refuse of it. */
    RowMask take(ColumnBatch batch, long rowsBefore) {
        before = rowsBefore;
        rejected = new RowMask(batch, source, rowsBefore);
        for (int i = 0; i < isKey.length; i++) {
            columns.get(i).bind(batch.column(i));
            if (isKey[i]) {
                requireKey(batch.column(i), batch.schema().column(i).name());
                columns.get(i).check(batch.size(), rejected);
            }
        }
        badKeys = rejected.rejected();
        for (int i = 0; i < isKey.length; i++) {
            if (!isKey[i]) {
                columns.get(i).check(batch.size(), rejected);
            }
        }
        references.check(batch, rejected);
        rejected.report(rejects);
        total += rejected.count();
        return rejected;
    }

    /** How many rows were rejected, of all batches. */
    long total() {
        return total;
    }

    private void requireKey(ColumnVector key, String name) {
        if (key.hasNulls()) {
            for (int row = 0; row < key.size(); row++) {
                if (key.isNull(row)) {
                    rejected.reject(row, name, "the key is missing");
                }
            }
        }
    }

    /** Sends the keys of refused rows that have one, so that they do not pass for deleted. */
    void writeKeysOfRefused(CopyWriter writer, int from, int to) throws SQLException {
        if (rejected.any()) {
            for (int row = from; row < to; row++) {
                if (rejected.isRejected(row) && !badKeys.get(row)) {
                    writer.writeKey(row, before, isKey);
                }
            }
        }
    }
}
