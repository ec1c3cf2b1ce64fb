package io.github.keywharf.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Chooses and names columns, whose values stay as they are. */
record ColumnsPass(Schema schema, int[] positions) implements RowStep.Pass {

    static ColumnsPass select(Schema from, List<String> names) {
        return new ColumnsPass(
                from.select(names), names.stream().mapToInt(from::position).toArray());
    }

    static ColumnsPass rename(Schema from, Map<String, String> names) {
        names.keySet().forEach(from::position);
        List<Column> columns = new ArrayList<>();
        int[] positions = new int[from.size()];
        for (int i = 0; i < positions.length; i++) {
            Column column = from.column(i);
            columns.add(new Column(names.getOrDefault(column.name(), column.name()), column.type(), column.nullable()));
            positions[i] = i;
        }
        return new ColumnsPass(Schema.of(columns), positions);
    }

    @Override
    public ColumnBatch apply(ColumnBatch batch, RejectListener rejects) {
        List<ColumnVector> vectors = new ArrayList<>(positions.length);
        for (int position : positions) {
            vectors.add(batch.column(position));
        }
        return batch.withColumns(schema, vectors);
    }
}
