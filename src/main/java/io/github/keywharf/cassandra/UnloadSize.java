package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.NodeState;
import io.github.keywharf.KeywharfException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** How large the servers believe a table to be. */
final class UnloadSize {
    private static final String CQL = "SELECT partitions_count, mean_partition_size FROM system.size_estimates"
            + " WHERE keyspace_name = ? AND table_name = ?";

    private UnloadSize() {}

    /**
     * Bytes, each replica's copy counted once; 0 where servers do not know, such as for what was just written. Each node
     * knows of its own part of the ring only, so each is asked.
     */
    static long estimate(CassandraContext context, CqlIdentifier keyspace, CqlIdentifier table) {
        String subject = keyspace.asCql(true) + "." + table.asCql(true);
        try {
            BoundStatement bound = context.prepare(Waiting.on(
                                    subject,
                                    "The size cannot be estimated",
                                    context.prepared().prepare(Optional.empty(), CQL))
                            .bind(keyspace.asInternal(), table.asInternal()))
                    .setIdempotent(true);
            List<CompletionStage<Long>> asked = new ArrayList<>();
            for (Node node : context.session().getMetadata().getNodes().values()) {
                if (node.getState() == NodeState.UP) {
                    asked.add(context.session()
                            .executeAsync(bound.setNode(node))
                            .thenCompose(AllPages::of)
                            .thenApply(UnloadSize::bytes));
                }
            }
            long bytes = 0;
            for (CompletionStage<Long> answer : asked) {
                bytes += Waiting.on(subject, "The size cannot be estimated", answer);
            }
            return bytes;
        } catch (KeywharfException unknown) {
            // A server without such a table, or a user who may not read it: the number of pieces need not be exact.
            return 0;
        }
    }

    private static long bytes(List<Row> ranges) {
        long bytes = 0;
        for (Row range : ranges) {
            bytes += range.getLong(0) * range.getLong(1);
        }
        return bytes;
    }
}
