package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import io.github.keywharf.KeywharfException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Refuses batches that a server would refuse, or close the connection for, with their size. */
final class BatchSize {
    private BatchSize() {}

    private record Partition(
            @Nullable CqlIdentifier keyspace,
            String table,
            @Nullable ByteBuffer key) {}

    static void check(String subject, List<BoundStatement> statements, int maxBytes) {
        long bytes = 0;
        Set<Partition> partitions = new HashSet<>();
        for (BoundStatement statement : statements) {
            for (ByteBuffer value : statement.getValues()) {
                bytes += value == null ? 0 : value.remaining();
            }
            partitions.add(partition(statement));
        }
        boolean several = partitions.size() > 1;
        int limit = several ? maxBytes : CassandraBatch.MAX_MESSAGE_BYTES;
        if (bytes > limit) {
            throw new KeywharfException(
                    "cassandra.too_large",
                    subject,
                    String.format(
                            Locale.ROOT,
                            "The batch has %,d bytes of values in %,d statements, more than the %,d that %s takes; send"
                                    + " several batches%s",
                            bytes,
                            statements.size(),
                            limit,
                            several ? "a server by default" : "one message",
                            several
                                    ? ", one for each partition if the rows allow, or raise maxBytes(…) if the server's"
                                            + " batch_size_fail_threshold is higher"
                                    : ""));
        }
    }

    private static Partition partition(BoundStatement statement) {
        String table = statement.getPreparedStatement().getVariableDefinitions().size() == 0
                ? statement.getPreparedStatement().getQuery()
                : statement
                        .getPreparedStatement()
                        .getVariableDefinitions()
                        .get(0)
                        .getTable()
                        .asInternal();
        return new Partition(statement.getRoutingKeyspace(), table, statement.getRoutingKey());
    }
}
