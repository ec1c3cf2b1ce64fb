package io.github.keywharf.table;

/** Takes the rows that a reader or a sink refused, one by one, on the thread that found them. */
@FunctionalInterface
public interface RejectListener {

    /** Takes one rejected row; what it throws ends the read or the write. */
    void rejected(RejectedRow row);
}
