package io.github.keywharf.cassandra;

/**
 * What is done with the first rows of a source.
 *
 * @param rows how many they are
 * @param rejected how many of them were rejected
 * @param bytes the bytes of the values of the others
 */
record BulkTotals(long rows, long rejected, long bytes) {
    static final BulkTotals NONE = new BulkTotals(0, 0, 0);

    /** Written rows: {@link BulkLoad} requires that each row was acknowledged or rejected before it notes them. */
    long written() {
        return rows - rejected;
    }

    BulkTotals plus(long moreRejected) {
        return new BulkTotals(rows, rejected + moreRejected, bytes);
    }

    BulkTotals upTo(long row, long moreBytes) {
        return new BulkTotals(Math.max(rows, row), rejected, bytes + moreBytes);
    }
}
