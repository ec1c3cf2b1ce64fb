package io.github.keywharf.format;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ColumnPath;

/** How many rows of a row group are read into one batch: longer rows make shorter batches. */
final class BatchSize {

    /** What a batch may take in memory, estimated from the row group's size. */
    private static final long BATCH_BYTES = 32L * 1024 * 1024;

    /** What a value takes at least, whatever the row group says. */
    private static final long VALUE_BYTES = 4;

    private BatchSize() {}

    /**
     * The rows of a batch.
     *
     * @param group a row group that has rows
     * @param most the most rows, whatever their size
     * @param mostEntries the most entries of one column of lists or maps in a batch; lists of few distinct values take
     *     next to no bytes in the file, so their entries are counted. Half as many are expected in a batch, as some lists
     *     are longer than others
     */
    static int rows(BlockMetaData group, List<ParquetNode> nodes, int most, long mostEntries) {
        int leaves = 0;
        Set<ColumnPath> nested = new HashSet<>();
        for (ParquetNode node : nodes) {
            for (ParquetNode leaf : node.leaves()) {
                leaves++;
                if (!node.isFlat()) {
                    nested.add(
                            ColumnPath.get(Objects.requireNonNull(leaf.leaf()).getPath()));
                }
            }
        }
        long groupRows = group.getRowCount();
        long rowBytes = Math.max(leaves * VALUE_BYTES, group.getTotalByteSize() / groupRows);
        long rows = Math.min(most, Math.max(64, BATCH_BYTES / rowBytes));
        for (ColumnChunkMetaData chunk : nested.isEmpty() ? List.<ColumnChunkMetaData>of() : group.getColumns()) {
            if (nested.contains(chunk.getPath())) {
                long rowEntries = Math.max(1, chunk.getValueCount() / groupRows);
                rows = Math.min(rows, Math.max(1, mostEntries / 2 / rowEntries));
            }
        }
        return (int) Math.min(rows, groupRows);
    }
}
