package io.github.keywharf.dictionary;

import io.github.keywharf.internal.Cut;

/**
 * Difference between two dictionaries.
 *
 * @param kind kind of the difference
 * @param object kind of the object that differs
 * @param path path of the object: {@code shop.orders.email}
 * @param attribute name of the attribute that differs, for {@link Kind#CHANGED}: {@code type}, {@code comment}, {@code option
 *     cdc}; else empty
 * @param before earlier value; for {@link Kind#REMOVED} a summary of the object; empty if there is none
 * @param after later value; for {@link Kind#ADDED} a summary of the object; empty if there is none
 */
public record DictionaryChange(
        Kind kind, DictionaryObject object, String path, String attribute, String before, String after) {
    private static final int SHOWN = 120;

    /** Kind of a difference. */
    public enum Kind {
        /** The object is only in the later dictionary; its parts are not listed. */
        ADDED,
        /** The object is only in the earlier dictionary; its parts are not listed. */
        REMOVED,
        /** The object is in both dictionaries, and an attribute differs. */
        CHANGED
    }

    /** Returns a line: {@code + column shop.orders.email text}, {@code ~ column shop.orders.total, type: int -> decimal}. */
    @Override
    public String toString() {
        String subject = object.label() + " " + path;
        return Texts.line(
                switch (kind) {
                    case ADDED -> ("+ " + subject + " " + Cut.to(after, SHOWN)).stripTrailing();
                    case REMOVED -> ("- " + subject + " " + Cut.to(before, SHOWN)).stripTrailing();
                    case CHANGED ->
                        "~ " + subject + ", " + attribute + ": " + display(before) + " -> " + display(after);
                });
    }

    private static String display(String text) {
        return text.isEmpty() ? "(none)" : Cut.to(text, SHOWN);
    }
}
