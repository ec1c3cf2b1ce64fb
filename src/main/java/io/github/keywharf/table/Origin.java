package io.github.keywharf.table;

/**
 * Where a row came from.
 *
 * @param source a file, an object's key, a table
 * @param position its number in the source, counted from 1 (for text files the line); 0 where there is none
 */
public record Origin(String source, long position) {

    /** The source, and the position where there is one: {@code clients.csv:17}. */
    @Override
    public String toString() {
        return position > 0 ? source + ":" + position : source;
    }
}
