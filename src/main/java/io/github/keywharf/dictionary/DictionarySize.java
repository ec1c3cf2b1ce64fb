package io.github.keywharf.dictionary;

import java.util.Locale;

/**
 * About how large a table is, as the server last counted, which it does every few minutes and for what it wrote to disk.
 *
 * @param partitions how many partitions, about
 * @param meanPartitionBytes how many bytes one has, on the mean, about; one replica, before compression
 */
public record DictionarySize(long partitions, long meanPartitionBytes) {

    /** Refuses less than one partition: a size that is not known is left out, and is not 0. */
    public DictionarySize {
        if (partitions < 1 || meanPartitionBytes < 0) {
            throw new IllegalArgumentException("A size of " + partitions + " partitions of " + meanPartitionBytes
                    + " bytes is none; leave out what is not known");
        }
    }

    /** Partitions times their mean. */
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
