package io.github.keywharf.table;

import io.github.keywharf.CheckReturnValue;
import java.util.Objects;

/**
 * A named, typed column.
 *
 * @param name as the source or destination spells it; not blank
 * @param type type of its values
 * @param nullable true if a value may be absent
 */
public record Column(String name, ColumnType type, boolean nullable) {

    /** Checks that name and type are present. */
    public Column {
        Objects.requireNonNull(type, "type");
        if (name.isBlank()) {
            throw new IllegalArgumentException("A column needs a name, but got '" + name + "'");
        }
    }

    /** A column whose values are always present. */
    public static Column required(String name, ColumnType type) {
        return new Column(name, type, false);
    }

    /** A column whose values may be absent. */
    public static Column nullable(String name, ColumnType type) {
        return new Column(name, type, true);
    }

    /** This column under another name. */
    @CheckReturnValue
    public Column withName(String newName) {
        return new Column(newName, type, nullable);
    }

    @Override
    public String toString() {
        return name + " " + type + (nullable ? "" : " not null");
    }
}
