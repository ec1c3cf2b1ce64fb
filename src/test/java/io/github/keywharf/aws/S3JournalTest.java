package io.github.keywharf.aws;

import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.testing.S3Server;
import io.github.keywharf.testing.contract.JournalContract;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A journal in a bucket. */
class S3JournalTest extends JournalContract {
    private static S3Server server;
    private static AWSManager aws;

    @BeforeAll
    static void start() {
        server = S3Server.start();
        aws = S3Managers.of(server);
    }

    @AfterAll
    static void stop() {
        aws.close();
        server.close();
    }

    @Override
    protected ObjectStore emptyStore() {
        String bucket = "b" + UUID.randomUUID();
        server.createBucket(bucket);
        return aws.store(bucket);
    }

    @Override
    protected int raceRounds() {
        return 15;
    }
}
