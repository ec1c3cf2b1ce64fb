package io.github.keywharf.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.salesforce.SalesforceResult.Outcome;
import io.github.keywharf.salesforce.SalesforceSinkOptions.Operation;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Schema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One kind of record of an org, such as {@code Contact}: its records are created, changed, deleted, read by key, and copied.
 *
 * <pre>{@code
 * SalesforceObject contacts = salesforce.object("Contact");
 * String id = contacts.create(Map.of("LastName", "O'Hara"));
 * contacts.upsert("Ext__c", "c-17", Map.of("LastName", "O'Hara", "Birthdate", LocalDate.of(1990, 2, 28)));
 * contacts.copyInto(database.table("contact").upsertBy("Id")).state(store, "contact").run();
 * }</pre>
 *
 * <p>Values are text, numbers, booleans, {@link java.time.LocalDate}, {@link java.time.LocalTime}, {@link java.time.Instant}
 * or {@link java.time.OffsetDateTime} (sent in UTC, to the millisecond), {@link java.util.UUID}, null, which clears the field,
 * and a map that finds a parent by its external id: {@code "Account", Map.of("Ext__c", "a-1")}. Another type is refused with
 * code {@code salesforce.bad_record}. Names of fields are case-sensitive here as in {@link Map}s.
 *
 * <p>{@code create} and {@code createAll} are sent once. When the connection breaks before the answer, the error has the code
 * {@code salesforce.outcome_unknown}. All else does no harm twice and is sent again where that may help.
 *
 * <p>Thread-safe.
 */
public final class SalesforceObject {
    /** The most records of a call to collections, as the API sets it. */
    public static final int COLLECTION = 200;

    /** The most records of a list, 10,000: 50 calls. A sink takes more, without holding them. */
    public static final int MAX_RECORDS = 10_000;

    private final SalesforceCalls calls;
    private final String name;
    private final QueryContext queries;

    SalesforceObject(QueryContext queries, String name) {
        this.calls = queries.calls();
        this.name = RecordValues.name("an object", name);
        this.queries = queries;
    }

    /** Writes rows into the object's records, few by REST and many by bulk jobs; it inserts unless said otherwise. */
    public SalesforceSink.Builder sink() {
        return new SalesforceSink.Builder(calls, name);
    }

    /** Its API name. */
    public String name() {
        return name;
    }

    SalesforceCalls calls() {
        return calls;
    }

    QueryContext queries() {
        return queries;
    }

    /**
     * Creates a record.
     *
     * @return its id
     * @throws KeywharfException with the vendor's reason when it is refused, or {@code salesforce.outcome_unknown}
     */
    public String create(Map<String, ?> values) {
        JsonNode answer = RecordWrites.send(calls, "POST", "sobjects/" + name, body(values), false)
                .body();
        return id(answer, "created");
    }

    /** Sets these fields of a record, and leaves the others as they are. */
    public void update(String id, Map<String, ?> values) {
        RecordWrites.send(calls, "PATCH", record(id), body(values), true);
    }

    /**
     * Updates the record that has this value of an external id, or creates it. If the answer to the first attempt is lost, a record
     * that it created counts as updated.
     *
     * @param externalId the field's API name; the field should be unique
     * @param values other fields; the external id itself is not among them
     * @return its id, and whether it was created
     * @throws KeywharfException with code {@code salesforce.refused} when several records have the value; the message lists them
     */
    public SalesforceResult upsert(String externalId, Object value, Map<String, ?> values) {
        if (values.containsKey(externalId)) {
            throw new IllegalArgumentException(
                    "The external id " + externalId + " is given beside the values, not among them");
        }
        RecordWrites.Answer answer = RecordWrites.send(calls, "PATCH", record(externalId, value), body(values), true);
        Outcome outcome =
                answer.status() == 201 || answer.body().path("created").asBoolean() ? Outcome.CREATED : Outcome.UPDATED;
        return new SalesforceResult(0, outcome, Optional.of(id(answer.body(), "upserted")), List.of());
    }

    /**
     * Deletes a record. If the answer to the first attempt is lost, the record counts as deleted before.
     *
     * @return whether this call found it; false when it was deleted before
     */
    public boolean delete(String id) {
        try {
            RecordWrites.send(calls, "DELETE", record(id), SalesforceCalls.JSON.missingNode(), true);
            return true;
        } catch (KeywharfException e) {
            if (SalesforceErrors.says(e, RecordWrites.DELETED_BEFORE)) {
                return false;
            }
            throw e;
        }
    }

    /**
     * A record by its id, as JSON has the values: text, dates and times included, numbers, booleans, null, and maps for
     * compound fields. A query gives typed values.
     *
     * @param fields which ones; all that the user may see when none is given
     * @return empty when there is none, or it is deleted
     */
    public Optional<Map<String, @Nullable Object>> get(String id, String... fields) {
        return found(record(id), "Id", fields);
    }

    /**
     * The record that has this value of an external id, as {@link #get} gives it.
     *
     * @throws KeywharfException with code {@code salesforce.refused} when several records have it; the message lists them
     */
    public Optional<Map<String, @Nullable Object>> getBy(String externalId, Object value, String... fields) {
        return found(record(externalId, value), externalId, fields);
    }

    private Optional<Map<String, @Nullable Object>> found(String path, String key, String... fields) {
        try {
            return Optional.of(RecordValues.map(calls.getObject(path + RecordValues.chosen(fields))));
        } catch (KeywharfException e) {
            if (!e.code().equals(SalesforceErrors.NOT_FOUND)) {
                throw e;
            }
            // The same answer is given where the object or the external id does not exist.
            ObjectFields.read(this).require(name, List.of(key));
            return Optional.empty();
        }
    }

    /**
     * Creates records, 200 with each call.
     *
     * @param records at most {@link #MAX_RECORDS}
     * @param allOrNone whether none is created when one is refused; for at most {@link #COLLECTION} records
     * @return one result for each record, in their order
     * @throws SalesforceWriteException when a call fails as a whole; its results say how far it came
     */
    public List<SalesforceResult> createAll(List<? extends Map<String, ?>> records, boolean allOrNone) {
        return writes(Operation.INSERT, "", allOrNone).all(records);
    }

    /** Updates records, each of which has its {@code Id} among the values; otherwise as {@link #createAll}. */
    public List<SalesforceResult> updateAll(List<? extends Map<String, ?>> records, boolean allOrNone) {
        return writes(Operation.UPDATE, "", allOrNone).all(records);
    }

    /** Upserts records, each of which has the external id among its values; otherwise as {@link #createAll}. */
    public List<SalesforceResult> upsertAll(
            String externalId, List<? extends Map<String, ?>> records, boolean allOrNone) {
        return writes(Operation.UPSERT, RecordValues.name("a field", externalId), allOrNone)
                .all(records);
    }

    /** Deletes records; those that were deleted before are {@link Outcome#ABSENT}. Otherwise as {@link #createAll}. */
    public List<SalesforceResult> deleteAll(List<String> ids, boolean allOrNone) {
        return writes(Operation.DELETE, "", allOrNone)
                .all(ids.stream().map(id -> Map.of("Id", id)).toList());
    }

    /**
     * All records, as the first step of following their changes.
     *
     * @param fields which ones; all that can be read when none is given, without compound and binary ones
     * @throws KeywharfException with code {@code salesforce.no_field} when there is no such field, or the object does not say
     *     when its records change
     */
    public SalesforceChanges changes(String... fields) {
        return SalesforceChanges.whole(this, ObjectFields.read(this), List.of(fields), true, null);
    }

    /** The records that were changed or deleted since a checkpoint of this object. */
    public SalesforceChanges changes(SalesforceCheckpoint since) {
        return SalesforceChanges.since(this, ObjectFields.read(this), since, true);
    }

    /**
     * Copies the object into a place that upserts by the column {@code Id}: a table of PostgreSQL or of Cassandra, which
     * {@code create(object.schema(), "Id")} creates.
     */
    public SalesforceCopy copyInto(RowSink sink) {
        return new SalesforceCopy(this, CopyTarget.of(sink), null);
    }

    /** Copies the object into Parquet files. */
    public SalesforceCopy copyInto(SalesforceFolder folder) {
        return new SalesforceCopy(this, folder.target(), folder.state());
    }

    /**
     * The columns of a copy, in the order of the describe: names and types, as its rows have them.
     *
     * @param fields which ones; all that a copy has when none is given
     */
    public Schema schema(String... fields) {
        ObjectFields present = ObjectFields.read(this);
        return present.schema(present.columns(name, List.of(fields), true));
    }

    private RecordWrites writes(Operation operation, String externalId, boolean allOrNone) {
        return new RecordWrites(calls, name, operation, externalId, allOrNone);
    }

    private JsonNode body(Map<String, ?> values) {
        return RecordValues.record(name, values);
    }

    private String record(String id) {
        return "sobjects/" + name + "/" + SalesforceId.check(id);
    }

    private String record(String externalId, Object value) {
        String field = RecordValues.name("a field", externalId);
        return "sobjects/" + name + "/" + field + "/" + RecordValues.segment(name, field, value);
    }

    private String id(JsonNode answer, String done) {
        JsonNode id = answer.path("id");
        if (!id.isTextual()) {
            throw new KeywharfException(
                    "salesforce.bad_answer",
                    calls.subject("sobjects/" + name),
                    "The record was " + done
                            + ", but the answer has no id; use version 46.0 of the API or a later one, and"
                            + " look for the record");
        }
        return id.textValue();
    }

    @Override
    public String toString() {
        return "SalesforceObject[" + name + " of " + calls.target().host() + "]";
    }
}
