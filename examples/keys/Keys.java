package examples.keys;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.cassandra.key.CassandraKeyRing;
import io.github.keywharf.cassandra.key.IssuerLogin;
import io.github.keywharf.cassandra.key.Onboarding;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.Actor;
import io.github.keywharf.key.KeyRequest;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.CassandraServer;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** A key for each organisation, which the server itself keeps to its own data, and a revocation that ends a session. */
public final class Keys {
    private static final Organisation ACME = Organisation.of("acme");
    private static final Organisation GLOBEX = Organisation.of("globex");

    private Keys() {}

    /** Sets up a ring on a server of its own, lets two organisations in, and shows what one may see of the other. */
    public static void main(String[] args) throws InterruptedException {
        try (CassandraServer server = CassandraServer.builder().start()) {
            IssuerLogin login;
            try (CassandraManager superuser =
                    connect(server, server.superuser(), Secret.of(server.superuserPassword()))) {
                login = CassandraKeyRing.of(superuser)
                        .setup()
                        .replicas(server.localDatacenter(), 1)
                        .mayCreateKeyspaces(true)
                        .run();
            }
            System.out.println(login);
            // From here on the library is not a superuser.
            try (Secret password = login.password().orElseThrow();
                    CassandraManager cassandra = connect(server, login.role(), password)) {
                run(server, CassandraKeyRing.of(cassandra));
            }
        }
    }

    private static void run(CassandraServer server, CassandraKeyRing keys) throws InterruptedException {
        Actor by = Actor.of("alice@platform.example", "10.1.2.3");
        for (Organisation organisation : List.of(ACME, GLOBEX)) {
            String data = organisation + "_actions";
            keys.onboard(Onboarding.of(organisation, data).creating(server.localDatacenter(), 1), by);
            server.execute("CREATE TABLE " + data + ".todo (id int PRIMARY KEY, text text)");
        }
        String shown;
        String id;
        try (AccessKey key = keys.issue(KeyRequest.of(ACME).withLabel("nightly load"), by)) {
            shown = key.reveal();
            id = key.id();
        }
        System.out.println("a key of " + shown.length() + " characters, which begins with " + shown.substring(0, 4));

        try (CassandraManager acme = keys.open(shown, "192.0.2.7")) {
            acme.execute("INSERT INTO todo (id, text) VALUES (?, ?)", 1, "call back");
            System.out.println(acme.execute("SELECT text FROM todo").table());
            refused(() -> acme.execute("SELECT * FROM globex_actions.todo"));

            keys.revoke(id, by);
            while (true) {
                try {
                    acme.execute("SELECT text FROM todo");
                    Thread.sleep(50);
                } catch (KeywharfException e) {
                    System.out.println("the open session is refused: " + e.code());
                    break;
                }
            }
        }
        refused(() -> keys.open(shown, "192.0.2.7"));
        refused(() -> keys.open(mistyped(shown), "192.0.2.7"));
        keys.audit(today(keys), today(keys)).stream()
                .forEach(row -> System.out.println(
                        row.string("action") + " " + row.string("outcome") + " from " + row.string("origin")));
    }

    private static String mistyped(String text) {
        return text.substring(0, 30) + (text.charAt(30) == 'A' ? 'B' : 'A') + text.substring(31);
    }

    private static LocalDate today(CassandraKeyRing keys) {
        return LocalDate.ofInstant(keys.list().get(0).created(), ZoneOffset.UTC);
    }

    private static void refused(Runnable attempt) {
        try {
            attempt.run();
        } catch (KeywharfException e) {
            System.out.println("refused: " + e.code());
        }
    }

    private static CassandraManager connect(CassandraServer server, String user, Secret password) {
        return CassandraManager.builder()
                .contactPoint(server.host(), server.port())
                .localDatacenter(server.localDatacenter())
                .credentials(user, password)
                .connect();
    }
}
