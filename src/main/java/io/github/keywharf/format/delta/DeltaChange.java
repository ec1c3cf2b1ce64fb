package io.github.keywharf.format.delta;

import java.time.Instant;

/**
 * A file by which a version differs from the one before.
 *
 * @param version of the table
 * @param timestamp when the version was committed
 * @param kind what the file's rows mean
 * @param file holds the rows
 */
public record DeltaChange(long version, Instant timestamp, Kind kind, DeltaFile file) {

    /** What the rows of a file mean. */
    public enum Kind {
        /** All rows are new. */
        ADD("add"),
        /** All rows are gone. */
        REMOVE("remove"),
        /** The column {@code _change_type} of each row says what became of it. */
        CDC("cdc");

        private final String action;

        Kind(String action) {
            this.action = action;
        }

        /** The action of the log. */
        String action() {
            return action;
        }
    }
}
