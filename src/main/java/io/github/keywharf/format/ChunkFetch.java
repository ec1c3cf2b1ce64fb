package io.github.keywharf.format;

import io.github.keywharf.store.ObjectReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.jspecify.annotations.Nullable;

/**
 * Decides how the chunks of a row group are fetched: what lies in the file's tail is there already; small row groups are
 * fetched whole, neighbours with one request; large ones a window of each column at a time.
 */
final class ChunkFetch {

    /** What is held of a row group, whole or as windows of its columns. */
    private static final long FETCH_BYTES = 16L * 1024 * 1024;

    /** The same where each read is a request to a server: as many bytes as most row groups have, if the heap is large. */
    private static final long REMOTE_FETCH_BYTES = Math.max(
            FETCH_BYTES, Math.min(128L * 1024 * 1024, Runtime.getRuntime().maxMemory() / 32));

    private static final int MIN_WINDOW = 128 * 1024;
    private static final int MAX_WINDOW = 4 * 1024 * 1024;

    /** Bytes that are fetched without need rather than asking again. */
    private static final int MAX_GAP = 64 * 1024;

    /** Some old writers left the dictionary page's header out of a chunk's size. */
    private static final int LOST_HEADER = 100;

    private ChunkFetch() {}

    private record Range(long start, long end) {}

    /** Bytes that one request fetches into their place. */
    @SuppressWarnings("ArrayRecordComponent") // never compared or shown as a record
    private record Piece(long start, byte[] target, int offset, int length) {
        void fetch(ObjectReader object) {
            object.readFully(start, target, offset, length);
        }
    }

    static List<ChunkInput> inputs(
            ObjectReader object, ParquetFooter footer, List<ColumnChunkMetaData> chunks, @Nullable Executor executor) {
        List<Range> ranges = new ArrayList<>();
        long total = 0;
        for (ColumnChunkMetaData chunk : chunks) {
            long end = Math.min(footer.size(), chunk.getStartingPos() + chunk.getTotalSize() + LOST_HEADER);
            ranges.add(new Range(chunk.getStartingPos(), end));
            total += end - chunk.getStartingPos();
        }
        long tailStart = footer.size() - footer.tail().length;
        ChunkInput[] inputs = new ChunkInput[ranges.size()];
        List<Integer> remote = new ArrayList<>();
        for (int i = 0; i < inputs.length; i++) {
            Range range = ranges.get(i);
            if (range.start() >= tailStart) {
                inputs[i] = new ChunkInput(
                        footer.tail(), (int) (range.start() - tailStart), (int) (range.end() - tailStart));
            } else {
                remote.add(i);
            }
        }
        boolean ofServer = object.pieceBytes() > MIN_WINDOW;
        long most = ofServer ? REMOTE_FETCH_BYTES : FETCH_BYTES;
        if (total <= most) {
            fetchMerged(object, ranges, remote, inputs, executor);
        } else {
            int largest = Math.max(MAX_WINDOW, object.pieceBytes());
            int window = (int) Math.max(MIN_WINDOW, Math.min(largest, most / Math.max(1, remote.size())));
            for (int i : remote) {
                inputs[i] = new ChunkInput(
                        object, ranges.get(i).start(), ranges.get(i).end(), window);
            }
        }
        return List.of(inputs);
    }

    private static void fetchMerged(
            ObjectReader object,
            List<Range> ranges,
            List<Integer> remote,
            ChunkInput[] inputs,
            @Nullable Executor executor) {
        remote.sort(Comparator.comparingLong(i -> ranges.get(i).start()));
        List<Range> merged = new ArrayList<>();
        int[] mergedOf = new int[inputs.length];
        for (int i : remote) {
            Range range = ranges.get(i);
            Range last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
            if (last != null && range.start() - last.end() <= MAX_GAP) {
                merged.set(merged.size() - 1, new Range(last.start(), Math.max(last.end(), range.end())));
            } else {
                merged.add(range);
            }
            mergedOf[i] = merged.size() - 1;
        }
        List<byte[]> fetched = new ArrayList<>();
        List<Piece> pieces = new ArrayList<>();
        for (Range range : merged) {
            byte[] target = new byte[(int) (range.end() - range.start())];
            fetched.add(target);
            int most = executor == null ? target.length : Math.max(MAX_WINDOW, object.pieceBytes());
            for (int from = 0; from < target.length; from += most) {
                pieces.add(new Piece(range.start() + from, target, from, Math.min(most, target.length - from)));
            }
        }
        ColumnParallel.each(executor, pieces.size(), i -> pieces.get(i).fetch(object));
        remote.forEach(i -> {
            long base = merged.get(mergedOf[i]).start();
            inputs[i] = new ChunkInput(
                    fetched.get(mergedOf[i]), (int) (ranges.get(i).start() - base), (int)
                            (ranges.get(i).end() - base));
        });
    }
}
