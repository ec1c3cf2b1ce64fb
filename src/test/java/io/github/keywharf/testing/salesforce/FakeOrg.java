package io.github.keywharf.testing.salesforce;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The objects and records of the org, and what was done to them. Guarded by the lock of {@link FakeSalesforce}. */
final class FakeOrg {
    private static final Map<String, List<String>> ADDRESS = Map.of(
            "MailingAddress",
            List.of("MailingStreet", "MailingCity", "MailingPostalCode", "MailingCountry"),
            "BillingAddress",
            List.of("BillingStreet", "BillingCity", "BillingPostalCode", "BillingCountry"));

    private final InstantSource clock;
    private final Map<String, FakeObject> objects = new LinkedHashMap<>();
    private final List<String> executed = new ArrayList<>();
    private final Set<String> locked = new HashSet<>();
    private @Nullable List<Runnable> undo;
    private int customObjects;

    FakeOrg(InstantSource clock) {
        this.clock = clock;
        Instant now = clock.instant();
        FakeObject account = put(new FakeObject("Account", "001", now));
        for (FakeField field : List.of(
                FakeField.of("Name", "string").asRequired(),
                FakeField.of("ParentId", "reference").to("Account", "Parent", "ChildAccounts"),
                FakeField.of("Industry", "picklist"),
                FakeField.of("AnnualRevenue", "currency"),
                FakeField.of("NumberOfEmployees", "int"),
                FakeField.of("Website", "url"),
                FakeField.of("Phone", "phone"),
                FakeField.of("Description", "textarea"),
                FakeField.of("BillingAddress", "address"),
                FakeField.of("BillingStreet", "textarea").length(255),
                FakeField.of("BillingCity", "string").length(40),
                FakeField.of("BillingPostalCode", "string").length(20),
                FakeField.of("BillingCountry", "string").length(80),
                FakeField.of("Ext__c", "string").asExternalId())) {
            account.add(field, now);
        }
        FakeObject contact = put(new FakeObject("Contact", "003", now));
        for (FakeField field : List.of(
                FakeField.of("MasterRecordId", "reference").asReadOnly(),
                FakeField.of("AccountId", "reference").to("Account", "Account", "Contacts"),
                FakeField.of("LastName", "string").length(80).asRequired(),
                FakeField.of("FirstName", "string").length(40),
                FakeField.of("Salutation", "picklist"),
                FakeField.of("Name", "string").asReadOnly(),
                FakeField.of("Email", "email").length(80),
                FakeField.of("Phone", "phone"),
                FakeField.of("Title", "string"),
                FakeField.of("LeadSource", "picklist"),
                FakeField.of("Birthdate", "date"),
                FakeField.of("Description", "textarea"),
                FakeField.of("HasOptedOutOfEmail", "boolean"),
                FakeField.of("MailingAddress", "address"),
                FakeField.of("MailingStreet", "textarea").length(255),
                FakeField.of("MailingCity", "string").length(40),
                FakeField.of("MailingPostalCode", "string").length(20),
                FakeField.of("MailingCountry", "string").length(80),
                FakeField.of("Score__c", "double"),
                FakeField.of("Interests__c", "multipicklist"),
                FakeField.of("Ext__c", "string").asExternalId())) {
            contact.add(field, now);
        }
        FakeObject sample = put(new FakeObject("Sample__c", "a00", now));
        for (FakeField field : List.of(
                FakeField.of("Name", "string").length(80),
                FakeField.of("Contact__c", "reference").to("Contact", "Contact__r", "Samples__r"),
                FakeField.of("Area__c", "textarea"),
                FakeField.of("Pick__c", "picklist"),
                FakeField.of("Multi__c", "multipicklist"),
                FakeField.of("Phone__c", "phone"),
                FakeField.of("Url__c", "url"),
                FakeField.of("Email__c", "email"),
                FakeField.of("Combo__c", "combobox"),
                FakeField.of("Hidden__c", "encryptedstring"),
                FakeField.of("Blob__c", "base64").length(0),
                FakeField.of("Flag__c", "boolean"),
                FakeField.of("Int__c", "int"),
                FakeField.of("Long__c", "long"),
                FakeField.of("Number__c", "double"),
                FakeField.of("Amount__c", "currency"),
                FakeField.of("Share__c", "percent"),
                FakeField.of("Day__c", "date"),
                FakeField.of("At__c", "datetime"),
                FakeField.of("Clock__c", "time"),
                FakeField.of("Place__c", "location"),
                FakeField.of("Place__Latitude__s", "double"),
                FakeField.of("Place__Longitude__s", "double"),
                FakeField.of("Ext__c", "string").asExternalId())) {
            sample.add(field, now);
        }
    }

    private FakeObject put(FakeObject object) {
        objects.put(object.name().toLowerCase(Locale.ROOT), object);
        return object;
    }

    FakeObject define(String name) {
        customObjects++;
        return put(new FakeObject(name, "a" + (char) ('A' + customObjects / 10) + customObjects % 10, now()));
    }

    void undefine(String name) {
        objects.remove(name.toLowerCase(Locale.ROOT));
    }

    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    Collection<FakeObject> objects() {
        return objects.values();
    }

    Optional<FakeObject> find(String object) {
        return Optional.ofNullable(objects.get(object.toLowerCase(Locale.ROOT)));
    }

    /** The object of a REST path; an unknown one does not exist as a resource. */
    FakeObject resource(String object) {
        return find(object).orElseThrow(Refusal::notFound);
    }

    /** The object whose ids begin like this one. */
    FakeObject byId(String id) {
        for (FakeObject object : objects.values()) {
            if (id.startsWith(object.prefix())) {
                return object;
            }
        }
        throw new Refusal(404, "NOT_FOUND", "The requested resource does not exist");
    }

    /** Changes that can be rolled back together. One inside another is a part of it. */
    final class Transaction implements AutoCloseable {
        private final @Nullable List<Runnable> outer = undo;
        private final int before = executed.size();
        private final List<Runnable> own = new ArrayList<>();

        private Transaction() {
            undo = own;
        }

        void rollBack() {
            for (int i = own.size() - 1; i >= 0; i--) {
                own.get(i).run();
            }
            own.clear();
            executed.subList(before, executed.size()).clear();
        }

        @Override
        public void close() {
            undo = outer;
            if (outer != null) {
                outer.addAll(own);
            }
        }
    }

    Transaction begin() {
        return new Transaction();
    }

    /** Keeps what a record is like, or that it is not there, for the case that the transaction is rolled back. */
    private void keep(FakeObject object, String id) {
        if (undo == null) {
            return;
        }
        FakeRecord old = object.find(id);
        Map<String, Object> values = old == null ? Map.of() : Map.copyOf(old.values());
        Instant deletion = object.deletions().get(id);
        undo.add(() -> {
            if (old == null) {
                object.erase(id);
            } else {
                old.restore(values);
            }
            if (deletion == null) {
                object.deletions().remove(id);
            }
        });
    }

    List<String> executed() {
        return List.copyOf(executed);
    }

    /** Creates a record; all of its values were checked before anything is stored. */
    FakeRecord insert(FakeObject object, Map<String, Object> values) {
        check(object, values, true);
        FakeRecord created = new FakeRecord(object, object.nextId());
        keep(object, created.id());
        created.set("Id", created.id());
        created.set("IsDeleted", false);
        for (FakeField field : object.fields()) {
            if (field.type().equals("boolean") && !field.name().equals("IsDeleted")) {
                created.set(field.name(), false);
            }
        }
        values.forEach(created::set);
        created.set("CreatedDate", now());
        touch(created);
        object.put(created);
        executed.add("insert " + object.name() + " " + created.id());
        return created;
    }

    FakeRecord update(FakeObject object, String id, Map<String, Object> values) {
        FakeRecord old = changeable(object, id);
        check(object, values, false);
        keep(object, old.id());
        values.forEach((field, value) -> old.set(field, value == Cleared.VALUE ? null : value));
        touch(old);
        executed.add("update " + object.name() + " " + old.id());
        return old;
    }

    /** Moves a record into the recycle bin, where queryAll sees it (REST API Developer Guide, "QueryAll"). */
    void delete(FakeObject object, String id) {
        FakeRecord old = changeable(object, id);
        keep(object, old.id());
        old.set("IsDeleted", true);
        old.set("SystemModstamp", now());
        object.deletions().put(old.id(), now());
        executed.add("delete " + object.name() + " " + old.id());
    }

    /** Takes a record back out of the recycle bin; the log of deletions still has it. */
    void restore(FakeObject object, String id) {
        FakeRecord old = object.find(SalesforceIds.normal(id));
        if (old == null || !old.isDeleted()) {
            throw new IllegalArgumentException(id + " is not in the recycle bin");
        }
        old.set("IsDeleted", false);
        touch(old);
        executed.add("undelete " + object.name() + " " + old.id());
    }

    /** Deletes past the recycle bin: getDeleted has it, queryAll does not. */
    void hardDelete(FakeObject object, String id) {
        FakeRecord old = changeable(object, id);
        object.erase(old.id());
        object.deletions().put(old.id(), now());
        executed.add("hardDelete " + object.name() + " " + old.id());
    }

    FakeRecord existing(FakeObject object, String id) {
        String normal = SalesforceIds.normal(id);
        FakeRecord old = object.find(normal);
        if (old == null) {
            throw new Refusal(404, "NOT_FOUND", "The requested resource does not exist");
        }
        if (old.isDeleted()) {
            throw new Refusal(404, "ENTITY_IS_DELETED", "entity is deleted");
        }
        return old;
    }

    /** The values of a JSON request by field; null is kept as {@link Cleared}. */
    Map<String, Object> values(FakeObject object, ObjectNode json) {
        Map<String, Object> values = new LinkedHashMap<>();
        json.properties().forEach(entry -> {
            String name = entry.getKey();
            if (name.equals("attributes")) {
                return;
            }
            FakeField field = writable(object, name);
            Object value;
            if (field == null) {
                parentByExternalId(object, name, entry.getValue().path("Ext__c").asText(""), values);
                return;
            }
            value = FieldValues.ofJson(field, entry.getValue());
            values.put(field.name(), value == null ? Cleared.VALUE : value);
        });
        return values;
    }

    /** The field of that name, or null when the name is the path to a parent, which may be given by its external id. */
    @Nullable
    FakeField writable(FakeObject object, String name) {
        Optional<FakeField> field = object.field(name);
        if (field.isPresent()) {
            return field.get();
        }
        if (object.fields().stream().anyMatch(each -> name.equalsIgnoreCase(each.relationship()))) {
            return null;
        }
        throw new Refusal(
                400, "INVALID_FIELD", "No such column '" + name + "' on sobject of type " + object.name(), name);
    }

    /** Resolves {@code "Account": {"Ext__c": "7"}} or the CSV column {@code Account.Ext__c}. */
    void parentByExternalId(FakeObject object, String path, String value, Map<String, Object> values) {
        for (FakeField field : object.fields()) {
            if (path.equalsIgnoreCase(field.relationship()) && field.referenceTo() != null) {
                FakeObject parent = resource(field.referenceTo());
                List<FakeRecord> found = parent.field("Ext__c")
                        .map(ext -> parent.withExternalId(ext, value))
                        .orElse(List.of());
                if (found.size() != 1) {
                    throw new Refusal(
                            400,
                            "INVALID_FIELD",
                            "Foreign key external ID: " + value + " not found for field Ext__c in entity "
                                    + parent.name());
                }
                values.put(field.name(), found.get(0).id());
            }
        }
    }

    /** The record that an upsert means, or null when it creates; the value has to be there and to be of one record only. */
    @Nullable
    FakeRecord byExternalId(FakeObject object, FakeField field, Map<String, Object> values) {
        Object value = values.get(field.name());
        if (value == null || value == Cleared.VALUE) {
            throw new Refusal(400, "MISSING_ARGUMENT", field.name() + " not specified", field.name());
        }
        List<FakeRecord> found = object.withExternalId(field, value);
        if (found.size() > 1) {
            throw new Refusal(
                    400,
                    "DUPLICATE_EXTERNAL_ID",
                    "More than one record found for external id field: "
                            + found.stream().map(FakeRecord::id).toList(),
                    field.name());
        }
        return found.isEmpty() ? null : found.get(0);
    }

    /** Locks a record until it is unlocked: changes to it and to its children fail with UNABLE_TO_LOCK_ROW. */
    void lock(String id, boolean on) {
        if (on) {
            locked.add(SalesforceIds.normal(id));
        } else {
            locked.remove(SalesforceIds.normal(id));
        }
    }

    private FakeRecord changeable(FakeObject object, String id) {
        FakeRecord old = existing(object, id);
        if (locked.contains(old.id())) {
            throw rowLocked(old.id());
        }
        return old;
    }

    private static Refusal rowLocked(String id) {
        return new Refusal(
                400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record or 1 records: " + id);
    }

    private void check(FakeObject object, Map<String, Object> values, boolean insert) {
        values.forEach((name, value) -> {
            FakeField field = object.field(name).orElseThrow();
            if (field.readOnly() || field.isCompound()) {
                throw new Refusal(
                        400,
                        "INVALID_FIELD_FOR_INSERT_UPDATE",
                        "Unable to create/update fields: " + field.name()
                                + ". Please check the security settings of this field and verify that it is read/write"
                                + " for your profile or permission set.",
                        field.name());
            }
            if (field.referenceTo() != null && value instanceof String id) {
                FakeRecord parent = resource(field.referenceTo()).find(id);
                if (locked.contains(id)) {
                    // A child locks its parent while it is written.
                    throw rowLocked(id);
                }
                if (parent == null || parent.isDeleted()) {
                    throw new Refusal(
                            400,
                            parent == null ? "INVALID_CROSS_REFERENCE_KEY" : "ENTITY_IS_DELETED",
                            parent == null ? "invalid cross reference id" : "entity is deleted",
                            field.name());
                }
            }
        });
        List<String> missing = object.fields().stream()
                .filter(FakeField::required)
                .map(FakeField::name)
                .filter(name -> values.containsKey(name) ? values.get(name) == Cleared.VALUE : insert)
                .toList();
        if (!missing.isEmpty()) {
            throw new Refusal(
                    400,
                    "REQUIRED_FIELD_MISSING",
                    "Required fields are missing: " + missing,
                    missing.toArray(String[]::new));
        }
        if (insert) {
            values.values().removeIf(value -> value == Cleared.VALUE);
        }
    }

    /** What the service maintains itself: stamps, the name of a person, compound fields. */
    private void touch(FakeRecord changed) {
        changed.set("LastModifiedDate", now());
        changed.set("SystemModstamp", now());
        if (changed.object().name().equals("Contact")) {
            changed.set(
                    "Name",
                    Stream.of("FirstName", "LastName")
                            .map(changed::value)
                            .filter(part -> part != null)
                            .map(Object::toString)
                            .collect(Collectors.joining(" ")));
        }
        ADDRESS.forEach((compound, parts) -> {
            if (changed.object().field(compound).isPresent()) {
                ObjectNode address = Json.object();
                for (String part : parts) {
                    String key = part.replaceFirst("^(Mailing|Billing)", "");
                    FieldValues.put(
                            address, Character.toLowerCase(key.charAt(0)) + key.substring(1), changed.value(part));
                }
                boolean any = parts.stream().anyMatch(part -> changed.value(part) != null);
                changed.set(compound, any ? address : null);
            }
        });
        if (changed.value("Place__Latitude__s") instanceof Double latitude
                && changed.value("Place__Longitude__s") instanceof Double longitude) {
            changed.set("Place__c", Json.object().put("latitude", latitude).put("longitude", longitude));
        }
    }

    /** The value of a field that a request clears. */
    enum Cleared {
        VALUE
    }
}
