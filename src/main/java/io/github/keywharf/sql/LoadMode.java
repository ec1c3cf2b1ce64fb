package io.github.keywharf.sql;

/** Treatment of a row whose key is already in the warehouse. */
public enum LoadMode {

    /** Replace the stored row if any value differs: the warehouse has the latest state. */
    UPSERT,

    /** Keep the stored row. A fact whose key is deleted is not added either. */
    ADD_MISSING,

    /**
     * Add the row as a new version if it differs from the newest one of its key: the warehouse has the whole history, in the
     * order of the record ids. Of several rows of one key in one load, each that differs from the previous one is a version.
     */
    APPEND_VERSIONS,

    /**
     * Add missing versions of a batch that was loaded before. A version is inserted at the position of its batch in the
     * history of its key, not as the newest; it is missing unless the batch's own version, the previous one or the next one
     * is equal. If the first load of the batch did not record that position, the version becomes the oldest of its key, and
     * is missing unless any other is equal.
     */
    APPEND_ABSENT_VERSIONS
}
