package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.metadata.Metadata;
import com.datastax.oss.driver.api.core.metadata.TokenMap;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Knows which partitions are on the same nodes, as far as the driver knows when the window begins. */
final class BulkReplicas {
    private static final Object ALL = "all";

    private final CqlIdentifier keyspace;
    private final @Nullable TokenMap tokens;
    private final boolean known;

    BulkReplicas(Metadata metadata, CqlIdentifier keyspace) {
        this.keyspace = keyspace;
        this.tokens = metadata.getTokenMap().orElse(null);
        this.known = metadata.getNodes().size() == 1;
    }

    /** An object that is equal for partitions on the same nodes; of its own for each partition when nothing is known. */
    Object of(ByteBuffer key) {
        if (known) {
            return ALL;
        }
        return tokens == null ? new Object() : tokens.getReplicas(keyspace, key);
    }
}
