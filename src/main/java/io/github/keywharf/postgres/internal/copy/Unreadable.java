package io.github.keywharf.postgres.internal.copy;

import io.github.keywharf.table.ColumnType;

/** A value of the server that the type of its column cannot hold here. */
public final class Unreadable extends ArithmeticException {

    private static final long serialVersionUID = 1L;

    private final String text;

    /**
     * @param phrase what the value is, as in {@code "an infinite date"}
     * @param text the value as the server writes it
     */
    Unreadable(String phrase, String text) {
        super(phrase);
        this.text = text;
    }

    /** The value as the server writes it. */
    String text() {
        return text;
    }

    /** Why a row with such a value in a column of that type is rejected. */
    public static String reason(ArithmeticException e, ColumnType type) {
        return "The value is " + e.getMessage() + ", which " + type + " cannot hold; correct it in the source";
    }
}
