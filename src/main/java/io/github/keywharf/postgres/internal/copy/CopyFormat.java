package io.github.keywharf.postgres.internal.copy;

/** Formats of COPY. */
public enum CopyFormat {
    BINARY,
    TEXT;

    /** The statement that sends the rows of a query to the client. */
    public String statement(String select) {
        return "COPY (" + select + ") TO STDOUT (FORMAT " + this + ")";
    }
}
