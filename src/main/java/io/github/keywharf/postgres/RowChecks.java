package io.github.keywharf.postgres;

import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Schema;
import java.sql.SQLException;
import java.util.List;

/** All that can be told of a batch's rows before they are sent, in one place: values, keys, references. */
final class RowChecks {

    private final List<CopyColumn> columns;
    private final boolean[] isKey;
    private final ReferenceCheck references;
    private final Rejections rejections;
    private long[] badKeys = new long[0];
    private long before;

    RowChecks(
            List<CopyColumn> columns,
            Schema schema,
            List<String> key,
            ReferenceCheck references,
            Rejections rejections) {
        this.columns = columns;
        this.isKey = new boolean[columns.size()];
        key.forEach(name -> isKey[schema.position(name)] = true);
        this.references = references;
        this.rejections = rejections;
    }

    /** Goes on to a batch and rejects what the server would refuse of it. */
    void take(ColumnBatch batch, long rowsBefore) {
        before = rowsBefore;
        rejections.start(batch, rowsBefore);
        for (int i = 0; i < isKey.length; i++) {
            columns.get(i).bind(batch.column(i));
            if (isKey[i]) {
                requireKey(batch.column(i), columns.get(i).target.name());
                columns.get(i).check(batch.size(), rejections);
            }
        }
        badKeys = rejections.snapshot();
        for (int i = 0; i < isKey.length; i++) {
            if (!isKey[i]) {
                columns.get(i).check(batch.size(), rejections);
            }
        }
        references.check(batch, rejections);
    }

    private void requireKey(ColumnVector key, String name) {
        if (key.hasNulls()) {
            for (int row = 0; row < key.size(); row++) {
                if (key.isNull(row)) {
                    rejections.reject(row, name, "the key is missing");
                }
            }
        }
    }

    /** Sends the keys of refused rows that have one, so that they do not pass for deleted. */
    void writeKeysOfRefused(CopyWriter writer, int from, int to) throws SQLException {
        if (rejections.any()) {
            for (int row = from; row < to; row++) {
                boolean badKey = badKeys.length > 0 && (badKeys[row >>> 6] & (1L << row)) != 0;
                if (rejections.isBad(row) && !badKey) {
                    writer.writeKey(row, before, isKey);
                }
            }
        }
    }
}
