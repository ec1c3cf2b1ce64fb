package io.github.keywharf.format;

/**
 * The most memory that a file may ask for. What a file states about its sizes is compared with the bytes that are there;
 * what a few bytes may truly expand to (a page of zeros, a run of a million nulls) is compared with a share of this
 * JVM's memory, so that such a file ends in an error and not in an {@link OutOfMemoryError}.
 *
 * <p>The limits hold for one footer, page, dictionary or batch of a column each, not for their sum: a file of many columns
 * whose pages are all near the limit, or several files that are open together, can still take more than there is.
 */
final class ParquetLimits {

    private static final long HEAP = Runtime.getRuntime().maxMemory();

    /**
     * The longest footer: 16 MiB, enough for a thousand row groups of a hundred columns, or more where there is more memory.
     * Its objects take about ten times it.
     */
    static final long FOOTER_BYTES = Math.min(HEAP / 8, Math.min(256L << 20, Math.max(16L << 20, HEAP / 64)));

    /** The longest header of a page; it holds the least and the greatest value. */
    static final int HEADER_BYTES = (int) Math.min(16L << 20, HEAP / 32);

    /** The longest page, decompressed, and the most that the values of a dictionary take. */
    static final long PAGE_BYTES = Math.min(Integer.MAX_VALUE - 8, HEAP / 4);

    /** The most bytes of one column in a batch. More would overflow its array, whatever the memory. */
    static final long BATCH_BYTES = Math.min(1L << 30, HEAP / 4);

    /** The most entries of one column of lists or maps in a batch. */
    static final long BATCH_ENTRIES = Math.min(1L << 27, HEAP / 64);

    /** The deepest schema: each level is a call on the stack in everything that walks through it. */
    static final int SCHEMA_DEPTH = 200;

    private ParquetLimits() {}

    /** Fails when {@code size} is more than the limit. */
    static void check(long size, long most, String what) {
        if (size > most) {
            throw new TooLarge("has " + size + " " + what + ", more than the " + most + " for which there is memory");
        }
    }

    /** What is read is too large for this JVM. */
    static final class TooLarge extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooLarge(String message) {
            super(message);
        }
    }
}
