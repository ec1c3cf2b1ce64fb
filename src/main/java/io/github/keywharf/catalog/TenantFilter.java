package io.github.keywharf.catalog;

import java.util.Optional;

/**
 * Which partitions of a table a recipient may read: those whose partition column has one value.
 *
 * @param column the partition column
 * @param value the value, the same for each recipient of the share; or empty
 * @param recipientProperty the property of the recipient that has the value; or empty
 */
public record TenantFilter(String column, Optional<String> value, Optional<String> recipientProperty) {
    /** The most characters of a column, a property or a value. */
    public static final int MAX_LENGTH = 255;

    /** Checks that there is either a value or a property. */
    public TenantFilter {
        ShareNames.checkText("partition column", column, MAX_LENGTH);
        value.ifPresent(text -> ShareNames.checkText("partition value", text, MAX_LENGTH));
        recipientProperty.ifPresent(text -> ShareNames.checkText("recipient property", text, MAX_LENGTH));
        if (value.isPresent() == recipientProperty.isPresent()) {
            throw new IllegalArgumentException(
                    "The filter on " + column + " needs either a value or a recipient's property, and not both");
        }
    }

    /** Partitions with that value. */
    public static TenantFilter value(String column, String value) {
        return new TenantFilter(column, Optional.of(value), Optional.empty());
    }

    /** Partitions with the value of a property of the recipient. A recipient without that property may read none. */
    public static TenantFilter recipientProperty(String column, String property) {
        return new TenantFilter(column, Optional.empty(), Optional.of(property));
    }

    @Override
    public String toString() {
        return column + " = "
                + value.map(text -> "'" + text + "'")
                        .or(() -> recipientProperty.map(name -> "recipient." + name))
                        .orElseThrow();
    }
}
