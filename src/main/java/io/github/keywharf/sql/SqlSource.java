package io.github.keywharf.sql;

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
     * @throws io.github.keywharf.KeywharfException when the database cannot be asked
     */
    List<SourceTable> listTables();

    /**
     * Opens one consistent view of all tables; whatever commits later is not seen through it. Close it soon: it keeps
     * the database from cleaning up.
     *
     * @throws io.github.keywharf.KeywharfException when the database cannot be asked
     */
    SourceSnapshot snapshot();

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
