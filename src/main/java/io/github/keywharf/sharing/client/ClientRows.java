package io.github.keywharf.sharing.client;

import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import org.jspecify.annotations.Nullable;

/** Rows of files that are downloaded meanwhile. */
final class ClientRows implements Rows {

    private final Rows rows;
    private final ClientStore store;

    ClientRows(Rows rows, ClientStore store) {
        this.rows = rows;
        this.store = store;
    }

    @Override
    public Schema schema() {
        return rows.schema();
    }

    @Override
    public @Nullable ColumnBatch next() {
        ColumnBatch batch = rows.next();
        if (batch == null) {
            store.close();
        }
        return batch;
    }

    @Override
    public void close() {
        try {
            rows.close();
        } finally {
            store.close();
        }
    }

    @Override
    public String toString() {
        return rows.toString();
    }
}
