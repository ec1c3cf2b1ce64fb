package io.github.keywharf.table;

/**
 * The place that a row came from.
 *
 * @param source a file, an object's key, a table
 * @param position number of the row in the source, counted from 1 (for text files the line); 0 if it has none
 */
public record Origin(String source, long position) {

    /** The source, and the position if there is one: {@code clients.csv:17}. */
    @Override
    public String toString() {
        return position > 0 ? source + ":" + position : source;
    }
}
