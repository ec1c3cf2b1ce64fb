package io.github.keywharf.salesforce;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.Schema;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a describe says of an object now.
 *
 * @param now when the org answered, by its clock
 * @param description all of it
 * @param types the vendor's types of the fields that a copy can have, by name, in order
 */
record ObjectFields(Instant now, SalesforceDescription description, Map<String, String> types) {
    /** When the record was last changed by anybody, the system included ("System Fields", Object Reference). */
    static final String CHANGED = "SystemModstamp";

    static final String ID = "Id";
    static final String DELETED = "IsDeleted";

    /** Compound fields repeat others, and bulk queries refuse them and binary ones. */
    private static final Set<String> LEFT_OUT = Set.of("address", "location", "base64", "complexvalue");

    /** Asks the org; one call. */
    static ObjectFields read(SalesforceObject object) {
        SalesforceDescribe.Answer<SalesforceDescription> answer =
                object.queries().describe().present(object.name());
        String subject = object.calls().subject("sobjects/" + object.name());
        String date = answer.date()
                .orElseThrow(
                        () -> new KeywharfException(
                                "salesforce.bad_answer",
                                subject,
                                "The answer has no header Date, by which changes are bounded; check whether a proxy removes it"));
        Map<String, String> types = new LinkedHashMap<>();
        for (SalesforceField field : answer.value().fields()) {
            if (!LEFT_OUT.contains(field.type())) {
                types.put(RecordValues.name("a field", field.name()), field.type());
            }
        }
        try {
            return new ObjectFields(
                    ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant(),
                    answer.value(),
                    types);
        } catch (DateTimeException e) {
            throw new KeywharfException("salesforce.bad_answer", subject, "The header Date is not one of HTTP", e);
        }
    }

    /** Whether getDeleted covers the object. */
    boolean listsDeletions() {
        return description.object().replicateable();
    }

    boolean marksDeleted() {
        return types.containsKey(DELETED);
    }

    void require(String object, Collection<String> fields) {
        for (String field : fields) {
            if (types.keySet().stream().noneMatch(field::equalsIgnoreCase)) {
                throw new KeywharfException(
                        "salesforce.no_field",
                        object,
                        "There is no field " + field
                                + " that the user may see and a copy can have; describe() lists them");
            }
        }
    }

    /**
     * The names of a copy's columns, as the describe spells them.
     *
     * @param wanted empty for all
     */
    List<String> columns(String object, List<String> wanted, boolean deletions) {
        if (wanted.isEmpty()) {
            return List.copyOf(types.keySet());
        }
        require(object, wanted);
        List<String> columns = new ArrayList<>();
        for (String field : types.keySet()) {
            if (field.equals(ID)
                    || (deletions && field.equals(DELETED))
                    || wanted.stream().anyMatch(field::equalsIgnoreCase)) {
                columns.add(field);
            }
        }
        return columns;
    }

    Schema schema(List<String> columns) {
        List<Column> made = new ArrayList<>();
        for (String column : columns) {
            made.add(Column.nullable(column, FieldTypes.columnType(types.getOrDefault(column, "string"))));
        }
        return Schema.of(made);
    }
}
