package io.github.keywharf.cassandra.key;

import static io.github.keywharf.cassandra.key.KeyRefusals.assertCode;
import static io.github.keywharf.cassandra.key.KeyRefusals.assertDenied;
import static io.github.keywharf.cassandra.key.KeyServer.FROM;
import static io.github.keywharf.cassandra.key.KeyServer.forged;
import static io.github.keywharf.cassandra.key.KeyServer.keyspaceOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.cassandra.ChangedSession;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Rows;
import java.security.SecureRandom;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What somebody who can write the tables of keys, or the server's grants, does not get by it. */
class KeyForgeriesTest {
    private final KeyServer server = KeyServer.shared();
    private final CassandraKeyRing ring = server.ring();

    @Test
    void a_whole_active_record_that_was_written_by_hand_opens_nothing_with_or_without_anothers_seal() {
        AccessKey model = server.issue(server.acme());
        AccessKey made = AccessKey.generate(new SecureRandom());
        String table = server.keyspace() + ".access_key";
        try {
            copy(server.root(), table, model, made);
            assertCode("key.refused", () -> ring.open(made, FROM));

            server.root().execute("UPDATE " + table + " SET verifier = '' WHERE id = '" + made.id() + "'");
            assertCode("key.refused", () -> ring.open(made, FROM));
            ring.open(model, FROM).close();
        } finally {
            server.root().execute("DELETE FROM " + table + " WHERE id = '" + made.id() + "'");
        }
    }

    /** Writes one key's record once more, under the id of another. */
    static void copy(CqlSession root, String table, AccessKey from, AccessKey to) {
        String json = root.execute("SELECT JSON * FROM " + table + " WHERE id = '" + from.id() + "'")
                .one()
                .getString(0);
        assertThat(json).contains("\"ACTIVE\"", from.id());
        root.execute(SimpleStatement.newInstance("INSERT INTO " + table + " JSON ?", json.replace(from.id(), to.id())));
    }

    @Test
    void a_grant_from_elsewhere_reaches_an_open_session_until_it_is_undone_and_the_refusal_of_others_is_logged() {
        AccessKey key = server.issue(server.acme());
        String role = KeyNames.roleOfKey(key.id());
        String read = "SELECT * FROM " + keyspaceOf(server.globex()) + ".note";
        String others = server.roleCql(server.globex());
        try (CassandraManager early = ring.open(key, FROM)) {
            assertDenied(early, read);
            server.root().execute("GRANT " + others + " TO " + role);
            await().ignoreExceptions()
                    .until(() -> !early.unwrap().execute(read).all().isEmpty());

            assertCode("key.rebound", () -> ring.open(key, FROM));
            assertThat(refusals(key)).singleElement().asString().contains("key.rebound", server.role(server.globex()));

            server.root().execute("REVOKE " + others + " FROM " + role);
            await().untilAsserted(() -> assertDenied(early, read));
        }
    }

    private List<String> refusals(AccessKey key) {
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        try (Rows entries = ring.audit(today.minusDays(1), today)) {
            return entries.stream()
                    .filter(row -> key.id().equals(row.string("key_id")) && "refused".equals(row.string("outcome")))
                    .map((Row row) -> row.string("detail"))
                    .toList();
        }
    }

    @Test
    void an_unknown_key_and_a_wrong_one_cost_the_same_statements() {
        AccessKey known = server.issue(server.acme());
        List<String> sent = new CopyOnWriteArrayList<>();
        CqlSession watched = ChangedSession.on(server.issuer().unwrap(), statement -> {
            sent.add(text(statement));
            return statement;
        });
        CassandraKeyRing own = server.builder(CassandraManager.of(watched))
                .connector((role, password, keyspace) -> KeyServer.connect(server.server(), role, password))
                .build();

        assertCode("key.refused", () -> own.check(forged(known), "198.18.0.1"));
        List<String> ofWrong = List.copyOf(sent);
        sent.clear();
        assertCode("key.refused", () -> own.check(AccessKey.generate(new SecureRandom()), "198.18.0.2"));

        assertThat(ofWrong).hasSizeGreaterThan(2);
        assertThat(sent).containsExactlyElementsOf(ofWrong);
    }

    private static String text(Statement<?> statement) {
        return statement instanceof BoundStatement bound
                ? bound.getPreparedStatement().getQuery()
                : ((SimpleStatement) statement).getQuery();
    }
}
