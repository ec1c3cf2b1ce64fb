package io.github.keywharf.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/**
 * Numbered term of a lease.
 *
 * @param number number from 1 on
 * @param acquired start, by the holder's clock
 * @param expires end
 * @param released true if the holder released the lease by this term
 */
record LeaseTerm(long number, Holder holder, Instant acquired, Instant expires, boolean released) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * Lease that wrote a term.
     *
     * @param id unique id of the lease
     * @param owner name for people
     */
    record Holder(String id, String owner, LeaseProcess process) {}

    /** Creates a term by which its holder releases the lease. */
    static LeaseTerm released(long number, Holder holder, Instant at) {
        return new LeaseTerm(number, holder, at, at, true);
    }

    String describe() {
        return "'" + holder.owner() + "' (" + holder.process().describe() + ") until " + expires;
    }

    byte[] json() {
        LeaseProcess process = holder.process();
        ObjectNode json = JSON.createObjectNode()
                .put("id", holder.id())
                .put("owner", holder.owner())
                .put("host", process.host())
                .put("machine", process.machine())
                .put("pid", process.pid());
        Instant started = process.started();
        json.put("witness", process.witness() == null ? "" : process.witness());
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
            String witness = json.path("witness").asText("");
            LeaseProcess process = new LeaseProcess(
                    json.required("host").asText(),
                    json.required("machine").asText(),
                    json.required("pid").asLong(),
                    started == null ? null : Instant.parse(started),
                    witness.isEmpty() ? null : witness);
            Holder holder = new Holder(
                    json.required("id").asText(), json.required("owner").asText(), process);
            return new LeaseTerm(
                    number,
                    holder,
                    Instant.parse(json.required("acquired").asText()),
                    Instant.parse(json.required("expires").asText()),
                    json.required("released").asBoolean());
        } catch (IOException | IllegalArgumentException | DateTimeParseException e) {
            throw new KeywharfException(
                    "store.lease_unreadable",
                    subject,
                    "This is not a valid term of a lease; delete it if you are sure that no process holds the lease",
                    e);
        }
    }
}
