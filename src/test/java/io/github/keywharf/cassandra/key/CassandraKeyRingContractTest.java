package io.github.keywharf.cassandra.key;

import io.github.keywharf.Organisation;
import io.github.keywharf.key.KeyRing;
import io.github.keywharf.testing.contract.KeyRingContract;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class CassandraKeyRingContractTest extends KeyRingContract {
    private static KeyServer server;

    @BeforeAll
    static void setUp() {
        server = KeyServer.newRing(io.github.keywharf.testing.CassandraServer.shared());
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @Override
    protected KeyRing ring(InstantSource clock) {
        return server.ring(options -> options.clock(clock));
    }

    @Override
    protected Organisation organisation() {
        return server.onboarded();
    }
}
