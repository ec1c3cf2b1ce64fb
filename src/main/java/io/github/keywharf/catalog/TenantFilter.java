package io.github.keywharf.catalog;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Map;
import java.util.Optional;

/** Partition filter of a shared table: a recipient may read the partitions in which a partition column has one value. */
@JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
@JsonSubTypes({@JsonSubTypes.Type(TenantFilter.Value.class), @JsonSubTypes.Type(TenantFilter.RecipientProperty.class)})
public sealed interface TenantFilter {
    /** Longest name or value of a column or a property, in characters. */
    int MAX_LENGTH = 255;

    /** Returns the name of the partition column. */
    String column();

    /** Returns the value of the partitions that a recipient with these properties may read; empty if it may read none. */
    Optional<String> valueFor(Map<String, String> properties);

    /** Creates a filter for partitions with that value. */
    static TenantFilter value(String column, String value) {
        return new Value(column, value);
    }

    /**
     * Creates a filter for partitions with the value of a property of the recipient. A recipient without that property may
     * read none.
     */
    static TenantFilter recipientProperty(String column, String property) {
        return new RecipientProperty(column, property);
    }

    /**
     * Filter with the same value for each recipient of the share.
     *
     * @param column name of the partition column
     * @param value value of the partitions
     */
    record Value(String column, String value) implements TenantFilter {
        /** Checks both texts. */
        public Value {
            checkColumn(column);
            ShareNames.checkText("partition value", value, MAX_LENGTH);
        }

        @Override
        public Optional<String> valueFor(Map<String, String> properties) {
            return Optional.of(value);
        }

        @Override
        public String toString() {
            return column + " = '" + value + "'";
        }
    }

    /**
     * Filter with a value for each recipient.
     *
     * @param column name of the partition column
     * @param recipientProperty name of the recipient's property that has the value
     */
    record RecipientProperty(String column, String recipientProperty) implements TenantFilter {
        /** Checks both texts. */
        public RecipientProperty {
            checkColumn(column);
            ShareNames.checkText("recipient property", recipientProperty, MAX_LENGTH);
        }

        @Override
        public Optional<String> valueFor(Map<String, String> properties) {
            return Optional.ofNullable(properties.get(recipientProperty));
        }

        @Override
        public String toString() {
            return column + " = recipient." + recipientProperty;
        }
    }

    private static void checkColumn(String column) {
        ShareNames.checkText("partition column", column, MAX_LENGTH);
    }
}
