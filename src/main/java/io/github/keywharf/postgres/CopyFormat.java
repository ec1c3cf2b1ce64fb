package io.github.keywharf.postgres;

/** Formats of COPY. */
enum CopyFormat {
    BINARY,
    TEXT;

    /** The statement that sends the rows of a query to the client. */
    String statement(String select) {
        return "COPY (" + select + ") TO STDOUT (FORMAT " + this + ")";
    }
}
