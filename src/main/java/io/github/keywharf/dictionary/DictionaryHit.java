package io.github.keywharf.dictionary;

/**
 * Something that a search found.
 *
 * @param object what it is
 * @param path where it is: {@code shop.orders.email}
 * @param where what of it was hit, the best if several were
 * @param text what was hit: the name, the type, the comment or the note, shortened
 * @param score how well it was hit; only its order means something
 */
public record DictionaryHit(DictionaryObject object, String path, Where where, String text, int score) {

    /** What of a thing was hit. */
    public enum Where {
        /** Its own name. */
        NAME,
        /** The type of a column, field, function or index. */
        TYPE,
        /** What its maker said about it. */
        COMMENT,
        /** What someone noted about it. */
        NOTE;

        /** For people: {@code name}. */
        public String label() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    @Override
    public String toString() {
        String line = object.label() + " " + path + ", by its " + where.label();
        return Texts.line(where == Where.NAME ? line : line + ": " + text);
    }
}
