package io.github.keywharf.key;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.key.RecordsPlace.Note;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An entry of a ring's journal.
 *
 * @param note what was done last
 * @param records what came of it
 */
record KeyRecordsEntry(Note note, KeyRecords records) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int FORMAT = 1;

    byte[] json() {
        ObjectNode json = JSON.createObjectNode().put("format", FORMAT);
        json.put("action", note.action())
                .put("by", note.by().name())
                .put("from", note.by().from())
                .put("at", note.at().toString());
        ArrayNode keys = json.putArray("keys");
        records.all().forEach(record -> write(record, keys.addObject()));
        return json.toString().getBytes(UTF_8);
    }

    private static void write(KeyRecord record, ObjectNode json) {
        json.put("id", record.id())
                .put("organisation", record.organisation().map(Organisation::id).orElse(null))
                .put("label", record.label())
                .put("state", record.state().name())
                .put("created", record.created().toString())
                .put("created_by", record.createdBy())
                .put("valid_until", record.validUntil().toString());
        record.ends().ifPresent(end -> json.put("ends", end.toString()));
        record.replacedBy().ifPresent(other -> json.put("replaced_by", other));
        record.ended().ifPresent(at -> json.put("ended", at.toString()));
        json.put("seal", record.seal());
    }

    static KeyRecordsEntry parse(String subject, long number, byte[] content) {
        try {
            JsonNode json = JSON.readTree(content);
            if (json.required("format").asInt() != FORMAT) {
                throw new IllegalArgumentException("The format is not " + FORMAT);
            }
            Note note = new Note(
                    text(json, "action"),
                    Actor.of(text(json, "by"), text(json, "from")),
                    Instant.parse(text(json, "at")));
            JsonNode array = json.required("keys");
            if (!array.isArray()) {
                // Nothing else may be taken for a ring without keys.
                throw new IllegalArgumentException("The keys are not a list");
            }
            List<KeyRecord> keys = new ArrayList<>();
            for (JsonNode key : array) {
                keys.add(read(key));
            }
            return new KeyRecordsEntry(note, KeyRecords.of(keys));
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            throw new KeywharfException(
                    "key.ring_unreadable",
                    subject,
                    "It is not an entry of a ring of keys that this version reads; restore the object, or give the ring a"
                            + " folder in which there is nothing else",
                    e);
        }
    }

    private static KeyRecord read(JsonNode json) {
        String id = text(json, "id");
        if (!AccessKey.isId(id)) {
            throw new IllegalArgumentException("A key's id is not one");
        }
        JsonNode organisation = json.required("organisation");
        return new KeyRecord(
                id,
                organisation.isNull() ? Optional.empty() : Optional.of(Organisation.of(text(json, "organisation"))),
                text(json, "label"),
                Instant.parse(text(json, "created")),
                text(json, "created_by"),
                Instant.parse(text(json, "valid_until")),
                KeyState.valueOf(text(json, "state")),
                optional(json, "ends").map(Instant::parse),
                optional(json, "replaced_by"),
                optional(json, "ended").map(Instant::parse),
                text(json, "seal"));
    }

    private static String text(JsonNode json, String field) {
        JsonNode value = json.required(field);
        if (!value.isTextual()) {
            throw new IllegalArgumentException("The field " + field + " is not a text");
        }
        return value.textValue();
    }

    private static Optional<String> optional(JsonNode json, String field) {
        return json.has(field) ? Optional.of(text(json, field)) : Optional.empty();
    }
}
