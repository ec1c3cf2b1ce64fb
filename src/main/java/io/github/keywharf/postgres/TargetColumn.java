package io.github.keywharf.postgres;

import java.util.List;
import java.util.Set;

/**
 * A column of a table that rows are copied into, as the server describes it.
 *
 * @param name as it is spelt
 * @param type the server's short name of its type ({@code int4}); of a domain, that of the type beneath
 * @param modifier the type's modifier, such as a length; -1 when it has none
 * @param declared the type as it is written in a statement; of a domain, that of the type beneath
 * @param notNull whether a value must be there
 * @param optional whether the server makes a value itself when none is given
 * @param domain whether the declared type is a domain, which may have checks of its own
 * @param labels what an enum may hold; empty for other types
 */
record TargetColumn(
        String name,
        String type,
        int modifier,
        String declared,
        boolean notNull,
        boolean optional,
        boolean domain,
        List<String> labels) {

    private static final Set<String> TEXTS = Set.of("text", "varchar", "bpchar", "citext");

    TargetColumn {
        labels = List.copyOf(labels);
    }

    boolean isText() {
        return TEXTS.contains(type);
    }

    boolean isEnum() {
        return !labels.isEmpty();
    }

    boolean isJson() {
        return type.equals("json") || type.equals("jsonb");
    }

    /** Whether the server may refuse a value that looks right from here. */
    boolean isOpaque() {
        return domain || isJson();
    }

    /** Most characters of a text, or -1. */
    int maxCharacters() {
        return modifier < 4 || !(type.equals("varchar") || type.equals("bpchar")) ? -1 : modifier - 4;
    }

    /** Digits in all of a numeric, or -1 when any number fits. */
    int precision() {
        return modifier < 4 ? -1 : ((modifier - 4) >>> 16) & 0xffff;
    }

    /** Digits after the point of a numeric that has a precision; may be negative. */
    int scale() {
        return (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
    }
}
