package io.github.keywharf.internal;

/** Texts of others, made fit for a message, a log or a page. */
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

    /** The text in at most so many characters, without anything that starts a line, hides a part or steers a terminal. */
    public static String printable(String text, int most) {
        String shown = text.length() > most ? to(text, most - 1) : text;
        // Cc, Cf (which turns the direction of writing), unpaired surrogates, and the two separators that break lines.
        return shown.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]", "?");
    }
}
