package io.github.keywharf.dictionary;

import java.util.Locale;

/**
 * Result of a search.
 *
 * @param object kind of the object
 * @param path path of the object: {@code shop.orders.email}
 * @param where attribute that matches, the best of several
 * @param text text of that attribute, shortened
 * @param score rank of the result; only its order has a meaning
 */
public record DictionaryHit(DictionaryObject object, String path, Where where, String text, int score) {

    /** Attribute that matches a search. */
    public enum Where {
        /** The name of the object. */
        NAME,
        /** The type of a column, field, function or index. */
        TYPE,
        /** The comment in the schema. */
        COMMENT,
        /** The note of a user. */
        NOTE;

        /** Returns the name for people: {@code name}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public String toString() {
        String line = object.label() + " " + path + ", by its " + where.label();
        return Texts.line(where == Where.NAME ? line : line + ": " + text);
    }
}
