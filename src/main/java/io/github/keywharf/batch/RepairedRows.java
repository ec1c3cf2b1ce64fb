package io.github.keywharf.batch;

import io.github.keywharf.format.RejectedRows;
import io.github.keywharf.format.TextValues;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowStep;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;

/** Repaired rows of a file, at the places that they had there, with values that are read as those of the file. */
final class RepairedRows implements RowsSource {

    private final ObjectStore store;
    private final String key;
    private final FileRows file;
    private final Schema schema;
    private final TextValues values;

    RepairedRows(ObjectStore store, String key, FileRows file, RowsPlan plan) {
        this.store = store;
        this.key = key;
        this.file = file;
        schema = file.schema();
        // Days and numbers of Parquet files are not text in anybody's format, but were written as our own JSON.
        values = file.format() == FileFormat.PARQUET ? TextValues.STANDARD : plan.values();
    }

    @Override
    public Rows rows(RejectListener rejects) {
        Schema read = Schema.of(schema.columns().stream()
                .map(column -> isWrittenOtherwise(column)
                        ? new Column(column.name(), ColumnType.STRING, column.nullable())
                        : column)
                .toList());
        return RejectedRows.rows(store, key, file.name(), read, values, rejects);
    }

    @Override
    public RowStep fit() {
        return RowStep.all(schema.columns().stream()
                        .filter(this::isWrittenOtherwise)
                        .map(column -> values.retype(column.name(), column.type()))
                        .toList())
                .then(file.fit());
    }

    @Override
    public Rows unread() {
        return RejectedRows.rows(
                store, key, file.name(), FileRows.typed(schema, ColumnType.JSON), TextValues.STANDARD, rejected -> {});
    }

    /** Whether CSV has the values as text of a form that JSON does not have them in. */
    private boolean isWrittenOtherwise(Column column) {
        return file.format().isDelimited()
                && switch (column.type().kind()) {
                    case JSON, BYTES, LIST, MAP, STRUCT -> true;
                    default -> false;
                };
    }
}
