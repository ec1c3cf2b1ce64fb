package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How statements run unless they say otherwise.
 *
 * @param consistency how many replicas answer
 * @param serialConsistency the same for the condition of a lightweight transaction
 * @param timeout how long a request may take, all attempts of the driver together
 * @param pageSize rows of one page
 * @param idempotent whether statements may be sent twice, so that the driver may retry them on another node
 */
record StatementDefaults(
        ConsistencyLevel consistency,
        @Nullable ConsistencyLevel serialConsistency,
        Duration timeout,
        int pageSize,
        boolean idempotent) {

    <S extends Statement<S>> S apply(S statement) {
        S set = statement
                .setConsistencyLevel(consistency)
                .setTimeout(timeout)
                .setPageSize(pageSize)
                .setIdempotent(idempotent);
        return serialConsistency == null ? set : set.setSerialConsistencyLevel(serialConsistency);
    }
}
