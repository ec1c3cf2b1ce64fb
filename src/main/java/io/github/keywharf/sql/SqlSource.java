package io.github.keywharf.sql;

import java.time.Duration;
import java.util.List;

/**
 * Database that rows are read from. Thread-safe; opens connections as it needs them and closes them itself.
 */
public interface SqlSource {

    /** Name for messages: host, port and database, never a password. */
    String name();

    /**
     * Lists the tables of the source by name, without system tables and those whose name begins with {@code _},
     * {@code pg_} or {@code sql_}.
     *
     * @throws io.github.keywharf.KeywharfException when the database cannot be queried
     */
    List<SourceTable> listTables();

    /**
     * Opens one consistent view of all tables, which does not show later commits. Close it soon: it prevents the database
     * from vacuuming. A table that is truncated or rewritten between the snapshot and a read is empty in the view; a source
     * that notices fails the read. {@link #snapshot(List, Duration)} prevents this.
     *
     * @throws io.github.keywharf.KeywharfException when the database cannot be queried
     */
    SourceSnapshot snapshot();

    /**
     * Opens one consistent view as {@link #snapshot()} does, and locks tables first, so that no one truncates, rewrites,
     * renames or drops them until the view is closed. A table that others lock for longer than the wait stays unlocked: see
     * {@link SourceSnapshot#unlocked()}. A source without locks ignores tables and wait.
     *
     * @param tables names of the tables to lock
     * @param wait longest wait for all of them together
     * @throws io.github.keywharf.KeywharfException when the database cannot be queried
     */
    default SourceSnapshot snapshot(List<String> tables, Duration wait) {
        return snapshot();
    }

    /**
     * Returns a feed of every committed change, including deletions, for sources that keep one.
     *
     * @param name of the feed, kept by the source between runs; lower case letters, digits and underscores
     * @param tables tables whose changes the feed returns
     * @throws io.github.keywharf.KeywharfException with code {@code sql.no_change_feed} if the source has none or the
     *     role may not use it
     */
    ChangeFeed changeFeed(String name, List<String> tables);
}
