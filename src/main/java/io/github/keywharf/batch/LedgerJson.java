package io.github.keywharf.batch;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The ledger's JSON. What is not exactly so is refused, as a state that is read wrongly loses or repeats a file. */
final class LedgerJson {

    private static final int FORMAT = 1;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final Set<String> FIELDS = Set.of(
            "id",
            "tenant",
            "name",
            "bytes",
            "sha256",
            "state",
            "attempt",
            "received",
            "started",
            "ended",
            "lines",
            "rows",
            "rejected",
            "reason");

    /** What reads a parsed document, and refuses it by an unchecked exception. */
    private interface Reader<T> {
        T read(JsonNode json);
    }

    private LedgerJson() {}

    static byte[] entry(LedgerEntry entry) {
        ObjectNode json = JSON.createObjectNode().put("format", FORMAT).put("writer", entry.writer());
        ArrayNode files = json.putArray("files");
        entry.files().forEach(file -> write(file, files.addObject()));
        return json.toString().getBytes(UTF_8);
    }

    static LedgerEntry parseEntry(String subject, byte[] content) {
        return parse(subject, content, json -> {
            JsonNode array = json.required("files");
            if (!array.isArray() || json.size() != 3) {
                throw new IllegalArgumentException("It has other fields than an entry");
            }
            List<IngestedFile> files = new ArrayList<>();
            array.forEach(file -> files.add(read(file)));
            return new LedgerEntry(text(checked(json), "writer"), files);
        });
    }

    /** The first line of a snapshot: the format, the number of the last entry in it, and how many lines follow. */
    static byte[] header(long number, int files) {
        return JSON.createObjectNode()
                .put("format", FORMAT)
                .put("entry", number)
                .put("files", files)
                .toString()
                .getBytes(UTF_8);
    }

    /** How many lines follow the first one of the snapshot of an entry. */
    static long parseHeader(String subject, long number, byte[] line) {
        return parse(subject, line, json -> {
            if (number(checked(json), "entry") != number) {
                throw new IllegalArgumentException("It is the snapshot of another entry");
            }
            return number(json, "files");
        });
    }

    /** One line of a snapshot. */
    static byte[] file(IngestedFile file) {
        ObjectNode json = JSON.createObjectNode();
        write(file, json);
        return json.toString().getBytes(UTF_8);
    }

    static IngestedFile parseFile(String subject, byte[] line) {
        return parse(subject, line, LedgerJson::read);
    }

    private static JsonNode checked(JsonNode json) {
        if (number(json, "format") != FORMAT) {
            throw new IllegalArgumentException("The format is not " + FORMAT);
        }
        return json;
    }

    private static <T> T parse(String subject, byte[] content, Reader<T> reader) {
        try {
            return reader.read(JSON.readTree(content));
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            throw unreadable(subject, "It is not what this version of the library writes", e);
        }
    }

    static KeywharfException unreadable(String subject, String problem, Throwable cause) {
        return new KeywharfException(
                "batch.ledger_unreadable",
                subject,
                problem + "; restore the object from a copy, or use the version of the library that wrote it",
                cause);
    }

    private static void write(IngestedFile file, ObjectNode json) {
        json.put("id", file.id())
                .put("tenant", file.tenant().name())
                .put("name", file.name())
                .put("bytes", file.bytes())
                .put("sha256", file.sha256())
                .put("state", file.state().name())
                .put("attempt", file.attempt())
                .put("received", file.received().toString());
        file.started().ifPresent(at -> json.put("started", at.toString()));
        file.ended().ifPresent(at -> json.put("ended", at.toString()));
        json.put("lines", file.lines())
                .put("rows", file.rows())
                .put("rejected", file.rejected())
                .put("reason", file.reason());
    }

    private static IngestedFile read(JsonNode json) {
        json.fieldNames().forEachRemaining(name -> {
            if (!FIELDS.contains(name)) {
                throw new IllegalArgumentException("A file has no field " + name);
            }
        });
        return new IngestedFile(
                text(json, "id"),
                Tenant.of(text(json, "tenant")),
                text(json, "name"),
                number(json, "bytes"),
                text(json, "sha256"),
                FileState.valueOf(text(json, "state")),
                Math.toIntExact(number(json, "attempt")),
                Instant.parse(text(json, "received")),
                time(json, "started"),
                time(json, "ended"),
                number(json, "lines"),
                number(json, "rows"),
                number(json, "rejected"),
                text(json, "reason"));
    }

    private static Optional<Instant> time(JsonNode json, String field) {
        return json.has(field) ? Optional.of(Instant.parse(text(json, field))) : Optional.empty();
    }

    private static String text(JsonNode json, String field) {
        JsonNode value = json.required(field);
        if (!value.isTextual()) {
            throw new IllegalArgumentException("The field " + field + " is not a text");
        }
        return value.textValue();
    }

    private static long number(JsonNode json, String field) {
        JsonNode value = json.required(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
            throw new IllegalArgumentException("The field " + field + " is not a count");
        }
        return value.longValue();
    }
}
