package io.github.keywharf.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Chooses and names columns, whose values stay as they are. */
record ColumnsPass(Schema schema, List<Integer> positions) implements RowStep.Pass {

    static ColumnsPass select(Schema from, List<String> names) {
        return new ColumnsPass(
                from.select(names), names.stream().map(from::position).toList());
    }

    static ColumnsPass rename(Schema from, Map<String, String> names) {
        names.keySet().forEach(from::position);
        List<Column> columns = new ArrayList<>();
        List<Integer> positions = new ArrayList<>();
        for (int i = 0; i < from.size(); i++) {
            Column column = from.column(i);
            columns.add(new Column(names.getOrDefault(column.name(), column.name()), column.type(), column.nullable()));
            positions.add(i);
        }
        return new ColumnsPass(Schema.of(columns), positions);
    }

    @Override
    public ColumnBatch apply(ColumnBatch batch, RejectListener rejects) {
        List<ColumnVector> vectors = new ArrayList<>(positions.size());
        for (int position : positions) {
            vectors.add(batch.column(position));
        }
        return batch.withColumns(schema, vectors);
    }
}
