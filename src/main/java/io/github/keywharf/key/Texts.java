package io.github.keywharf.key;

/** Texts of people, made fit for logs and tables. */
final class Texts {
    private Texts() {}

    /** The text without anything that could start a line or hide a part, and no longer than that. */
    static String printable(String text, int limit) {
        String shown = text.length() > limit ? text.substring(0, limit - 1) + "…" : text;
        // Cc, Cf (which turns the direction of writing), unpaired surrogates, and the two separators that break lines.
        return shown.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]", "?");
    }
}
