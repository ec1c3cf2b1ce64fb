package io.github.keywharf.internal;

/** Foreign texts, shortened for a message, a log or a page. */
public final class Cut {

    private Cut() {}

    /** Returns the text, or its first characters and an ellipsis; never half of a surrogate pair. */
    public static String to(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
        return text.substring(0, end) + "…";
    }

    /** Returns the text in at most {@code most} characters, without line breaks, control characters and hidden parts. */
    public static String printable(String text, int most) {
        String shown = text.length() > most ? to(text, most - 1) : text;
        // Cc, Cf (which turns the direction of writing), unpaired surrogates, and the two separators that break lines.
        return shown.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]", "?");
    }
}
