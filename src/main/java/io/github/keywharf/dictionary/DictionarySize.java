package io.github.keywharf.dictionary;

import java.util.Locale;

/**
 * Estimated size of a table. The server computes it every few minutes, for data on disk.
 *
 * @param partitions estimated number of partitions
 * @param meanPartitionBytes estimated mean size of a partition, in bytes, of one replica before compression
 */
public record DictionarySize(long partitions, long meanPartitionBytes) {

    /** Rejects less than one partition: an unknown size is absent, not 0. */
    public DictionarySize {
        if (partitions < 1 || meanPartitionBytes < 0) {
            throw new IllegalArgumentException("A size of " + partitions + " partitions of " + meanPartitionBytes
                    + " bytes is not valid; an unknown size is absent");
        }
    }

    /** Returns the number of partitions times their mean size. */
    public long bytes() {
        return Math.multiplyHigh(partitions, meanPartitionBytes) == 0 && partitions * meanPartitionBytes >= 0
                ? partitions * meanPartitionBytes
                : Long.MAX_VALUE;
    }

    @Override
    public String toString() {
        return "about " + String.format(Locale.ROOT, "%,d", partitions)
                + (partitions == 1 ? " partition" : " partitions") + " of " + Texts.bytes(meanPartitionBytes);
    }
}
