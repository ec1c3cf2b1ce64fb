package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.cql.ColumnDefinitions;
import com.datastax.oss.driver.api.core.cql.Row;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.VectorBuilder;
import java.util.List;

/** Collects the driver's rows in batches. Not thread-safe. */
final class RowDecoder {
    private final Schema schema;
    private final List<ValueDecoder> decoders;
    private final List<VectorBuilder> builders;
    private int size;

    RowDecoder(ColumnDefinitions definitions, int capacity) {
        this.schema = CqlTypes.schema(definitions);
        this.decoders = ValueDecoder.of(definitions, schema);
        this.builders = ColumnBatch.builders(schema, capacity);
    }

    Schema schema() {
        return schema;
    }

    void append(Row row) {
        for (int i = 0; i < decoders.size(); i++) {
            decoders.get(i).append(row, i, builders.get(i));
        }
        size++;
    }

    int size() {
        return size;
    }

    /** What was collected, perhaps nothing; the decoder is empty afterwards. */
    ColumnBatch build() {
        size = 0;
        return ColumnBatch.build(schema, builders);
    }
}
