package io.github.keywharf.dictionary;

import java.util.Locale;

/** Kind of an object in a search or a comparison, in the order of listing. */
public enum DictionaryObject {
    /** A keyspace. */
    KEYSPACE,
    /** A table that is not a view. */
    TABLE,
    /** A materialised view. */
    VIEW,
    /** A column of a table or view. */
    COLUMN,
    /** An index of a table. */
    INDEX,
    /** A user-defined type. */
    TYPE,
    /** A field of a user-defined type. */
    FIELD,
    /** A user-defined function. */
    FUNCTION,
    /** A user-defined aggregate. */
    AGGREGATE,
    /** A role. */
    ROLE,
    /** The permissions of a role on a resource. */
    GRANT;

    /** Returns the name for people: {@code table}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
