package io.github.keywharf.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
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
 * @param listsDeletions whether getDeleted covers the object
 * @param types the vendor's types of the fields that a copy can have, by name, in order
 */
record ObjectFields(Instant now, boolean listsDeletions, Map<String, String> types) {
    /** When the record was last changed by anybody, the system included ("System Fields", Object Reference). */
    static final String CHANGED = "SystemModstamp";

    static final String ID = "Id";
    static final String DELETED = "IsDeleted";

    /** Compound fields repeat others, and bulk queries refuse them and binary ones. */
    private static final Set<String> LEFT_OUT = Set.of("address", "location", "base64", "complexvalue");

    static ObjectFields read(SalesforceCalls calls, String object) {
        return calls.read("sobjects/" + object + "/describe", Map.of(), response -> {
            Instant now = response.header("Date")
                    .map(text -> date(calls, text))
                    .orElseThrow(
                            () -> new KeywharfException(
                                    "salesforce.bad_answer",
                                    calls.subject("sobjects/" + object),
                                    "The answer has no header Date, by which changes are bounded; check whether a proxy removes it"));
            JsonNode tree = calls.object(response);
            Map<String, String> types = new LinkedHashMap<>();
            for (JsonNode field : tree.path("fields")) {
                String type = field.path("type").asText();
                if (!LEFT_OUT.contains(type)) {
                    types.put(RecordValues.name("a field", field.path("name").asText()), type);
                }
            }
            return new ObjectFields(now, tree.path("replicateable").asBoolean(true), types);
        });
    }

    private static Instant date(SalesforceCalls calls, String text) {
        try {
            return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
        } catch (DateTimeException e) {
            throw new KeywharfException(
                    "salesforce.bad_answer", calls.subject("describe"), "The header Date is not one of HTTP", e);
        }
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
