package io.github.keywharf.pipeline;

import io.github.keywharf.pipeline.star.StarTable;
import io.github.keywharf.pipeline.zone.BatchRejects;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The keys of rejected rows of a star table: they are missing from the warehouse but not from the source, so that they
 * must not be taken for deleted. Not thread-safe.
 */
final class RejectedKeys {

    /** More than these are not remembered. */
    static final int MAX = 100_000;

    private final String column;
    private final Schema schema;
    private final List<Object> keys = new ArrayList<>();
    private boolean overflown;
    private long count;
    private long sum;

    RejectedKeys(StarTable star) {
        String key = star.target().key().get(0);
        this.schema = star.target().schema().select(List.of(key));
        this.column = star.columns().stream()
                .filter(candidate -> candidate.target().name().equals(key))
                .map(candidate -> candidate.rule().source())
                .findFirst()
                .orElseThrow();
    }

    /** Remembers the key of a row of the driving table. */
    void add(RejectedRow row) {
        Object key = number(row.row().get(column));
        count++;
        // The order of lines in a file means nothing.
        sum += (key == null ? 1 : key.hashCode() + 2L) * 0x9E3779B97F4A7C15L;
        if (keys.size() == MAX || key == null) {
            overflown = true;
        } else {
            keys.add(key);
        }
    }

    /** Remembers the keys of the rows of the driving table that the extraction rejected. */
    void add(BatchRejects rejected) {
        if (!rejected.allKeys()
                || !rejected.keyColumn().equals(column)
                || keys.size() + rejected.keys().size() > MAX) {
            overflown = true;
        } else {
            keys.addAll(rejected.keys());
        }
    }

    /** How many rows were added and a sum over their keys, as a text. */
    String fingerprint() {
        return count + "/" + Long.toHexString(sum);
    }

    private static @Nullable Object number(@Nullable Object value) {
        return value instanceof Number number ? (Object) number.intValue() : null;
    }

    /** The keys as a table of one column, named as in the star table; empty when not all are known. */
    Optional<Table> table() {
        if (overflown) {
            return Optional.empty();
        }
        List<ColumnVector.Builder> builders = ColumnBatch.builders(schema, keys.size());
        keys.forEach(builders.get(0)::appendValue);
        return Optional.of(Table.of(schema, List.of(ColumnBatch.build(schema, builders))));
    }
}
