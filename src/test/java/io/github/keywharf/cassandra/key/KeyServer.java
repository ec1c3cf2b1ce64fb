package io.github.keywharf.cassandra.key;

import com.datastax.oss.driver.api.core.CqlSession;
import io.github.keywharf.Organisation;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.Actor;
import io.github.keywharf.key.KeyRequest;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.CassandraServer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;

/** A ring of keys on a real server, set up as a host would, and its library's login; organisations as they are needed. */
public final class KeyServer implements AutoCloseable {
    public static final Actor ALICE = Actor.of("alice", "10.1.2.3");
    public static final String FROM = "192.0.2.7";

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final CassandraServer server;
    private final String keyspace;
    private final Secret password;
    private final CassandraManager issuer;
    private Organisation acme;
    private Organisation globex;

    private KeyServer(CassandraServer server, String keyspace, Secret password) {
        this.server = server;
        this.keyspace = keyspace;
        this.password = password;
        this.issuer = connect(server, keyspace + "_issuer", password);
    }

    private static final class Shared {
        private static final KeyServer RING = newRing(CassandraServer.shared());
    }

    /** The ring that the tests of this JVM share; its Admin's key is of no test. */
    public static KeyServer shared() {
        return Shared.RING;
    }

    /** A ring of its own, which is closed without touching the server. */
    public static KeyServer newRing(CassandraServer server) {
        return newRing(server, setup -> setup);
    }

    public static KeyServer newRing(CassandraServer server, UnaryOperator<KeyRingSetup> settings) {
        String keyspace = "ring_" + COUNT.incrementAndGet();
        try (CassandraManager root = connect(server, server.superuser(), Secret.of(server.superuserPassword()))) {
            KeyRingSetup setup = CassandraKeyRing.builder(root)
                    .keyspace(keyspace)
                    .build()
                    .setup()
                    .replicas(server.localDatacenter(), 1)
                    .mayCreateKeyspaces(true);
            IssuerLogin login = settings.apply(setup).run();
            return new KeyServer(server, keyspace, login.password().orElseThrow());
        }
    }

    public static CassandraManager connect(CassandraServer server, String user, Secret password) {
        return CassandraManager.builder()
                .contactPoint(server.host(), server.port())
                .localDatacenter(server.localDatacenter())
                .credentials(user, password)
                .connect();
    }

    public CassandraServer server() {
        return server;
    }

    public String keyspace() {
        return keyspace;
    }

    /** The library's manager. */
    public CassandraManager issuer() {
        return issuer;
    }

    /** Another session of the library's role, for the caller to close. */
    public CassandraManager anotherIssuer() {
        return connect(server, keyspace + "_issuer", password);
    }

    public CassandraKeyRing.Builder builder(CassandraManager manager) {
        // Tests sweep when they mean to.
        return CassandraKeyRing.builder(manager).keyspace(keyspace).sweep(Duration.ZERO);
    }

    public CassandraKeyRing ring() {
        return ring(issuer);
    }

    public CassandraKeyRing ring(CassandraManager manager) {
        return builder(manager).build();
    }

    public CassandraKeyRing ring(UnaryOperator<CassandraKeyRing.Builder> settings) {
        return settings.apply(builder(issuer)).build();
    }

    /** The role of an organisation in this ring, as it is. */
    public String role(Organisation organisation) {
        return new KeyNames(keyspace).role(organisation);
    }

    /** The same as CQL has it. */
    public String roleCql(Organisation organisation) {
        return KeyNames.cql(role(organisation));
    }

    /** The superuser's session, as an oracle. */
    public CqlSession root() {
        return server.session();
    }

    /** An organisation that nobody else has, not onboarded. */
    public static Organisation stranger() {
        // What follows two hyphens is a comment wherever the server gets the name without quotes.
        return Organisation.of("org--" + COUNT.incrementAndGet());
    }

    /** The keyspace of {@link #onboarded()}. */
    public static String keyspaceOf(Organisation organisation) {
        return organisation.id().replace('-', '_') + "_data";
    }

    /** An organisation with a keyspace of its own, in which the table {@code note (id int, text text)} has one row. */
    public Organisation onboarded() {
        Organisation organisation = stranger();
        String data = keyspaceOf(organisation);
        ring().onboard(Onboarding.of(organisation, data).creating(server.localDatacenter(), 1), ALICE);
        server.execute("CREATE TABLE " + data + ".note (id int PRIMARY KEY, text text)");
        server.execute("INSERT INTO " + data + ".note (id, text) VALUES (1, 'of " + organisation + "')");
        return organisation;
    }

    /** An organisation that tests share: they read its one note, and leave its keyspaces as they are. */
    public synchronized Organisation acme() {
        if (acme == null) {
            acme = onboarded();
        }
        return acme;
    }

    /** Another one that tests share. */
    public synchronized Organisation globex() {
        if (globex == null) {
            globex = onboarded();
        }
        return globex;
    }

    public AccessKey issue(Organisation organisation) {
        return ring().issue(KeyRequest.of(organisation), ALICE);
    }

    @Override
    public void close() {
        issuer.close();
        password.close();
    }

    /** A well-formed key with this one's id and another secret. */
    static AccessKey forged(AccessKey key) {
        String secret = AccessKey.generate(new SecureRandom()).reveal().substring(21, 64);
        String body = "kwk_" + key.id() + "_" + secret + "_";
        CRC32 crc = new CRC32();
        crc.update(body.getBytes(StandardCharsets.US_ASCII));
        StringBuilder sum = new StringBuilder();
        for (int shift = 30; shift >= 0; shift -= 5) {
            sum.append("abcdefghijklmnopqrstuvwxyz234567".charAt((int) (crc.getValue() >> shift & 31)));
        }
        return AccessKey.parse(body + sum);
    }
}
