package io.github.keywharf.internal;

/** Texts of others, cut to the length that a message or a page has room for. */
public final class Cut {

    private Cut() {}

    /** The text, or its first characters and an ellipsis; never half of a surrogate pair. */
    public static String to(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
        return text.substring(0, end) + "…";
    }
}
