package io.github.keywharf.format;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.ColumnVector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ColumnPath;
import org.jspecify.annotations.Nullable;

/** A row group being read: where each chosen column has got to. */
final class RowGroup {

    private final ParquetFooter footer;
    private final List<ParquetNode> nodes;
    private final List<List<LeafReader>> readers = new ArrayList<>();
    private final List<Optional<LeafTarget>> targets;
    private final List<@Nullable NestedAssembler> assemblers = new ArrayList<>();
    private final int batchRows;
    private final long firstRow;
    private final long rowCount;
    private long rowsLeft;

    /**
     * A row group whose first row has that number in the file, from 1 on.
     *
     * @param chunks those of the columns, and {@code inputs} their bytes
     * @param pages a buffer for each chunk, which other row groups had before
     * @param targets what collects the values, for each column that is not a list, map or struct
     */
    RowGroup(
            ParquetFooter footer,
            BlockMetaData block,
            long firstRow,
            List<ParquetNode> nodes,
            List<ColumnChunkMetaData> chunks,
            List<ChunkInput> inputs,
            List<PageBuffer> pages,
            List<Optional<LeafTarget>> targets,
            int batchRows) {
        this.footer = footer;
        this.nodes = nodes;
        this.targets = targets;
        this.batchRows = batchRows;
        this.firstRow = firstRow;
        rowCount = block.getRowCount();
        rowsLeft = rowCount;
        int next = 0;
        for (ParquetNode node : nodes) {
            List<LeafReader> own = new ArrayList<>();
            for (ParquetNode leaf : node.leaves()) {
                ColumnChunkMetaData chunk = chunks.get(next);
                PageSource source = new PageSource(
                        inputs.get(next), Objects.requireNonNull(leaf.leaf()), chunk.getCodec(), pages.get(next));
                LeafChange change = new LeafChange(Objects.requireNonNull(leaf.leafType()));
                own.add(new LeafReader(source, leaf, change, chunk.getValueCount()));
                next++;
            }
            readers.add(own);
            assemblers.add(node.isFlat() ? null : new NestedAssembler(node, own, batchRows));
        }
    }

    /** The chunks of the columns, each of which must have as many values as the row group has rows. */
    static List<ColumnChunkMetaData> chunks(ParquetFooter footer, BlockMetaData block, List<ParquetNode> nodes) {
        List<ColumnChunkMetaData> chunks = new ArrayList<>();
        for (ParquetNode node : nodes) {
            for (ParquetNode leaf : node.leaves()) {
                chunks.add(chunk(footer, block, leaf));
            }
        }
        return chunks;
    }

    private static ColumnChunkMetaData chunk(ParquetFooter footer, BlockMetaData block, ParquetNode leaf) {
        ColumnPath path = ColumnPath.get(Objects.requireNonNull(leaf.leaf()).getPath());
        for (ColumnChunkMetaData chunk : block.getColumns()) {
            if (chunk.getPath().equals(path)) {
                ParquetDecompression.check(chunk.getCodec(), footer.key());
                boolean repeated = Objects.requireNonNull(leaf.leaf()).getMaxRepetitionLevel() > 0;
                if (chunk.getValueCount() < block.getRowCount()
                        || (chunk.getValueCount() > block.getRowCount() && !repeated)) {
                    throw ParquetFooter.corrupt(
                            footer.key(),
                            "column " + path + " has " + chunk.getValueCount() + " values in a row group of "
                                    + block.getRowCount() + (block.getRowCount() == 1 ? " row" : " rows"),
                            null);
                }
                return chunk;
            }
        }
        throw ParquetFooter.corrupt(footer.key(), "a row group lacks column " + path, null);
    }

    long rowsLeft() {
        return rowsLeft;
    }

    /** Begins a batch, and returns how many rows it has. */
    int startBatch() {
        int rows = (int) Math.min(batchRows, rowsLeft);
        rowsLeft -= rows;
        return rows;
    }

    /** The number in the file of the first row of the batch of that size that was begun last. */
    long firstRow(int rows) {
        return firstRow + rowCount - rowsLeft - rows;
    }

    /**
     * The next rows of a column; different columns may be read by several threads.
     *
     * @param last whether they are the last ones of the group
     */
    ColumnVector read(int column, int rows, boolean last) {
        NestedAssembler assembler = assemblers.get(column);
        try {
            if (targets.get(column).isPresent()) {
                LeafTarget target = targets.get(column).get().begin(rows);
                readers.get(column).get(0).read(rows, target);
                return target.build();
            }
            ColumnVector vector = Objects.requireNonNull(assembler).read(rows);
            if (last) {
                for (LeafReader reader : readers.get(column)) {
                    reader.requireEnd();
                }
            }
            return vector;
        } catch (KeywharfException e) {
            throw e;
        } catch (ParquetLimits.TooLarge e) {
            throw new KeywharfException(
                    "parquet.too_large",
                    footer.key(),
                    "column '" + nodes.get(column).column().name() + "' " + e.getMessage()
                            + "; lower batchRows, or give the JVM more memory",
                    e);
        } catch (ArithmeticException e) {
            throw new KeywharfException(
                    "parquet.out_of_range",
                    footer.key(),
                    "column '" + nodes.get(column).column().name()
                            + "' has a value that is out of the range of "
                            + nodes.get(column).column().type()
                            + "; leave the column out by columns(...)",
                    e);
        } catch (IOException | RuntimeException e) {
            throw ParquetFooter.corrupt(
                    footer.key(), "column '" + nodes.get(column).column().name() + "' cannot be read: " + e, e);
        }
    }
}
