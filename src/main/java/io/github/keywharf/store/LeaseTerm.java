package io.github.keywharf.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/**
 * One numbered term of a lease.
 *
 * @param number from 1 on
 * @param id of the lease that wrote it, so that a lease knows its own
 * @param owner a name for people
 * @param process who wrote it
 * @param acquired when, by the owner's clock
 * @param expires until when it counts
 * @param released whether the owner gave the lease up with it
 */
record LeaseTerm(
        long number,
        String id,
        String owner,
        LeaseProcess process,
        Instant acquired,
        Instant expires,
        boolean released) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    LeaseTerm release() {
        return new LeaseTerm(number, id, owner, process, acquired, acquired, true);
    }

    String describe() {
        return "'" + owner + "' (" + process.describe() + ") until " + expires;
    }

    byte[] json() {
        ObjectNode json = JSON.createObjectNode()
                .put("id", id)
                .put("owner", owner)
                .put("host", process.host())
                .put("machine", process.machine())
                .put("pid", process.pid());
        Instant started = process.started();
        json.put("witness", process.witness());
        json.put("started", started == null ? null : started.toString());
        json.put("acquired", acquired.toString());
        json.put("expires", expires.toString());
        json.put("released", released);
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    static LeaseTerm parse(String subject, long number, byte[] content) {
        try {
            JsonNode json = JSON.readTree(content);
            String started = json.path("started").asText(null);
            return new LeaseTerm(
                    number,
                    json.required("id").asText(),
                    json.required("owner").asText(),
                    new LeaseProcess(
                            json.required("host").asText(),
                            json.required("machine").asText(),
                            json.required("pid").asLong(),
                            instant(started),
                            json.path("witness").asText("")),
                    Instant.parse(json.required("acquired").asText()),
                    Instant.parse(json.required("expires").asText()),
                    json.required("released").asBoolean());
        } catch (IOException | IllegalArgumentException | DateTimeParseException e) {
            throw new KeywharfException(
                    "store.lease_unreadable",
                    subject,
                    "This is not a term of a lease; delete it when you are sure that nobody holds the lease",
                    e);
        }
    }

    private static @Nullable Instant instant(@Nullable String text) {
        return text == null ? null : Instant.parse(text);
    }
}
