package io.github.keywharf.format;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.OnePass;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.table.BoundCondition;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Condition;
import io.github.keywharf.table.Origins;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/** The rows of a file, row group after row group, batch after batch. */
final class ParquetRows implements Rows {

    private final ObjectReader object;
    private final ParquetFooter footer;
    private final List<ParquetNode> nodes;
    private final List<PageBuffer> buffers;
    private final Schema readSchema;
    private final Schema schema;
    private final @Nullable BoundCondition filter;
    private final @Nullable Executor executor;
    private final int batchRows;
    private @Nullable RowGroup group;
    private @Nullable Reading ahead;
    private int nextGroup;
    private long groupStart;
    private long rowsBefore;
    private @Nullable RuntimeException failure;
    private boolean closed;

    ParquetRows(
            ObjectReader object,
            ParquetFooter footer,
            List<String> columns,
            @Nullable Condition filter,
            @Nullable Executor executor,
            int batchRows) {
        this.object = object;
        this.footer = footer;
        this.executor = executor;
        this.batchRows = batchRows;
        List<String> chosen = columns.isEmpty() ? fieldNames(footer) : columns;
        Set<String> read = new LinkedHashSet<>(chosen);
        if (filter != null) {
            read.addAll(filter.columns());
        }
        nodes = nodes(footer, List.copyOf(read));
        footer.checkReadable(nodes);
        buffers = nodes.stream()
                .flatMap(node -> node.leaves().stream())
                .map(leaf -> new PageBuffer())
                .toList();
        readSchema = Schema.of(nodes.stream().map(ParquetNode::column).toList());
        schema = readSchema.select(chosen);
        this.filter = filter == null ? null : filter.bind(readSchema);
    }

    private static List<String> fieldNames(ParquetFooter footer) {
        return footer.schema().getFields().stream().map(Type::getName).toList();
    }

    /** The columns of these names, or all when there are none. */
    static List<ParquetNode> nodes(ParquetFooter footer, List<String> names) {
        List<String> there = fieldNames(footer);
        for (String name : names.isEmpty() ? there : names) {
            if (!there.contains(name)) {
                throw new IllegalArgumentException(
                        "There is no column '" + name + "' in " + footer.key() + " among " + there);
            }
            if (Collections.frequency(there, name) > 1) {
                throw new KeywharfException(
                        "parquet.unsupported_type",
                        footer.key(),
                        "has more than one column '" + name + "'; read others by columns(...)");
            }
        }
        if (there.isEmpty()) {
            throw new KeywharfException("parquet.unsupported_type", footer.key(), "has no columns");
        }
        return (names.isEmpty() ? there : names)
                .stream().map(name -> node(footer, name)).toList();
    }

    private static ParquetNode node(ParquetFooter footer, String name) {
        try {
            return ParquetNode.of(footer.schema(), name, footer.key());
        } catch (KeywharfException e) {
            throw e;
        } catch (RuntimeException e) {
            throw ParquetFooter.corrupt(footer.key(), "column '" + name + "' has no valid type: " + e, e);
        }
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public @Nullable ColumnBatch next() {
        OnePass.requireOpen(closed);
        if (failure != null) {
            // Some columns have gone on and others have not: what follows would be rows of both.
            throw failure;
        }
        try {
            return nextBatch();
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        } catch (Error e) {
            failure = new IllegalStateException("An earlier batch could not be read", e);
            throw e;
        }
    }

    private @Nullable ColumnBatch nextBatch() {
        while (true) {
            RowGroup current = group;
            Reading reading = ahead;
            if (reading == null && (current == null || current.rowsLeft() == 0)) {
                // The finished one's buffers go before the next one's are fetched.
                current = null;
                group = null;
                current = openNext();
                group = current;
                if (current == null) {
                    return null;
                }
            }
            if (reading == null) {
                reading = new Reading(Objects.requireNonNull(current));
            }
            ahead = null;
            ColumnBatch read = reading.batch();
            if (executor != null && current != null && current.rowsLeft() > 0) {
                // The threads that are lent read on while the caller looks at this batch.
                ahead = new Reading(current).begin(executor);
            }
            ColumnBatch batch = chosen(read);
            if (batch.size() > 0) {
                return batch;
            }
        }
    }

    private @Nullable RowGroup openNext() {
        try {
            return openNextGroup();
        } catch (KeywharfException e) {
            throw e;
        } catch (RuntimeException e) {
            throw ParquetFooter.corrupt(footer.key(), "row group " + nextGroup + " cannot be read: " + e, e);
        }
    }

    private @Nullable RowGroup openNextGroup() {
        while (nextGroup < footer.groups().size()) {
            BlockMetaData next = footer.groups().get(nextGroup++);
            groupStart = rowsBefore;
            rowsBefore += next.getRowCount();
            if (next.getRowCount() > 0 && (filter == null || filter.mayBeTrue(statistics(next)))) {
                int rows = BatchSize.rows(next, nodes, batchRows, ParquetLimits.BATCH_ENTRIES);
                return new RowGroup(object, footer, next, nodes, buffers, rows, executor);
            }
        }
        return null;
    }

    private RowGroupStats statistics(BlockMetaData block) {
        Map<String, ParquetLeafType> types = new HashMap<>();
        for (ParquetNode node : nodes) {
            if (node.isFlat() && node.leafType() != null) {
                types.put(node.column().name(), node.leafType());
            }
        }
        return RowGroupStats.of(block, types);
    }

    /** One batch, read or being read. */
    private final class Reading {
        private final RowGroup from;
        private final ColumnVector[] vectors = new ColumnVector[nodes.size()];
        private final int rows;
        private final long first;
        private ColumnParallel.@Nullable Round round;

        Reading(RowGroup from) {
            this.from = from;
            rows = from.startBatch();
            first = groupStart + from.startOf(rows) + 1;
        }

        private void read(int column) {
            vectors[column] = from.read(column, rows);
        }

        Reading begin(Executor threads) {
            round = ColumnParallel.begin(threads, vectors.length, this::read);
            return this;
        }

        ColumnBatch batch() {
            if (round == null) {
                ColumnParallel.each(executor, vectors.length, this::read);
            } else {
                round.finish();
            }
            return ColumnBatch.of(readSchema, Arrays.asList(vectors))
                    .withOrigins(Origins.consecutive(footer.key(), first, rows));
        }

        void giveUp() {
            if (round != null) {
                round.giveUp();
            }
        }
    }

    private ColumnBatch chosen(ColumnBatch read) {
        ColumnBatch projected = read.schema().size() == schema.size() ? read : read.select(schema.names());
        return filter == null ? projected : filter.rest(read, projected);
    }

    @Override
    public void close() {
        closed = true;
        group = null;
        if (ahead != null) {
            ahead.giveUp();
            ahead = null;
        }
        object.close();
    }

    @Override
    public String toString() {
        return "Rows[" + schema() + "]";
    }
}
