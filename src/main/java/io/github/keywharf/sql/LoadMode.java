package io.github.keywharf.sql;

/** What a load does with a row whose key is in the warehouse already. */
public enum LoadMode {

    /** Replace it where anything differs: the warehouse holds the latest state. */
    UPSERT,

    /** Leave it as it is. */
    ADD_MISSING,

    /**
     * Add the row as a new version where it differs from the newest one of its key: the warehouse holds the whole
     * history, in the order of the record ids. Among rows of the same key in one load, each that differs from the one
     * before it is a version.
     */
    APPEND_VERSIONS,

    /**
     * Add the row as a version unless an equal one of its key is there already, however old: for loading again what was
     * loaded before.
     */
    APPEND_ABSENT_VERSIONS
}
