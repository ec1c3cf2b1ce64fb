package io.github.keywharf.cassandra;

/**
 * How many requests may be under way: one more as long as answers come as fast as they ever did, half as many when the
 * server cannot keep up. Not thread-safe.
 */
final class BulkLimiter {
    /** Requests at the beginning: enough to keep a small cluster busy with batches. */
    static final int FIRST = 32;

    /** Requests at least. */
    static final int LEAST = 1;

    /** More requests are tried only while answers take less than this many times the best time seen. */
    private static final double STEADY = 1.5;

    /** Fewer are tried when they take more than this many times as long: they only wait in the server then. */
    private static final double CROWDED = 6;

    /** How fast the best time is forgotten, so that a cluster that became slower is measured again. */
    private static final double FORGET = 1.02;

    private final int most;
    private double limit;
    private double best = Double.MAX_VALUE;
    private double sum;
    private int answers;

    BulkLimiter(int most) {
        this.most = most;
        this.limit = Math.min(FIRST, most);
    }

    int limit() {
        return (int) limit;
    }

    /** Notes an answer after so many nanoseconds. */
    void answered(long nanos) {
        sum += nanos;
        answers++;
        if (answers >= limit) {
            double mean = sum / answers;
            best = Math.min(best * FORGET, mean);
            if (mean < best * STEADY) {
                limit = Math.min(most, limit + 1);
            } else if (mean > best * CROWDED && limit > FIRST) {
                limit--;
            }
            sum = 0;
            answers = 0;
        }
    }

    /** Notes that the server could not keep up. */
    void overloaded() {
        limit = Math.max(LEAST, limit / 2);
        sum = 0;
        answers = 0;
    }
}
