package io.github.keywharf.testing.salesforce;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An object of the org: its fields, its records by id, and what was deleted. Guarded by the org's lock. */
final class FakeObject {
    private final String name;
    private final String prefix;
    private final Map<String, FakeField> fields = new LinkedHashMap<>();
    private final Map<String, FakeRecord> records = new LinkedHashMap<>();
    private final Map<String, Instant> deletions = new LinkedHashMap<>();
    private long count;
    private Instant described;

    FakeObject(String name, String prefix, Instant now) {
        this.name = name;
        this.prefix = prefix;
        this.described = now;
        add(FakeField.of("Id", "id").asReadOnly(), now);
        add(FakeField.of("IsDeleted", "boolean").asReadOnly(), now);
        for (String stamp : List.of("CreatedDate", "LastModifiedDate", "SystemModstamp")) {
            add(FakeField.of(stamp, "datetime").asReadOnly(), now);
        }
    }

    String name() {
        return name;
    }

    String prefix() {
        return prefix;
    }

    /** When the fields changed last. */
    Instant described() {
        return described;
    }

    FakeObject add(FakeField field, Instant now) {
        fields.put(field.name().toLowerCase(Locale.ROOT), field);
        described = now;
        return this;
    }

    void remove(String field, Instant now) {
        fields.remove(field.toLowerCase(Locale.ROOT));
        described = now;
    }

    Optional<FakeField> field(String field) {
        return Optional.ofNullable(fields.get(field.toLowerCase(Locale.ROOT)));
    }

    Collection<FakeField> fields() {
        return fields.values();
    }

    String nextId() {
        return SalesforceIds.of(prefix, ++count);
    }

    void put(FakeRecord stored) {
        records.put(stored.id(), stored);
    }

    @Nullable
    FakeRecord find(String id) {
        return records.get(id);
    }

    /** All records, those in the recycle bin too, in the order of their creation. */
    Collection<FakeRecord> records() {
        return records.values();
    }

    /** Forgets a record wholly: a hard delete, or an emptied recycle bin. */
    void erase(String id) {
        records.remove(id);
    }

    /** The log of deletions that getDeleted reads; it is purged apart from the recycle bin. */
    Map<String, Instant> deletions() {
        return deletions;
    }

    List<FakeRecord> withExternalId(FakeField field, Object value) {
        List<FakeRecord> found = new ArrayList<>();
        for (FakeRecord each : records.values()) {
            Object own = each.value(field.name());
            if (!each.isDeleted() && own != null && own.toString().equalsIgnoreCase(value.toString())) {
                found.add(each);
            }
        }
        return found;
    }

    /** The entry of the global describe (REST API Developer Guide, "Describe Global"). */
    ObjectNode summary(String root) {
        ObjectNode summary = Json.object()
                .put("name", name)
                .put("label", name)
                .put("labelPlural", name + "s")
                .put("keyPrefix", prefix)
                .put("custom", name.endsWith("__c"))
                .put("queryable", true)
                .put("retrieveable", true)
                .put("searchable", true)
                .put("createable", true)
                .put("updateable", true)
                .put("deletable", true)
                .put("replicateable", true)
                .put("undeletable", true);
        summary.putObject("urls")
                .put("sobject", root + "/sobjects/" + name)
                .put("describe", root + "/sobjects/" + name + "/describe")
                .put("rowTemplate", root + "/sobjects/" + name + "/{ID}");
        return summary;
    }

    ObjectNode describe(String root, Collection<FakeObject> all) {
        ObjectNode described = summary(root);
        ArrayNode list = described.putArray("fields");
        fields.values().forEach(field -> list.add(field.describe()));
        ArrayNode children = described.putArray("childRelationships");
        for (FakeObject other : all) {
            for (FakeField field : other.fields()) {
                if (name.equals(field.referenceTo())) {
                    children.addObject()
                            .put("childSObject", other.name)
                            .put("field", field.name())
                            .put("relationshipName", field.childRelationship());
                }
            }
        }
        return described;
    }
}
