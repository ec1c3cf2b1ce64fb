package io.github.keywharf.dictionary;

import io.github.keywharf.internal.Cut;

/**
 * One difference between two dictionaries.
 *
 * @param kind what happened
 * @param object to what
 * @param path where it is: {@code shop.orders.email}
 * @param attribute what of it differs, for {@link Kind#CHANGED}: {@code type}, {@code comment}, {@code option cdc}; else empty
 * @param before what it was; for {@link Kind#REMOVED} the thing in brief; empty for none
 * @param after what it is; for {@link Kind#ADDED} the thing in brief; empty for none
 */
public record DictionaryChange(
        Kind kind, DictionaryObject object, String path, String attribute, String before, String after) {
    private static final int SHOWN = 120;

    /** What happened. */
    public enum Kind {
        /** It is only in the later dictionary; what is in it is not listed. */
        ADDED,
        /** It is only in the earlier dictionary; what was in it is not listed. */
        REMOVED,
        /** It is in both, and differs. */
        CHANGED
    }

    /** A line: {@code + column shop.orders.email text}, {@code ~ column shop.orders.total, type: int -> decimal}. */
    @Override
    public String toString() {
        String subject = object.label() + " " + path;
        return Texts.line(
                switch (kind) {
                    case ADDED -> ("+ " + subject + " " + Cut.to(after, SHOWN)).stripTrailing();
                    case REMOVED -> ("- " + subject + " " + Cut.to(before, SHOWN)).stripTrailing();
                    case CHANGED -> "~ " + subject + ", " + attribute + ": " + shown(before) + " -> " + shown(after);
                });
    }

    private static String shown(String text) {
        return text.isEmpty() ? "(none)" : Cut.to(text, SHOWN);
    }
}
