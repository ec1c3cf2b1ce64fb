package io.github.keywharf.testing.salesforce;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A field of an object: its API name and one of the types of DescribeSObjectResult ("SOAP API Developer Guide", "Field Types").
 * The {@code with}-like methods copy.
 */
public record FakeField(
        String name,
        String type,
        int length,
        boolean required,
        boolean readOnly,
        boolean externalId,
        @Nullable String referenceTo,
        @Nullable String relationship,
        @Nullable String childRelationship) {

    private static final Set<String> TEXT = Set.of(
            "id",
            "reference",
            "string",
            "textarea",
            "picklist",
            "multipicklist",
            "phone",
            "url",
            "email",
            "combobox",
            "encryptedstring",
            "base64");
    private static final Set<String> NUMBERS = Set.of("int", "long", "double", "currency", "percent");

    /** An optional field. */
    public static FakeField of(String name, String type) {
        int length = switch (type) {
            case "id", "reference" -> 18;
            case "textarea" -> 32_000;
            default -> TEXT.contains(type) ? 255 : 0;
        };
        return new FakeField(name, type, length, false, false, false, null, null, null);
    }

    /** A field that an insert has to give. */
    public FakeField asRequired() {
        return new FakeField(
                name, type, length, true, readOnly, externalId, referenceTo, relationship, childRelationship);
    }

    /** A field that the service maintains. */
    public FakeField asReadOnly() {
        return new FakeField(
                name, type, length, required, true, externalId, referenceTo, relationship, childRelationship);
    }

    /** An external id, which records may be upserted by. It is not unique, so that several records may match. */
    public FakeField asExternalId() {
        return new FakeField(
                name, type, length, required, readOnly, true, referenceTo, relationship, childRelationship);
    }

    /** A lookup of another object, by the name of the path to the parent, and that of the children in subqueries of it. */
    public FakeField to(String object, String path, @Nullable String children) {
        return new FakeField(name, type, length, required, readOnly, externalId, object, path, children);
    }

    /** The same field with another length. */
    public FakeField length(int most) {
        return new FakeField(
                name, type, most, required, readOnly, externalId, referenceTo, relationship, childRelationship);
    }

    boolean isText() {
        return TEXT.contains(type);
    }

    boolean isNumber() {
        return NUMBERS.contains(type);
    }

    /** A compound field has no column of its own in bulk results (Bulk API 2.0 guide, "SOQL Considerations"). */
    boolean isCompound() {
        return type.equals("address") || type.equals("location");
    }

    boolean isCustom() {
        return name.endsWith("__c") || name.endsWith("__s");
    }

    /** One item of {@code fields} in a describe (REST API Developer Guide, "sObject Describe"). */
    ObjectNode describe() {
        ObjectNode field = Json.object()
                .put("name", name)
                .put("label", name.replace("__c", "").replace('_', ' '))
                .put("type", type)
                .put("length", length)
                .put("byteLength", length * 3)
                .put("precision", type.equals("double") || type.equals("currency") || type.equals("percent") ? 18 : 0)
                .put("scale", type.equals("currency") || type.equals("percent") ? 2 : 0)
                .put("digits", type.equals("int") ? 8 : 0)
                .put("nillable", !required && !type.equals("boolean") && !type.equals("id"))
                .put("createable", !readOnly && !isCompound())
                .put("updateable", !readOnly && !isCompound())
                .put("custom", isCustom())
                .put("calculated", false)
                .put("externalId", externalId)
                .put("idLookup", externalId || type.equals("id"))
                .put("unique", false)
                .put("caseSensitive", false)
                .put("filterable", !isCompound() && length < 1_000)
                .put("sortable", !isCompound() && length < 1_000)
                .put("groupable", isText() && length < 1_000)
                .put("aggregatable", !isCompound() && length < 1_000)
                .put("defaultedOnCreate", type.equals("boolean"))
                .put("relationshipName", relationship)
                .put("compoundFieldName", (String) null);
        if (referenceTo == null) {
            field.putArray("referenceTo");
        } else {
            field.putArray("referenceTo").add(referenceTo);
        }
        field.putArray("picklistValues");
        return field;
    }
}
