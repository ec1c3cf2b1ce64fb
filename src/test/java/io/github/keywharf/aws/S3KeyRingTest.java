package io.github.keywharf.aws;

import io.github.keywharf.Organisation;
import io.github.keywharf.key.KeyRing;
import io.github.keywharf.testing.S3Server;
import io.github.keywharf.testing.contract.KeyRingContract;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A ring in a bucket. */
class S3KeyRingTest extends KeyRingContract {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static S3Server server;
    private static AWSManager aws;

    @BeforeAll
    static void start() {
        server = S3Server.start();
        server.createBucket("rings");
        aws = S3Managers.of(server);
    }

    @AfterAll
    static void stop() {
        aws.close();
        server.close();
    }

    @Override
    protected KeyRing ring(InstantSource clock) {
        return KeyRing.inStore(aws.store("rings").under("keys"), clock, new SecureRandom(), KeyRing.DEFAULT_REFRESH);
    }

    @Override
    protected Organisation organisation() {
        return Organisation.of("org" + COUNT.incrementAndGet());
    }
}
