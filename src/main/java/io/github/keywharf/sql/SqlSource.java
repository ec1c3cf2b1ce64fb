package io.github.keywharf.sql;

import java.time.Duration;
import java.util.List;

/**
 * A database that rows are read from. Thread-safe; opens connections as it needs them and closes them itself.
 */
public interface SqlSource {

    /** What this source is, for messages: host, port and database, never a password. */
    String name();

    /**
     * The tables of the source, by name, without those of the system and those whose name begins with {@code _},
     * {@code pg_} or {@code sql_}.
     *
     * @throws io.github.keywharf.KeywharfException when the database cannot be queried
     */
    List<SourceTable> listTables();

    /**
     * Opens one consistent view of all tables; whatever commits later is not seen through it. Close it soon: it keeps
     * the database from cleaning up. A table that is emptied or rewritten between the snapshot and a read has no rows in
     * the view, as the source may forget the old ones: a source that notices fails the read. Better keep that from happening
     * by {@link #snapshot(List, Duration)}.
     *
     * @throws io.github.keywharf.KeywharfException when the database cannot be queried
     */
    SourceSnapshot snapshot();

    /**
     * Opens one consistent view as {@link #snapshot()} does, and keeps tables from being emptied, rewritten, renamed or
     * dropped from before that moment until it is closed. A table that is locked by others for longer than the wait is left
     * out: see {@link SourceSnapshot#unlocked()}. A source that has no locks ignores tables and wait.
     *
     * @param tables to lock; none that exists is waited for unless others hold it
     * @param wait how long to wait for all of them together
     * @throws io.github.keywharf.KeywharfException when the database cannot be queried
     */
    default SourceSnapshot snapshot(List<String> tables, Duration wait) {
        return snapshot();
    }

    /**
     * A feed of every committed change, deletions included, for sources that keep one.
     *
     * @param name of the feed, kept by the source between runs; lower case letters, digits and underscores
     * @param tables whose changes are wanted
     * @throws io.github.keywharf.KeywharfException with code {@code sql.no_change_feed} when the source has none or the
     *     role may not use it
     */
    ChangeFeed changeFeed(String name, List<String> tables);
}
