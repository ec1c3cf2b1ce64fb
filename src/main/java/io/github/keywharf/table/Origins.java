package io.github.keywharf.table;

import java.util.Arrays;
import java.util.Objects;

/**
 * Origins of the rows of a batch: one source, and the rows' positions in it. Consecutive positions are stored as one run, so
 * rows in sequence take no memory each.
 *
 * <p>Immutable and thread-safe.
 */
public final class Origins {

    private final String source;
    private final int[] starts;
    private final long[] positions;
    private final int size;

    private Origins(String source, int[] starts, long[] positions, int size) {
        this.source = source;
        this.starts = starts;
        this.positions = positions;
        this.size = size;
    }

    /**
     * Rows at consecutive positions.
     *
     * @param first position of the first row, counted from 1
     * @param size number of rows
     */
    public static Origins consecutive(String source, long first, int size) {
        return new Origins(Objects.requireNonNull(source, "source"), new int[] {0}, new long[] {first}, size);
    }

    /** A builder that takes the positions of rows one by one. */
    public static Builder builder(String source) {
        return new Builder(source);
    }

    /** The source of all rows. */
    public String source() {
        return source;
    }

    /** Number of rows. */
    public int size() {
        return size;
    }

    /** Number of runs of consecutive positions. */
    public int runs() {
        return starts.length;
    }

    /** The origin of a row, counted from 0. */
    public Origin of(int row) {
        return new Origin(source, position(Objects.checkIndex(row, size)));
    }

    private long position(int row) {
        if (starts.length == 0) {
            return 0;
        }
        int found = Arrays.binarySearch(starts, row);
        int run = found >= 0 ? found : -found - 2;
        return positions[run] + row - starts[run];
    }

    /** These origins without the positions. */
    public Origins withoutPositions() {
        return new Origins(source, new int[0], new long[0], size);
    }

    /** The origins of the rows at these indexes, in this order. */
    Origins gather(int[] rows, int count) {
        if (starts.length == 0) {
            return new Origins(source, starts, positions, count);
        }
        Builder chosen = builder(source);
        for (int i = 0; i < count; i++) {
            chosen.add(position(rows[i]));
        }
        return chosen.build();
    }

    @Override
    public String toString() {
        return size == 0 || starts.length == 0 ? source : of(0) + " to " + position(size - 1);
    }

    /** Collects the positions of a batch's rows. Not thread-safe. */
    public static final class Builder {

        private final String source;
        private int[] starts = new int[4];
        private long[] positions = new long[4];
        private int runs;
        private int size;
        private long next = Long.MIN_VALUE;

        private Builder(String source) {
            this.source = Objects.requireNonNull(source, "source");
        }

        /** Adds a row. */
        public void add(long position) {
            if (position != next) {
                begin(position);
            }
            next = position + 1;
            size++;
        }

        private void begin(long position) {
            if (runs == starts.length) {
                starts = Arrays.copyOf(starts, runs * 2);
                positions = Arrays.copyOf(positions, runs * 2);
            }
            starts[runs] = size;
            positions[runs++] = position;
        }

        /** The origins of the added rows; the builder is empty afterwards. */
        public Origins build() {
            Origins built = new Origins(source, Arrays.copyOf(starts, runs), Arrays.copyOf(positions, runs), size);
            runs = 0;
            size = 0;
            next = Long.MIN_VALUE;
            return built;
        }
    }
}
