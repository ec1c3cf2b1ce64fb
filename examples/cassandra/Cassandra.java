package examples.cassandra;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.cassandra.CassandraPage;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import io.github.keywharf.testing.CassandraServer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Connects over TLS, writes and reads rows, walks pages with tokens, and meets some errors. */
public final class Cassandra {
    private static final UUID ANN = UUID.fromString("00000000-0000-0000-0000-000000000001");
    private static final Instant NOON = Instant.parse("2024-05-20T12:00:00Z");

    private Cassandra() {}

    record Action(String channel, Instant happenedAt, List<String> tags) {}

    /** Uses a server in a process of its own. */
    public static void main(String[] args) {
        try (CassandraServer server = CassandraServer.builder().start()) {
            String keyspace = server.createKeyspace("delpha_actions");
            try (CassandraManager cassandra = CassandraManager.builder()
                    .contactPoint(server.host(), server.port())
                    .localDatacenter(server.localDatacenter())
                    .credentials(server.superuser(), Secret.of(server.superuserPassword()))
                    .trust(server.caCertificate())
                    .keyspace(keyspace)
                    .connect()) {
                System.out.println(cassandra);
                use(cassandra);
            }
        }
    }

    private static void use(CassandraManager cassandra) {
        cassandra.execute("CREATE TABLE actions_conv_by_user (user_id uuid, happened_at timestamp, channel text,"
                + " tags set<text>, PRIMARY KEY (user_id, happened_at))");
        String insert = "INSERT INTO actions_conv_by_user (user_id, happened_at, channel, tags)"
                + " VALUES (:user, :at, :channel, :tags)";
        for (int i = 0; i < 5; i++) {
            cassandra.execute(
                    insert,
                    Map.of(
                            "user",
                            ANN,
                            "at",
                            NOON.plusSeconds(60L * i),
                            "channel",
                            i % 2 == 0 ? "mail" : "phone",
                            "tags",
                            List.of("new", "lead-" + i)));
        }

        String select = "SELECT channel, happened_at, tags FROM actions_conv_by_user WHERE user_id = ?";
        System.out.println(cassandra.execute(select + " LIMIT 2", ANN).table());
        cassandra
                .execute(select + " AND happened_at > ?", ANN, NOON.plusSeconds(150))
                .records(Action.class)
                .forEach(System.out::println);

        CassandraPage page = cassandra.query(select).values(ANN).pageSize(3).page();
        System.out.println(page.table().size() + " rows, and a token for a web client");
        CassandraPage second =
                cassandra.query(select).values(ANN).page(page.next().orElseThrow());
        System.out.println(second.table().size() + " rows more");

        try (Rows rows =
                cassandra.query(select).values(ANN).pageSize(2).execute().rows()) {
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                System.out.println("a page of " + batch.size());
            }
        }

        boolean first = cassandra
                .batch()
                .add("INSERT INTO actions_conv_by_user (user_id, happened_at) VALUES (?, ?) IF NOT EXISTS", ANN, NOON)
                .execute()
                .wasApplied();
        System.out.println("there before: " + !first);

        fails(() -> cassandra.execute(select, "ann"));
        fails(() -> cassandra.execute("SELEKT 1"));
        fails(() -> cassandra
                .query(select)
                .values(UUID.randomUUID())
                .page(page.next().orElseThrow()));
    }

    private static void fails(Runnable statement) {
        try {
            statement.run();
        } catch (KeywharfException e) {
            System.out.println(e.code() + ": " + e.getMessage());
        }
    }
}
