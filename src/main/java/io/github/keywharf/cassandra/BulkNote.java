package io.github.keywharf.cassandra;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.WriteReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far a load was at a moment.
 *
 * @param table keyspace and table
 * @param source what the rows are, in the caller's words
 * @param fingerprint a digest of columns, types and settings that change what is written
 * @param base the timestamp of the first row, in microseconds
 * @param run how many runs this load has had, counted from 1
 * @param attempt the greatest number of a sending that any row has used, counted from 0
 * @param acknowledged how many rows from the first on are acknowledged or rejected
 * @param settled how many of them were so long enough ago that no server forgets them
 * @param nodes the gossip generation of each node by host id
 * @param finished whether the load is over
 */
record BulkNote(
        String table,
        String source,
        String fingerprint,
        long base,
        int run,
        int attempt,
        BulkTotals acknowledged,
        BulkTotals settled,
        Map<String, String> nodes,
        boolean finished,
        Duration took) {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int VERSION = 1;

    BulkNote {
        nodes = new TreeMap<>(nodes);
    }

    byte[] json() {
        ObjectNode json = JSON.createObjectNode()
                .put("version", VERSION)
                .put("table", table)
                .put("source", source)
                .put("fingerprint", fingerprint)
                .put("base", base)
                .put("run", run)
                .put("attempt", attempt)
                .put("finished", finished)
                .put("tookMillis", took.toMillis());
        put(json.putObject("acknowledged"), acknowledged);
        put(json.putObject("settled"), settled);
        ObjectNode generations = json.putObject("nodes");
        nodes.forEach(generations::put);
        return json.toPrettyString().getBytes(StandardCharsets.UTF_8);
    }

    private static void put(ObjectNode json, BulkTotals totals) {
        json.put("rows", totals.rows()).put("rejected", totals.rejected()).put("bytes", totals.bytes());
    }

    static BulkNote parse(String subject, byte[] content) {
        try {
            JsonNode json = JSON.readTree(content);
            if (json.required("version").asInt() != VERSION) {
                throw new IllegalArgumentException("version " + json.required("version"));
            }
            Map<String, String> nodes = new TreeMap<>();
            json.required("nodes")
                    .properties()
                    .forEach(node -> nodes.put(node.getKey(), node.getValue().asText()));
            return new BulkNote(
                    json.required("table").asText(),
                    json.required("source").asText(),
                    json.required("fingerprint").asText(),
                    json.required("base").asLong(),
                    json.required("run").asInt(),
                    // A note without it does not say how often lists were sent.
                    json.path("attempt").asInt(BulkPlan.LIST_SPACING - 1),
                    totals(json.required("acknowledged")),
                    totals(json.required("settled")),
                    nodes,
                    json.required("finished").asBoolean(),
                    Duration.ofMillis(json.required("tookMillis").asLong()));
        } catch (IOException | IllegalArgumentException e) {
            throw new KeywharfException(
                    "cassandra.checkpoint_unreadable",
                    subject,
                    "This is not a checkpoint of a load that this version reads; delete it to load all rows again",
                    e);
        }
    }

    private static BulkTotals totals(JsonNode json) {
        return new BulkTotals(
                json.required("rows").asLong(),
                json.required("rejected").asLong(),
                json.required("bytes").asLong());
    }

    WriteReport report() {
        return WriteReport.of(
                acknowledged.rows(),
                acknowledged.rows() - acknowledged.rejected(),
                acknowledged.rejected(),
                acknowledged.bytes(),
                took);
    }
}
