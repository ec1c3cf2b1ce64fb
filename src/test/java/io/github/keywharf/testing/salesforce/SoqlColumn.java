package io.github.keywharf.testing.salesforce;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A field of a query with the lookups that lead to it. */
record SoqlColumn(List<FakeField> lookups, FakeField field) {

    /** Resolves a path from an object; unknown fields and relationships are INVALID_FIELD, case does not matter. */
    static SoqlColumn of(FakeOrg org, FakeObject base, String path) {
        String[] parts = path.split("\\.", -1);
        int from = parts.length > 1 && parts[0].equalsIgnoreCase(base.name()) ? 1 : 0;
        List<FakeField> lookups = new ArrayList<>();
        FakeObject object = base;
        for (int i = from; i < parts.length - 1; i++) {
            String step = parts[i];
            FakeField lookup = object.fields().stream()
                    .filter(field -> step.equalsIgnoreCase(field.relationship()))
                    .findFirst()
                    .orElseThrow(
                            () -> new Refusal(
                                    400,
                                    "INVALID_FIELD",
                                    "Didn't understand relationship '" + step
                                            + "' in field path. If you are attempting to use a"
                                            + " custom relationship, be sure to append the '__r' after the custom relationship"
                                            + " name. Please reference your WSDL or the describe call for the appropriate names."));
            lookups.add(lookup);
            object = org.resource(String.valueOf(lookup.referenceTo()));
        }
        String name = parts[parts.length - 1];
        FakeObject last = object;
        FakeField field = last.field(name)
                .orElseThrow(() -> new Refusal(
                        400,
                        "INVALID_FIELD",
                        "No such column '" + name + "' on entity '" + last.name() + "'. If you are attempting to use a"
                                + " custom field, be sure to append the '__c' after the custom field name. Please"
                                + " reference your WSDL or the describe call for the appropriate names."));
        return new SoqlColumn(List.copyOf(lookups), field);
    }

    /** The name of the column in a bulk result: {@code Account.Name}. */
    String name() {
        StringBuilder name = new StringBuilder();
        lookups.forEach(lookup -> name.append(lookup.relationship()).append('.'));
        return name.append(field.name()).toString();
    }

    @Nullable
    Object value(FakeOrg org, FakeRecord row) {
        FakeRecord parent = parent(org, row);
        return parent == null ? null : parent.value(field.name());
    }

    private @Nullable FakeRecord parent(FakeOrg org, FakeRecord row) {
        FakeRecord at = row;
        for (FakeField lookup : lookups) {
            at = next(org, at, lookup);
            if (at == null) {
                return null;
            }
        }
        return at;
    }

    private static @Nullable FakeRecord next(FakeOrg org, FakeRecord row, FakeField lookup) {
        Object id = row.value(lookup.name());
        return id == null
                ? null
                : org.resource(String.valueOf(lookup.referenceTo())).find(id.toString());
    }

    /** Puts the value below the objects of its parents; a parent that is not there is null ("Relationship Queries"). */
    void put(FakeOrg org, FakeRecord row, ObjectNode target, String root) {
        FakeRecord at = row;
        ObjectNode json = target;
        for (FakeField lookup : lookups) {
            at = next(org, at, lookup);
            String relation = String.valueOf(lookup.relationship());
            if (at == null) {
                json.putNull(relation);
                return;
            }
            if (!(json.get(relation) instanceof ObjectNode)) {
                SoqlRun.attributes(json.putObject(relation), at, root);
            }
            json = (ObjectNode) json.get(relation);
        }
        FieldValues.put(json, field.name(), at.value(field.name()));
    }
}
