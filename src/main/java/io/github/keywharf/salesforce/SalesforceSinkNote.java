package io.github.keywharf.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.WriteReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * How far a load was at a moment.
 *
 * @param load digest of object, source, columns and settings, which decide what is sent
 * @param source what the rows are, in the caller's words
 * @param chunk which chunk is next, or under way, counted from 0
 * @param chain digest of all chunks before it
 * @param stage how far that chunk is
 * @param job the ids of its jobs, with a blank between them, of which all but the last have ended; empty when there is none
 * @param digest of the chunk's content; empty when there is no job
 * @param done what the chunks before it came to
 */
record SalesforceSinkNote(
        String load, String source, int chunk, String chain, Stage stage, String job, String digest, Totals done) {
    private static final int VERSION = 1;

    /** How far a chunk is. */
    enum Stage {
        /** Nothing of it is in the org. */
        BEFORE,
        /** There is a job, which may have data, and does not process them. */
        CREATED,
        /** The job may process its data. */
        CLOSING,
        /** There are no more chunks. */
        FINISHED
    }

    /**
     * What was done so far.
     *
     * @param before rows that did not come to this load; known when it is over
     */
    record Totals(long read, long written, long rejected, LeftOut before, long bytes, Duration took) {
        static final Totals NONE = new Totals(0, 0, 0, LeftOut.NONE, 0, Duration.ZERO);

        WriteReport report() {
            return new WriteReport(
                    read + before.total(),
                    written,
                    LeftOut.byRejection(rejected).plus(before),
                    bytes,
                    took,
                    List.of());
        }
    }

    List<String> jobs() {
        return job.isEmpty() ? List.of() : List.of(job.split(" ", -1));
    }

    byte[] json() {
        ObjectNode json = SalesforceCalls.JSON
                .createObjectNode()
                .put("version", VERSION)
                .put("load", load)
                .put("source", source)
                .put("chunk", chunk)
                .put("chain", chain)
                .put("stage", stage.name())
                .put("job", job)
                .put("digest", digest)
                .put("read", done.read())
                .put("written", done.written())
                .put("rejected", done.rejected())
                .put("bytes", done.bytes())
                .put("tookMillis", done.took().toMillis());
        if (!done.before().equals(LeftOut.NONE)) {
            json.set("before", SalesforceCalls.JSON.valueToTree(done.before()));
        }
        return json.toPrettyString().getBytes(StandardCharsets.UTF_8);
    }

    /** Rows that no sink saw; none in notes of a load without them, and in notes of before they were counted. */
    private static LeftOut before(JsonNode rows) {
        return new LeftOut(
                rows.path("rejected").asLong(),
                rows.path("filter").asLong(),
                rows.path("distinct").asLong(),
                rows.path("limit").asLong(),
                rows.path("unchanged").asLong(),
                rows.path("trigger").asLong());
    }

    static SalesforceSinkNote parse(String subject, byte[] content) {
        try {
            JsonNode json = SalesforceCalls.JSON.readTree(content);
            if (json.required("version").asInt() != VERSION) {
                throw new IllegalArgumentException("version " + json.required("version"));
            }
            return new SalesforceSinkNote(
                    json.required("load").asText(),
                    json.required("source").asText(),
                    json.required("chunk").asInt(),
                    json.required("chain").asText(),
                    Stage.valueOf(json.required("stage").asText()),
                    json.required("job").asText(),
                    json.required("digest").asText(),
                    new Totals(
                            json.required("read").asLong(),
                            json.required("written").asLong(),
                            json.required("rejected").asLong(),
                            before(json.path("before")),
                            json.required("bytes").asLong(),
                            Duration.ofMillis(json.required("tookMillis").asLong())));
        } catch (IOException | IllegalArgumentException e) {
            throw new KeywharfException(
                    "salesforce.checkpoint_unreadable",
                    subject,
                    "This is not a checkpoint of a load that this version reads; look in the org which rows are there"
                            + " before you delete it, for then all rows are sent again",
                    e);
        }
    }
}
