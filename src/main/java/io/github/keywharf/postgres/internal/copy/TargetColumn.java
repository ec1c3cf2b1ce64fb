package io.github.keywharf.postgres.internal.copy;

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
 * @param collation as it stands in a statement, where it is not that of the type; else empty
 * @param deterministic whether the collation calls only identical texts equal
 * @param generated what the server alone makes of it
 */
public record TargetColumn(
        String name,
        String type,
        int modifier,
        String declared,
        boolean notNull,
        boolean optional,
        boolean domain,
        List<String> labels,
        String collation,
        boolean deterministic,
        Generated generated) {

    /** What the server makes of a column. */
    public enum Generated {
        /** It takes what it is given. */
        NO,
        /** {@code GENERATED ALWAYS AS IDENTITY}: given values need {@code OVERRIDING SYSTEM VALUE}. */
        IDENTITY,
        /** Computed from other columns; no value can be given. */
        COMPUTED
    }

    private static final Set<String> TEXTS = Set.of("text", "varchar", "bpchar", "citext");

    private static final int MICROSECOND_DIGITS = 6;

    public TargetColumn {
        labels = List.copyOf(labels);
    }

    /** The column as COPY meets it in a staging table: of the same format, without what the table adds to the type. */
    TargetColumn staged() {
        return new TargetColumn(
                name,
                isJson() ? "text" : type,
                modifier,
                declared,
                notNull,
                optional,
                false,
                labels,
                collation,
                deterministic,
                generated);
    }

    /**
     * An expression that differs where two values of this column are not the same, even if the server calls them equal:
     * 1.5 and 1.50, 0.0 and -0.0, texts of another case under some collations. The value itself where equal values are
     * the same, which costs nothing.
     */
    public String image(String value) {
        return switch (type) {
            case "float4", "float8" -> "pg_catalog." + type + "send(" + value + ")";
            case "numeric" -> precision() < 0 ? "pg_catalog.numeric_send(" + value + ")" : value;
            case "json", "jsonb", "citext" -> value + "::text";
            case "bpchar" -> deterministic && maxCharacters() >= 0 ? value : "pg_catalog.bpcharsend(" + value + ")";
            default -> deterministic ? beneath(value) : value + " COLLATE \"C\"";
        };
    }

    /** The value as one of the type beneath where the domain has no operators: those of enums are not found for it. */
    public String beneath(String value) {
        return domain && isEnum() ? value + "::" + declared : value;
    }

    /** Whether values that the server calls equal are the same. */
    public boolean isEqualOnlyIfSame() {
        return image(name).equals(beneath(name));
    }

    /** Whether values that are not equal before they are sent may be equal to the server. */
    public boolean mayMakeEqual() {
        return switch (type) {
            case "citext", "bpchar", "jsonb" -> true;
            default -> !deterministic;
        };
    }

    boolean isText() {
        return TEXTS.contains(type);
    }

    boolean isEnum() {
        return !labels.isEmpty();
    }

    /** Whether the server parses the text that it is given. */
    public boolean isJson() {
        return type.equals("json") || type.equals("jsonb");
    }

    /** Whether the server may refuse a value that looks right from here. */
    public boolean isOpaque() {
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

    /** The smallest unit, in microseconds, that a time or timestamp keeps. */
    long microsKept() {
        long unit = 1;
        for (int digits = modifier < 0 ? MICROSECOND_DIGITS : modifier; digits < MICROSECOND_DIGITS; digits++) {
            unit *= 10;
        }
        return unit;
    }

    /** Digits after the point of a numeric that has a precision; may be negative. */
    int scale() {
        return (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
    }
}
