package io.github.keywharf.format.delta;

import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.ObjectVector;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Rows that wait to become files, by partition. However many partitions there are and however their rows are mixed, those
 * that have most become files first, and memory is bounded: files kept open would be many or small.
 */
final class PartitionBuffers {

    /** Rows in memory, about; a partition alone becomes files of some 20 to 40 MB. */
    static final int MAX_MEGABYTES = 128;

    private static final long PIECE_BYTES = 500;
    private static final long VECTOR_BYTES = 150;
    private static final long OBJECT_BYTES = 48;

    private static final class Buffer {
        private final List<ColumnBatch> pieces = new ArrayList<>();
        private long bytes;
    }

    private final long maxBytes;
    private final BiConsumer<List<@Nullable String>, List<ColumnBatch>> files;
    private final Map<List<@Nullable String>, Buffer> buffers = new LinkedHashMap<>();
    private long bytes;

    /** @param files takes the rows of a partition as a file */
    PartitionBuffers(long maxBytes, BiConsumer<List<@Nullable String>, List<ColumnBatch>> files) {
        this.maxBytes = maxBytes;
        this.files = files;
    }

    void add(List<@Nullable String> partition, ColumnBatch rows) {
        Buffer buffer = buffers.computeIfAbsent(partition, all -> new Buffer());
        long size = size(rows);
        buffer.pieces.add(rows);
        buffer.bytes += size;
        bytes += size;
        if (bytes > maxBytes) {
            flush(maxBytes / 2);
        }
    }

    /** Writes all that is left. */
    void end() {
        flush(0);
    }

    private void flush(long left) {
        List<Map.Entry<List<@Nullable String>, Buffer>> largest = new ArrayList<>(buffers.entrySet());
        largest.sort(Comparator.comparingLong(entry -> -entry.getValue().bytes));
        for (Map.Entry<List<@Nullable String>, Buffer> entry : largest) {
            if (bytes <= left) {
                return;
            }
            files.accept(entry.getKey(), entry.getValue().pieces);
            bytes -= entry.getValue().bytes;
            buffers.remove(entry.getKey());
        }
    }

    private static long size(ColumnBatch rows) {
        long size = PIECE_BYTES;
        for (int i = 0; i < rows.schema().size(); i++) {
            ColumnVector vector = rows.column(i);
            size += VECTOR_BYTES + (long) vector.size() * Long.BYTES;
            if (vector instanceof BytesVector texts) {
                size += texts.byteCount(0, texts.size());
            } else if (vector instanceof ObjectVector) {
                for (int row = 0; row < vector.size(); row++) {
                    size += size(vector.value(row));
                }
            }
        }
        return size;
    }

    private static long size(@Nullable Object value) {
        long size = OBJECT_BYTES;
        if (value instanceof String text) {
            size += text.length();
        } else if (value instanceof byte[] bytes) {
            size += bytes.length;
        } else if (value instanceof List<?> list) {
            for (Object element : list) {
                size += size(element);
            }
        } else if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                size += size(entry.getKey()) + size(entry.getValue());
            }
        }
        return size;
    }
}
