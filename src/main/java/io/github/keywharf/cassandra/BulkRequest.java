package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.cql.Statement;

/** Some rows of one window in one statement or batch. Belongs to the loading thread. */
final class BulkRequest {
    final BulkWindow window;

    /** The rows' places in the window. */
    final int[] rows;

    final Statement<?> statement;
    final int bytes;
    final boolean severalPartitions;
    final int attempt;
    private int attempts;
    private int disconnects;
    private long firstFailed;

    /**
     * @param attempt the number of the sending, which their timestamps have in them
     */
    BulkRequest(
            BulkWindow window, int[] rows, Statement<?> statement, int bytes, boolean severalPartitions, int attempt) {
        this.window = window;
        this.rows = rows;
        this.statement = statement;
        this.bytes = bytes;
        this.severalPartitions = severalPartitions;
        this.attempt = attempt;
    }

    /** How often it failed. */
    int attempts() {
        return attempts;
    }

    /** How often the connection broke while it was under way. */
    int disconnects() {
        return disconnects;
    }

    /** When it failed first, by {@link System#nanoTime}. */
    long firstFailed() {
        return firstFailed;
    }

    /** Notes that it failed. */
    void failed(boolean disconnected) {
        if (attempts++ == 0) {
            firstFailed = System.nanoTime();
        }
        disconnects += disconnected ? 1 : 0;
    }

    /**
     * Takes over how often the request failed that this one replaces. A row of several starts over with what is held
     * against it: the others may be the cause.
     */
    BulkRequest after(BulkRequest other, int ofRows) {
        boolean same = ofRows == other.rows.length;
        attempts = same ? other.attempts : Math.min(other.attempts, 1);
        disconnects = same ? other.disconnects : Math.min(other.disconnects, 3);
        firstFailed = other.firstFailed;
        return this;
    }
}
