package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverExecutionProfile;
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
 * @param patience how long an idempotent statement is repeated while no node or too few replicas can be reached
 */
record StatementDefaults(
        ConsistencyLevel consistency,
        @Nullable ConsistencyLevel serialConsistency,
        Duration timeout,
        int pageSize,
        boolean idempotent,
        Duration patience) {

    /** What the session's own configuration says, so that a host's session keeps its settings. */
    static StatementDefaults of(CqlSession session, Duration patience) {
        DriverExecutionProfile profile = session.getContext().getConfig().getDefaultProfile();
        return new StatementDefaults(
                DefaultConsistencyLevel.valueOf(profile.getString(DefaultDriverOption.REQUEST_CONSISTENCY)),
                DefaultConsistencyLevel.valueOf(profile.getString(DefaultDriverOption.REQUEST_SERIAL_CONSISTENCY)),
                profile.getDuration(DefaultDriverOption.REQUEST_TIMEOUT),
                profile.getInt(DefaultDriverOption.REQUEST_PAGE_SIZE),
                profile.getBoolean(DefaultDriverOption.REQUEST_DEFAULT_IDEMPOTENCE),
                patience);
    }

    StatementDefaults with(ConsistencyLevel other) {
        return new StatementDefaults(other, serialConsistency, timeout, pageSize, idempotent, patience);
    }

    <S extends Statement<S>> S apply(S statement) {
        S set = statement
                .setConsistencyLevel(consistency)
                .setTimeout(timeout)
                .setPageSize(pageSize)
                .setIdempotent(idempotent);
        return serialConsistency == null ? set : set.setSerialConsistencyLevel(serialConsistency);
    }
}
