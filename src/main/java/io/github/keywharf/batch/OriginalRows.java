package io.github.keywharf.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Origins;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Rows;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds rows again as they stand in their file, reading it a second time beside the first. It is only opened when a row is
 * rejected that was read, and goes forward only.
 */
final class OriginalRows implements AutoCloseable {

    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build()
            .readerFor(Object.class);

    private final RowsSource source;
    private @Nullable Rows rows;
    private @Nullable ColumnBatch batch;
    private int next;

    OriginalRows(RowsSource source) {
        this.source = source;
    }

    /**
     * Finds rows that are not before those found last.
     *
     * @param wanted by position; those that are found are removed
     * @param found takes each with the values that it has in the file
     */
    void find(Map<Long, RejectedRow> wanted, Consumer<RejectedRow> found) {
        Rows opened = rows;
        if (opened == null && !wanted.isEmpty()) {
            opened = source.unread();
            rows = opened;
        }
        while (opened != null && !wanted.isEmpty()) {
            ColumnBatch current = batch;
            if (current == null || next == current.size()) {
                current = opened.next();
                batch = current;
                next = 0;
                if (current == null) {
                    return;
                }
            }
            Origins origins = current.origins().orElseThrow();
            while (next < current.size() && !wanted.isEmpty()) {
                RejectedRow row = wanted.remove(origins.of(next).position());
                if (row != null) {
                    found.accept(new RejectedRow(
                            row.source(), row.position(), row.column(), row.reason(), values(current, next)));
                }
                next++;
            }
        }
    }

    private static Map<String, @Nullable Object> values(ColumnBatch batch, int row) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (Column column : batch.schema()) {
            Object value = batch.column(column.name()).value(row);
            values.put(
                    column.name(),
                    value instanceof String json && column.type().kind() == ColumnType.Kind.JSON ? tree(json) : value);
        }
        return values;
    }

    private static Object tree(String json) {
        try {
            return JSON.readValue(json);
        } catch (JsonProcessingException e) {
            return json;
        }
    }

    @Override
    public void close() {
        if (rows != null) {
            rows.close();
        }
    }
}
