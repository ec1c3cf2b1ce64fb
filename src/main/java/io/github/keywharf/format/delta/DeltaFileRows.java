package io.github.keywharf.format.delta;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.format.ParquetReader;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The rows of one file, as rows of the table. */
final class DeltaFileRows {

    private final String subject;
    private final LogState state;
    private final DeltaFile file;
    private final Optional<DeletedRows> deleted;
    private long position;

    private DeltaFileRows(String subject, LogState state, DeltaFile file, Optional<DeletedRows> deleted) {
        this.subject = subject;
        this.state = state;
        this.file = file;
        this.deleted = deleted;
    }

    static Rows open(DeltaLog log, LogState state, DeltaFile file) {
        String subject = log.name() + "/" + file.key();
        Optional<DeletedRows> deleted = file.deletionVector().map(vector -> DeletedRows.read(log, file, vector));
        Rows rows;
        try {
            rows = open(Parquet.reader(log.store, file.key()), state);
        } catch (KeywharfException e) {
            if (DeltaErrors.isNotFound(e)) {
                throw DeltaErrors.noVersion(
                        subject,
                        "The file belongs to version " + state.version()
                                + ", but is gone, as after VACUUM; read a newer version");
            }
            throw e;
        }
        try {
            check(state, rows.schema(), subject);
            DeltaFileRows made = new DeltaFileRows(subject, state, file, deleted);
            return rows.map(made.schema(), batch -> made.of(made.undeleted(batch)));
        } catch (RuntimeException | Error e) {
            rows.close();
            throw e;
        }
    }

    /** Files may have columns that the table has not (any more), such as {@code _change_type}: they are left alone. */
    private static Rows open(ParquetReader reader, LogState state) {
        Rows all = reader.rows();
        Set<String> wanted = new HashSet<>(state.types().physical().names());
        List<String> names = all.schema().names();
        List<String> there = names.stream().filter(wanted::contains).toList();
        if (there.size() == names.size()) {
            return all;
        }
        all.close();
        // Where none is left, one stands in to count the rows.
        return reader.columns(there.isEmpty() ? names.subList(0, 1) : there).rows();
    }

    private static void check(LogState state, Schema found, String subject) {
        for (int i = 0; i < state.types().logical().size(); i++) {
            Column column = state.types().physical().column(i);
            Column logical = state.types().logical().column(i);
            if (found.contains(column.name())
                    && !isPartition(state, logical)
                    && !new ColumnFit(found.column(column.name()).type(), column.type(), logical.type()).fits()) {
                throw DeltaErrors.corrupt(
                        subject,
                        "the column '" + found.column(column.name()) + "' does not fit '" + logical + "' of the table");
            }
        }
    }

    private static boolean isPartition(LogState state, Column column) {
        return state.metadata().partitionColumns().contains(column.name());
    }

    private Schema schema() {
        return state.types().logical();
    }

    private ColumnBatch undeleted(ColumnBatch batch) {
        long first = position;
        position += batch.size();
        if (deleted.isEmpty()) {
            return batch;
        }
        int[] kept = new int[batch.size()];
        int count = 0;
        for (int row = 0; row < kept.length; row++) {
            if (!deleted.get().contains(first + row)) {
                kept[count++] = row;
            }
        }
        return count == kept.length ? batch : batch.gather(kept, count);
    }

    private ColumnBatch of(ColumnBatch batch) {
        List<ColumnVector> vectors = new ArrayList<>();
        for (int i = 0; i < schema().size(); i++) {
            Column logical = schema().column(i);
            Column physical = state.types().physical().column(i);
            if (isPartition(state, logical)) {
                String text = file.partitionValues().get(physical.name());
                vectors.add(PartitionText.vector(logical, text, batch.size(), subject));
            } else if (batch.schema().contains(physical.name())) {
                vectors.add(fitted(batch.column(physical.name()), physical, logical));
            } else {
                vectors.add(ColumnVector.ofNulls(logical.type(), batch.size()));
            }
        }
        return batch.withColumns(schema(), vectors);
    }

    private ColumnVector fitted(ColumnVector vector, Column physical, Column logical) {
        try {
            return new ColumnFit(vector.type(), physical.type(), logical.type()).apply(vector);
        } catch (ArithmeticException e) {
            throw DeltaErrors.corrupt(subject, "a value does not fit the column '" + logical + "' of the table", e);
        }
    }
}
