package io.github.keywharf.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far the changes of an object are read. {@link #toJson} and {@link #parse} keep it anywhere.
 *
 * @param object its API name
 * @param until all that was changed before is read, by the org's clock
 * @param deletedUntil all deletions before are read that the org's log of deletions lists
 * @param columns the fields that are read
 * @param fields the vendor's types of all fields that could be read when the whole object was, by name; drift is against these
 */
public record SalesforceCheckpoint(
        String object, Instant until, Instant deletedUntil, List<String> columns, Map<String, String> fields) {

    /** Checks the names, and copies list and map. */
    public SalesforceCheckpoint {
        RecordValues.name("an object", object);
        columns = List.copyOf(columns);
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        columns.forEach(column -> RecordValues.name("a field", column));
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("A checkpoint of " + object + " needs columns");
        }
    }

    /** This as JSON, in one line. */
    public String toJson() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("object", object);
        node.put("until", until.toString());
        node.put("deletedUntil", deletedUntil.toString());
        columns.forEach(node.putArray("columns")::add);
        ObjectNode types = node.putObject("fields");
        fields.forEach(types::put);
        return node.toString();
    }

    /**
     * What {@link #toJson} wrote.
     *
     * @throws KeywharfException with code {@code salesforce.bad_checkpoint} when it is something else
     */
    public static SalesforceCheckpoint parse(String json) {
        return parse("checkpoint", json);
    }

    static SalesforceCheckpoint parse(String subject, String json) {
        try {
            JsonNode node = SalesforceCalls.JSON.readTree(json);
            List<String> columns = new ArrayList<>();
            node.path("columns").forEach(column -> columns.add(column.asText()));
            Map<String, String> fields = new LinkedHashMap<>();
            node.path("fields")
                    .properties()
                    .forEach(
                            field -> fields.put(field.getKey(), field.getValue().asText()));
            return new SalesforceCheckpoint(
                    node.path("object").asText(),
                    Instant.parse(node.path("until").asText()),
                    Instant.parse(node.path("deletedUntil").asText()),
                    columns,
                    fields);
        } catch (IOException | DateTimeException | IllegalArgumentException e) {
            throw new KeywharfException(
                    "salesforce.bad_checkpoint",
                    subject,
                    "It is not a checkpoint of an object; keep what toJson() gives, or begin with the whole object",
                    e);
        }
    }

    @Override
    public String toString() {
        return object + " until " + until + ", deletions until " + deletedUntil + ", " + columns.size() + " columns";
    }
}
