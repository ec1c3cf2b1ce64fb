package io.github.keywharf.dictionary;

/** What a line of a search or of a comparison is about; in the order in which they are listed. */
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
    /** A type that users defined. */
    TYPE,
    /** A field of such a type. */
    FIELD,
    /** A function that users defined. */
    FUNCTION,
    /** An aggregate that users defined. */
    AGGREGATE,
    /** A role. */
    ROLE,
    /** What a role may do with a resource. */
    GRANT;

    /** For people: {@code table}. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
