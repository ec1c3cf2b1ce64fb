package io.github.keywharf.salesforce;

import java.util.List;
import java.util.Optional;

/**
 * An object with its fields and the relationships that lead to its children.
 *
 * @param object what it is and what may be done with it
 * @param fields those that this user may see, in the org's order
 * @param children relationships for subqueries
 */
public record SalesforceDescription(SalesforceObjectInfo object, List<SalesforceField> fields, List<Child> children) {

    /**
     * Records of another object that refer to this one.
     *
     * @param relationshipName for subqueries: {@code Contacts}; empty when there is none, and it cannot be queried that way
     * @param object whose records these are
     * @param field which of their fields refers to this object
     */
    public record Child(Optional<String> relationshipName, String object, String field) {}

    /** Copies the lists. */
    public SalesforceDescription {
        fields = List.copyOf(fields);
        children = List.copyOf(children);
    }

    /** The object's name. */
    public String name() {
        return object.name();
    }

    /** The field of that name, without regard to case, as in queries. */
    public Optional<SalesforceField> findField(String name) {
        return fields.stream()
                .filter(field -> field.name().equalsIgnoreCase(name))
                .findFirst();
    }

    @Override
    public String toString() {
        return object.name() + fields;
    }
}
