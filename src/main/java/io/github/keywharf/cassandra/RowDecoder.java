package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.cql.ColumnDefinition;
import com.datastax.oss.driver.api.core.cql.ColumnDefinitions;
import com.datastax.oss.driver.api.core.cql.Row;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Schema;
import java.util.List;
import java.util.Map;

/** Collects the driver's rows in batches. Not thread-safe. */
final class RowDecoder {
    private final Schema schema;
    private final ColumnDefinitions first;
    private final List<ValueDecoder> decoders;
    private final List<ColumnVector.Builder> builders;
    private final int[] positions;
    private ColumnDefinitions current;
    private int size;

    RowDecoder(ColumnDefinitions definitions, int capacity) {
        this(definitions, Map.of(), capacity);
    }

    RowDecoder(ColumnDefinitions definitions, Map<String, ColumnType> columnTypes, int capacity) {
        this.schema = CqlTypes.schema(definitions, columnTypes);
        this.first = definitions;
        this.current = definitions;
        this.decoders = ValueDecoder.of(definitions, schema);
        this.builders = ColumnBatch.builders(schema, capacity);
        this.positions = new int[decoders.size()];
        for (int i = 0; i < positions.length; i++) {
            positions[i] = i;
        }
    }

    Schema schema() {
        return schema;
    }

    /**
     * Takes rows of these definitions from now on: someone may change the table between two pages.
     *
     * @throws KeywharfException with code {@code cassandra.schema_changed} when a column is gone or of another type
     */
    void turnTo(String subject, ColumnDefinitions definitions) {
        if (definitions == current || same(definitions)) {
            return;
        }
        for (int i = 0; i < positions.length; i++) {
            ColumnDefinition wanted = first.get(i);
            int position = definitions.firstIndexOf(wanted.getName());
            if (position < 0 || !definitions.get(position).getType().equals(wanted.getType())) {
                throw new KeywharfException(
                        "cassandra.schema_changed",
                        subject,
                        "The column '" + wanted.getName().asInternal()
                                + "' was dropped or recreated while the rows were read; run the statement again");
            }
            positions[i] = position;
        }
        current = definitions;
    }

    private boolean same(ColumnDefinitions definitions) {
        if (definitions.size() != current.size()) {
            return false;
        }
        for (int i = 0; i < definitions.size(); i++) {
            if (!definitions.get(i).getName().equals(current.get(i).getName())
                    || !definitions.get(i).getType().equals(current.get(i).getType())) {
                return false;
            }
        }
        return true;
    }

    void append(Row row) {
        for (int i = 0; i < decoders.size(); i++) {
            decoders.get(i).append(row, positions[i], builders.get(i));
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
