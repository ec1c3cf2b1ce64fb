package io.github.keywharf.salesforce;

/**
 * One value that a picklist field offers.
 *
 * @param value as records have it
 * @param label as people see it
 * @param active whether it may be chosen; records may have values that are not
 * @param isDefault whether new records have it
 */
public record SalesforcePicklistValue(String value, String label, boolean active, boolean isDefault) {}
