package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.NodeState;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.dictionary.DictionarySize;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * About how large tables are. Each node counts its own primary ranges, every five minutes unless it is configured otherwise, and
 * only what is on its disk; so all nodes are asked, and if one does not answer, nothing is known. Nor is anything known of a
 * table that they all count as empty, which a table is for them until it is first written to disk.
 */
final class DictionarySizes {
    private static final String ESTIMATES = "SELECT keyspace_name, table_name, sum(partitions_count) AS partitions,"
            + " sum(mean_partition_size * partitions_count) AS bytes FROM system.size_estimates";
    private static final String GROUPED = " GROUP BY keyspace_name, table_name";

    /** What each node is asked when all keyspaces are wanted. */
    static final String QUERY = ESTIMATES + GROUPED;

    /** By {@code keyspace.table}. */
    private final Map<String, long[]> sums = new HashMap<>();

    static final DictionarySizes NONE = new DictionarySizes();

    static DictionarySizes read(DictionaryRows rows, Optional<String> only) {
        DictionarySizes sizes = new DictionarySizes();
        Collection<Node> nodes =
                rows.context().session().getMetadata().getNodes().values();
        if (nodes.stream().anyMatch(node -> node.getState() == NodeState.DOWN)) {
            return sizes;
        }
        List<CompletionStage<List<Row>>> asked = new ArrayList<>();
        for (Node node : nodes) {
            asked.add((only.isPresent()
                            ? rows.at(node).send(ESTIMATES + " WHERE keyspace_name = ?" + GROUPED, only.get())
                            : rows.at(node).send(QUERY))
                    .thenCompose(AllPages::of));
        }
        try {
            for (CompletionStage<List<Row>> answer : asked) {
                for (Row row : Waiting.on(answer, CompletionException::new)) {
                    sizes.add(
                            row.getString("keyspace_name") + "." + row.getString("table_name"),
                            row.getLong("partitions"),
                            row.getLong("bytes"));
                }
            }
            return sizes;
        } catch (CompletionException unknown) {
            return NONE;
        }
    }

    /** The bytes of one table, each replica's copy counted once; 0 where servers do not know, such as of what is new. */
    static long bytes(CassandraContext context, CqlIdentifier keyspace, CqlIdentifier table) {
        try {
            String name = keyspace.asInternal();
            DictionarySizes sizes = read(DictionaryRows.ofOneNode(context), Optional.of(name));
            return sizes.sums.getOrDefault(name + "." + table.asInternal(), new long[2])[1];
        } catch (KeywharfException unknown) {
            // A server without such a table, or a user who may not read it: the size need not be exact.
            return 0;
        }
    }

    void add(String table, long partitions, long bytes) {
        long[] sum = sums.computeIfAbsent(table, unknown -> new long[2]);
        sum[0] += partitions;
        sum[1] += bytes;
    }

    /** Returns the size of a table, if it is known. */
    Optional<DictionarySize> of(String keyspace, String table) {
        long[] sum = sums.get(keyspace + "." + table);
        return sum == null || sum[0] < 1
                ? Optional.empty()
                : Optional.of(new DictionarySize(sum[0], Math.max(0, sum[1] / sum[0])));
    }
}
