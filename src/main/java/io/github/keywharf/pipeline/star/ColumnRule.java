package io.github.keywharf.pipeline.star;

import java.util.Optional;

/** How one column of a star table comes from the row of its driving table. */
public sealed interface ColumnRule {

    /** The column of the driving table that is read. */
    String source();

    /** The value as it is. */
    record Copy(String source) implements ColumnRule {}

    /** The day of a timestamp. */
    record DateOf(String source) implements ColumnRule {}

    /** The time of day of a timestamp. */
    record TimeOf(String source) implements ColumnRule {}

    /** The day that a text {@code yyyy-mm-dd} names; a text that names none rejects the row. */
    record DateText(String source) implements ColumnRule {}

    /** The ISO 4217 name of a currency code; an unknown code gives the fallback, or rejects the row without one. */
    record CurrencyName(String source, Optional<String> fallback) implements ColumnRule {}

    /**
     * A column of the row of another table whose key equals the value. That there is no such row, or no value in it,
     * gives the placeholder, or rejects the row without one where the target must have a value.
     */
    record Lookup(String source, String table, String key, String column, Optional<String> placeholder)
            implements ColumnRule {}
}
