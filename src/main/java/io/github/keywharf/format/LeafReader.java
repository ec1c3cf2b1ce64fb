package io.github.keywharf.format;

import java.io.IOException;
import java.util.Arrays;

/** Reads one leaf column of a row group into vectors, a slice at a time. */
final class LeafReader {

    /** Values that are handled at a time: the arrays they pass through stay in the processor's caches. */
    static final int SLICE = 4096;

    private final PageSource pages;
    private final int maxDefinition;
    private final DecodedValues decoded = new DecodedValues();
    private final LeafChange change;
    private final int slice;
    private final int[] repetition;
    private final int[] definition;
    private final long[] there;
    private PageSource.@org.jspecify.annotations.Nullable Page page;
    private int pageLeft;
    private long chunkLeft;
    private int slicePosition;
    private int sliceSize;
    private int sliceValue;

    /** @param entries how many entries the chunk has, nulls and empty lists included */
    LeafReader(PageSource pages, ParquetNode leaf, LeafChange change, long entries) {
        this.pages = pages;
        maxDefinition = leaf.definition();
        chunkLeft = entries;
        this.change = change;
        slice = (int) Math.min(SLICE, entries);
        repetition = new int[slice];
        definition = new int[slice];
        there = new long[slice / Long.SIZE + 1];
    }

    /** Reads rows of a column that is not a list, map or struct. */
    void read(int rows, LeafTarget out) throws IOException {
        for (int left = rows; left > 0; ) {
            PageSource.Page current = page();
            int count = Math.min(Math.min(left, pageLeft), slice);
            int present = present(current, count);
            decodeValues(current, present);
            if (present == count) {
                out.append(decoded, 0, count);
            } else {
                out.append(decoded, there, count);
            }
            taken(count);
            left -= count;
        }
    }

    /** Reads the entries of whole rows of a column that is part of a list, map or struct. */
    void read(int rows, Levels levels, LeafTarget dense) throws IOException {
        int begun = 0;
        while (true) {
            if (slicePosition == sliceSize && !nextSlice()) {
                if (begun < rows) {
                    throw new IOException("the column has fewer rows than the row group says");
                }
                return;
            }
            int from = sliceValue;
            while (slicePosition < sliceSize) {
                if (repetition[slicePosition] == 0 && begun++ == rows) {
                    dense.append(decoded, from, sliceValue);
                    return;
                }
                ParquetLimits.check(levels.size(), ParquetLimits.BATCH_ENTRIES, "entries in one batch");
                levels.add(repetition[slicePosition], definition[slicePosition]);
                sliceValue += definition[slicePosition] == maxDefinition ? 1 : 0;
                slicePosition++;
            }
            dense.append(decoded, from, sliceValue);
        }
    }

    /** Fails when entries are left after the last row. */
    void requireEnd() throws IOException {
        if (slicePosition < sliceSize || chunkLeft > 0) {
            throw new IOException("the column has more rows than the row group says");
        }
    }

    private boolean nextSlice() throws IOException {
        if (pageLeft == 0 && chunkLeft <= 0) {
            return false;
        }
        PageSource.Page current = page();
        sliceSize = Math.min(pageLeft, slice);
        slicePosition = 0;
        sliceValue = 0;
        current.repetition().read(repetition, sliceSize);
        int present = levels(current, sliceSize);
        if (present == sliceSize) {
            // They need not be looked at one by one, but they are added to the others.
            Arrays.fill(definition, 0, sliceSize, maxDefinition);
        }
        decodeValues(current, present);
        taken(sliceSize);
        return true;
    }

    private PageSource.Page page() throws IOException {
        PageSource.Page current = page;
        if (current == null || pageLeft == 0) {
            if (chunkLeft <= 0) {
                throw new IOException("the column has fewer values than the row group has rows");
            }
            current = pages.next(chunkLeft);
            page = current;
            pageLeft = current.entries();
        }
        return current;
    }

    private void taken(int count) {
        pageLeft -= count;
        chunkLeft -= count;
    }

    /** How many of the next entries are present; which, is in {@link #there} unless all are. */
    private int present(PageSource.Page current, int count) {
        if (maxDefinition == 1 && current.definition() instanceof RunDecoder runs) {
            return runs.takeAll(1, count) ? count : runs.readBits(there, count);
        }
        int present = levels(current, count);
        if (present < count) {
            Arrays.fill(there, 0);
            for (int i = 0; i < count; i++) {
                // Levels are never above that of what is present, so the sign says which it is.
                there[i >>> 6] |= (long) (~(definition[i] - maxDefinition) >>> 31) << i;
            }
        }
        return present;
    }

    private int levels(PageSource.Page current, int count) {
        if (maxDefinition == 0 || current.definition().takeAll(maxDefinition, count)) {
            return count;
        }
        current.definition().read(definition, count);
        int present = 0;
        for (int i = 0; i < count; i++) {
            present += definition[i] == maxDefinition ? 1 : 0;
        }
        return present;
    }

    private void decodeValues(PageSource.Page current, int count) {
        if (count > 0) {
            current.values().decode(decoded, count);
            change.apply(decoded, count);
        }
    }
}
