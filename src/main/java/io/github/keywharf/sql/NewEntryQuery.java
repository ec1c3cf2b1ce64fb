package io.github.keywharf.sql;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;

/**
 * Query for the rows of a table whose {@code last_updated} lies in a window.
 *
 * <p>Such a window misses rows that have a time inside it but are committed after it was read, and rows whose time is not
 * maintained; {@link Increment.Since} does not.
 *
 * @param table its name
 * @param start inclusive
 * @param end exclusive
 */
public record NewEntryQuery(String table, LocalDateTime start, LocalDateTime end) {

    private static final DateTimeFormatter MICROSECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS");

    /**
     * The query of a table and two times as {@link SqlTime#parse} reads them.
     *
     * @throws io.github.keywharf.KeywharfException with code {@code sql.bad_time} if a time is invalid
     */
    public static NewEntryQuery of(String table, String start, String end) {
        return new NewEntryQuery(table, SqlTime.parse(start), SqlTime.parse(end));
    }

    /** Checks that the table has a name and that the window does not end before it starts. */
    public NewEntryQuery {
        Identifiers.quote(table);
        if (start.isAfter(end)) {
            throw new IllegalArgumentException("The window starts at " + start + ", after its end " + end);
        }
    }

    /** The statement; the table's name is quoted. */
    public String sql() {
        return "SELECT * FROM " + Identifiers.quote(table) + " WHERE last_updated >= '" + MICROSECONDS.format(start)
                + "' AND last_updated < '" + MICROSECONDS.format(end) + "'";
    }

    @Override
    public String toString() {
        return sql();
    }
}
