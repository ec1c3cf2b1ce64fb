package io.github.keywharf.format;

import io.github.keywharf.store.ObjectReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the chunks of a row group: what lies in the file's tail is there already. From a server, row groups that are not
 * too large are fetched whole, neighbours with one request, perhaps while the one before is decoded; all others a window of
 * each column at a time, when it is needed.
 */
final class ChunkFetch {

    /** What is held of a row group as windows of its columns. */
    private static final long WINDOW_BYTES = 16L * 1024 * 1024;

    /** The same where each read is a request to a server: as many bytes as most row groups have, if the heap is large. */
    private static final long REMOTE_BYTES = Math.max(
            WINDOW_BYTES, Math.min(128L * 1024 * 1024, Runtime.getRuntime().maxMemory() / 32));

    private static final int MIN_WINDOW = 128 * 1024;
    private static final int MAX_WINDOW = 4 * 1024 * 1024;

    /** Bytes that are fetched without need rather than asking again. */
    private static final int MAX_GAP = 64 * 1024;

    /** Some old writers left the dictionary page's header out of a chunk's size. */
    private static final int LOST_HEADER = 100;

    private final ObjectReader object;
    private final List<Range> ranges = new ArrayList<>();
    private final ChunkInput[] inputs;
    private final List<Integer> remote = new ArrayList<>();
    private final boolean whole;
    private final long bytes;
    private final List<Range> merged = new ArrayList<>();
    private final int[] mergedOf;
    private List<byte[]> fetched = List.of();
    private List<Piece> pieces = List.of();
    private ColumnParallel.@Nullable Round round;

    private record Range(long start, long end) {}

    /** Bytes that one request fetches into their place. */
    @SuppressWarnings("ArrayRecordComponent") // never compared or shown as a record
    private record Piece(long start, byte[] target, int offset, int length) {
        void fetch(ObjectReader object) {
            object.readFully(start, target, offset, length);
        }
    }

    /** Decides how these chunks are fetched. */
    ChunkFetch(ObjectReader object, ParquetFooter footer, List<ColumnChunkMetaData> chunks) {
        this.object = object;
        long total = 0;
        for (ColumnChunkMetaData chunk : chunks) {
            long end = Math.min(footer.size(), chunk.getStartingPos() + chunk.getTotalSize() + LOST_HEADER);
            ranges.add(new Range(chunk.getStartingPos(), end));
            total += end - chunk.getStartingPos();
        }
        long tailStart = footer.size() - footer.tail().length;
        inputs = new ChunkInput[ranges.size()];
        mergedOf = new int[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            Range range = ranges.get(i);
            if (range.start() >= tailStart) {
                inputs[i] = new ChunkInput(
                        footer.tail(), (int) (range.start() - tailStart), (int) (range.end() - tailStart));
            } else {
                remote.add(i);
            }
        }
        whole = object.pieceBytes() > MIN_WINDOW && total <= REMOTE_BYTES;
        bytes = total;
        if (whole) {
            merge();
        }
    }

    private void merge() {
        remote.sort(Comparator.comparingLong(i -> ranges.get(i).start()));
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
    }

    /** Whether there is memory for the bytes of this row group beside those of the one before. */
    boolean fitsBeside(@Nullable ChunkFetch other) {
        return !whole || other == null || !other.whole || bytes + other.bytes <= REMOTE_BYTES;
    }

    /** Lets threads that are lent begin to fetch what is fetched whole. */
    void begin(Executor threads) {
        if (whole && !remote.isEmpty()) {
            allot(threads);
            round = ColumnParallel.begin(
                    threads, pieces.size(), i -> pieces.get(i).fetch(object));
        }
    }

    private void allot(@Nullable Executor threads) {
        List<byte[]> targets = new ArrayList<>();
        List<Piece> all = new ArrayList<>();
        for (Range range : merged) {
            byte[] target = new byte[(int) (range.end() - range.start())];
            targets.add(target);
            int most = threads == null ? target.length : Math.max(MAX_WINDOW, object.pieceBytes());
            for (int from = 0; from < target.length; from += most) {
                all.add(new Piece(range.start() + from, target, from, Math.min(most, target.length - from)));
            }
        }
        fetched = targets;
        pieces = all;
    }

    /**
     * The bytes of the chunks, once they are there; the calling thread fetches what no other has begun.
     *
     * @param windows a buffer for each chunk, for what is fetched as it is needed
     */
    List<ChunkInput> inputs(@Nullable Executor threads, List<PageBuffer> windows) {
        if (!whole) {
            boolean ofServer = object.pieceBytes() > MIN_WINDOW;
            int largest = Math.max(MAX_WINDOW, object.pieceBytes());
            long share = (ofServer ? REMOTE_BYTES : WINDOW_BYTES) / Math.max(1, remote.size());
            int window = (int) Math.max(MIN_WINDOW, Math.min(largest, share));
            for (int i : remote) {
                inputs[i] = new ChunkInput(
                        object, ranges.get(i).start(), ranges.get(i).end(), window, windows.get(i));
            }
            return List.of(inputs);
        }
        if (round == null) {
            allot(threads);
            ColumnParallel.each(threads, pieces.size(), i -> pieces.get(i).fetch(object));
        } else {
            round.finish();
        }
        for (int i : remote) {
            long base = merged.get(mergedOf[i]).start();
            inputs[i] = new ChunkInput(
                    fetched.get(mergedOf[i]), (int) (ranges.get(i).start() - base), (int)
                            (ranges.get(i).end() - base));
        }
        return List.of(inputs);
    }

    /** Fetches no further piece, and waits for those that were begun. */
    void giveUp() {
        if (round != null) {
            round.giveUp();
        }
    }
}
