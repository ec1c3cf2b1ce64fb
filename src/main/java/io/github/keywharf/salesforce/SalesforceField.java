package io.github.keywharf.salesforce;

import java.util.List;
import java.util.Optional;

/**
 * A field of an object, as its describe has it.
 *
 * @param name for queries and writes: {@code LastName}, {@code Score__c}
 * @param label as people see it
 * @param type the vendor's: {@code string}, {@code double}, {@code datetime}, …
 * @param custom whether the org added it
 * @param nillable whether it may be empty
 * @param createable whether this user may set it in new records
 * @param updateable whether this user may change it
 * @param defaultedOnCreate whether the org fills it in when it is left out
 * @param calculated whether a formula gives its value
 * @param externalId whether records can be upserted by it
 * @param unique whether no two records have the same value
 * @param length most characters; 0 for types without that
 * @param precision digits in all, of a number; 0 for other types
 * @param scale digits after the point, of a number
 * @param digits most digits of an integer; 0 for other types
 * @param referenceTo names of the objects that a reference may point to
 * @param relationshipName what leads to the referenced record in a query: {@code Account} of {@code AccountId}
 * @param compoundFieldName the compound field that it is a part of: {@code MailingAddress} of {@code MailingCity}
 * @param picklistValues of a picklist, in order
 */
public record SalesforceField(
        String name,
        String label,
        String type,
        boolean custom,
        boolean nillable,
        boolean createable,
        boolean updateable,
        boolean defaultedOnCreate,
        boolean calculated,
        boolean externalId,
        boolean unique,
        int length,
        int precision,
        int scale,
        int digits,
        List<String> referenceTo,
        Optional<String> relationshipName,
        Optional<String> compoundFieldName,
        List<SalesforcePicklistValue> picklistValues) {

    /** Copies the lists. */
    public SalesforceField {
        referenceTo = List.copyOf(referenceTo);
        picklistValues = List.copyOf(picklistValues);
    }

    @Override
    public String toString() {
        return name + " " + type
                + (length > 0 ? "(" + length + ")" : precision > 0 ? "(" + precision + "," + scale + ")" : "")
                + (referenceTo.isEmpty() ? "" : " to " + String.join(", ", referenceTo));
    }
}
