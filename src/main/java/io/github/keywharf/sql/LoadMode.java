package io.github.keywharf.sql;

/** What a load does with a row whose key is in the warehouse already. */
public enum LoadMode {

    /** Replace it where anything differs: the warehouse holds the latest state. */
    UPSERT,

    /** Leave it as it is. A fact whose key is deleted is not added either. */
    ADD_MISSING,

    /**
     * Add the row as a new version where it differs from the newest one of its key: the warehouse holds the whole
     * history, in the order of the record ids. Among rows of the same key in one load, each that differs from the one
     * before it is a version.
     */
    APPEND_VERSIONS,

    /**
     * Add what is missing of a batch that was loaded before. A version takes the place in the order of its key that its
     * batch has among the batches, not the newest; it is missing unless the batch's own version, the one before it or the
     * one after it is equal. Where the first load of the batch did not note that place, the version is older than all
     * others of its key, and missing unless any of them is equal.
     */
    APPEND_ABSENT_VERSIONS
}
