package io.github.keywharf.format;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.OnePass;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.table.BoundCondition;
import io.github.keywharf.table.ColumnBatch;
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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/** The rows of a file, row group after row group, batch after batch. */
final class ParquetRows implements Rows {

    private final ObjectReader object;
    private final ParquetFooter footer;
    private final List<ParquetNode> nodes;
    private final List<PageBuffer> pages;
    private final List<PageBuffer> windows;
    private final List<Optional<LeafTarget>> targets;
    private final Schema readSchema;
    private final Schema schema;
    private final @Nullable BoundCondition filter;
    private final @Nullable Executor executor;
    private final int batchRows;
    private final BatchesAhead batches;
    private @Nullable Next following;
    private boolean followingFits;
    private int nextGroup;
    private long rowsBefore;
    private @Nullable RuntimeException failure;
    private OnePass state = OnePass.OPEN;

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
        pages = buffers();
        windows = buffers();
        targets = nodes.stream().map(ParquetRows::target).toList();
        readSchema = Schema.of(nodes.stream().map(ParquetNode::column).toList());
        schema = readSchema.select(chosen);
        this.filter = filter == null ? null : filter.bind(readSchema);
        boolean nested = nodes.stream().anyMatch(node -> !node.isFlat());
        batches = new BatchesAhead(new Groups(), nodes.size(), executor, nested);
    }

    /** Lets the threads that are lent fetch the first row group. */
    ParquetRows begun() {
        fetchNext(null);
        return this;
    }

    /** Used again for one row group after the other. */
    private List<PageBuffer> buffers() {
        return nodes.stream()
                .flatMap(node -> node.leaves().stream())
                .map(leaf -> new PageBuffer())
                .toList();
    }

    private static Optional<LeafTarget> target(ParquetNode node) {
        return node.isFlat()
                ? Optional.of(LeafTarget.of(new LeafChange(Objects.requireNonNull(node.leafType()))))
                : Optional.empty();
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
        state.requireOpen();
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
            BatchesAhead.Batch read = batches.next();
            if (read == null) {
                return null;
            }
            ColumnBatch batch = chosen(ColumnBatch.of(readSchema, Arrays.asList(read.vectors()))
                    .withOrigins(Origins.consecutive(footer.key(), read.first, read.rows)));
            if (batch.size() > 0) {
                return batch;
            }
        }
    }

    /** A row group that is read next, whose bytes may be on their way. */
    private record Next(BlockMetaData block, long firstRow, List<ColumnChunkMetaData> chunks, ChunkFetch fetch) {}

    private final class Groups implements BatchesAhead.Groups {
        @Override
        public @Nullable RowGroup next() {
            return openNext();
        }

        @Override
        public boolean fitsBeside() {
            return followingFits;
        }
    }

    private @Nullable RowGroup openNext() {
        try {
            Next next = following == null ? findNext() : following;
            following = null;
            if (next == null) {
                return null;
            }
            List<ChunkInput> inputs = next.fetch.inputs(executor, windows);
            fetchNext(next.fetch);
            int rows = BatchSize.rows(next.block, nodes, batchRows, ParquetLimits.BATCH_ENTRIES);
            return new RowGroup(footer, next.block, next.firstRow, nodes, next.chunks, inputs, pages, targets, rows);
        } catch (KeywharfException e) {
            throw e;
        } catch (RuntimeException e) {
            throw ParquetFooter.corrupt(footer.key(), "row group " + nextGroup + " cannot be read: " + e, e);
        }
    }

    /** Begins to fetch the row group after this one, if there is memory for both. What fails, fails again in its turn. */
    private void fetchNext(@Nullable ChunkFetch current) {
        if (executor == null) {
            return;
        }
        int number = nextGroup;
        long before = rowsBefore;
        try {
            Next next = findNext();
            followingFits = next == null || next.fetch.fitsBeside(current);
            if (next != null && followingFits) {
                next.fetch.begin(executor);
            }
            following = next;
        } catch (RuntimeException | OutOfMemoryError e) {
            following = null;
            followingFits = false;
            nextGroup = number;
            rowsBefore = before;
        }
    }

    private @Nullable Next findNext() {
        while (nextGroup < footer.groups().size()) {
            BlockMetaData next = footer.groups().get(nextGroup++);
            long firstRow = rowsBefore + 1;
            rowsBefore += next.getRowCount();
            if (next.getRowCount() > 0 && (filter == null || filter.mayBeTrue(statistics(next)))) {
                List<ColumnChunkMetaData> chunks = RowGroup.chunks(footer, next, nodes);
                return new Next(next, firstRow, chunks, new ChunkFetch(object, footer, chunks));
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

    private ColumnBatch chosen(ColumnBatch read) {
        ColumnBatch projected = read.schema().size() == schema.size() ? read : read.select(schema.names());
        return filter == null ? projected : filter.rest(read, projected);
    }

    @Override
    public void close() {
        state = OnePass.CLOSED;
        batches.close();
        if (following != null) {
            following.fetch.giveUp();
            following = null;
        }
        object.close();
    }

    @Override
    public String toString() {
        return "Rows[" + schema() + "]";
    }
}
