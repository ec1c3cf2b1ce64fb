package io.github.keywharf.cassandra;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.node.NullNode;
import io.github.keywharf.store.StoredJson;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.WriteReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

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
 * @param before rows that did not come to the load, known when it is over; null if there are none
 */
@JsonPropertyOrder({"table", "source", "fingerprint", "base", "run", "attempt", "finished", "tookMillis", "before"})
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
        @JsonProperty("tookMillis") Duration took,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable LeftOut before) {

    static final StoredJson<BulkNote> FORMAT = StoredJson.of(
                    BulkNote.class,
                    "checkpoint of the load",
                    "cassandra.checkpoint_unreadable",
                    "delete it to load all rows again")
            .version("version", 1)
            .indented()
            // A note without it does not say how often lists were sent.
            .added("attempt", BulkPlan.LIST_SPACING - 1)
            .added("before", NullNode.instance)
            .storing(Duration.class, Long.class, Duration::toMillis, Duration::ofMillis);

    BulkNote {
        nodes = new TreeMap<>(nodes);
        // Notes of loads that left out none stay as they were.
        before = LeftOut.NONE.equals(before) ? null : before;
    }

    WriteReport report() {
        LeftOut earlier = before == null ? LeftOut.NONE : before;
        return new WriteReport(
                acknowledged.rows() + earlier.total(),
                acknowledged.written(),
                LeftOut.byRejection(acknowledged.rejected()).plus(earlier),
                acknowledged.bytes(),
                took,
                List.of());
    }
}
