package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What one statement says for itself; the rest are the manager's defaults. Not thread-safe. */
final class StatementOptions {
    @Nullable
    ConsistencyLevel consistency;

    @Nullable
    ConsistencyLevel serialConsistency;

    @Nullable
    Duration timeout;

    @Nullable
    Integer pageSize;

    @Nullable
    Boolean idempotent;

    StatementOptions copy() {
        StatementOptions copy = new StatementOptions();
        copy.consistency = consistency;
        copy.serialConsistency = serialConsistency;
        copy.timeout = timeout;
        copy.pageSize = pageSize;
        copy.idempotent = idempotent;
        return copy;
    }

    /** Whether a statement may be sent twice: as it says, else if it only reads, else as the manager says of writes. */
    boolean isIdempotent(CassandraContext context, boolean read, boolean write) {
        return idempotent != null
                ? idempotent
                : read || (write && context.defaults().idempotent());
    }

    <S extends Statement<S>> S apply(CassandraContext context, S statement, boolean idempotent) {
        S set = context.prepare(statement).setIdempotent(idempotent);
        set = consistency == null ? set : set.setConsistencyLevel(consistency);
        set = serialConsistency == null ? set : set.setSerialConsistencyLevel(serialConsistency);
        set = timeout == null ? set : set.setTimeout(timeout);
        return pageSize == null ? set : set.setPageSize(pageSize);
    }
}
