package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Statement;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import java.time.InstantSource;
import java.util.Optional;

/**
 * What the parts of one manager share. Thread-safe.
 *
 * @param session the driver's session
 * @param keyspace what unqualified names are in
 * @param defaults how statements run unless they say otherwise
 * @param prepared the statements prepared so far on this session
 * @param tokens makes and reads page tokens
 * @param work whose work it does
 * @param listener gets progress, retries and outages
 * @param clock where time comes from
 * @param loads how tables are loaded unless a sink says otherwise
 */
record CassandraContext(
        CqlSession session,
        Optional<CqlIdentifier> keyspace,
        StatementDefaults defaults,
        PreparedStatements prepared,
        PageTokens tokens,
        Work work,
        EventListener listener,
        InstantSource clock,
        LoadDefaults loads) {

    CassandraContext withKeyspace(CqlIdentifier name) {
        return new CassandraContext(
                session, Optional.of(name), defaults, prepared, tokens, work, listener, clock, loads);
    }

    CassandraContext withWork(Work other) {
        return new CassandraContext(session, keyspace, defaults, prepared, tokens, other, listener, clock, loads);
    }

    /** The statement with the defaults of this manager. */
    <S extends Statement<S>> S prepare(S statement) {
        return defaults.apply(statement);
    }

    /** What messages are about: the keyspace, if there is one. */
    String subject() {
        return keyspace.map(CqlIdentifier::asInternal).orElse("cassandra");
    }
}
