package io.github.keywharf.cassandra.key;

import static io.github.keywharf.cassandra.key.KeyServer.FROM;
import static io.github.keywharf.cassandra.key.KeyServer.keyspaceOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import io.github.keywharf.Organisation;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.testing.CassandraServer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A holder who is not content with its own organisation's data, and speaks CQL. */
class KeyAttacksTest {
    private static KeyServer server;
    private static CassandraKeyRing ring;

    @BeforeAll
    static void setUp() {
        server = KeyServer.newRing(CassandraServer.shared());
        ring = server.ring();
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @Test
    void the_server_itself_refuses_each_statement_that_crosses_into_what_is_not_the_keys() {
        Organisation acme = server.onboarded();
        Organisation globex = server.onboarded();
        String function = " (a int) RETURNS NULL ON NULL INPUT RETURNS int LANGUAGE java AS 'return a;'";
        server.root().execute("CREATE FUNCTION " + keyspaceOf(globex) + ".mine" + function);
        server.root().execute("CREATE INDEX mine ON " + keyspaceOf(globex) + ".note (text)");
        try (AccessKey key = server.issue(acme);
                AccessKey others = server.issue(globex);
                CassandraManager theirs = ring.open(key, FROM)) {
            TenantAttacks.Names names = new TenantAttacks.Names(
                    keyspaceOf(acme),
                    keyspaceOf(globex),
                    KeyNames.roleOfKey(key.id()),
                    KeyNames.roleOfKey(others.id()),
                    server.role(acme),
                    server.role(globex),
                    server.keyspace());
            Map<String, String> got = new TreeMap<>();
            for (String cql : TenantAttacks.on(names)) {
                String answer = answer(theirs, cql);
                if (!answer.equals("refused")) {
                    got.put(cql, answer);
                }
            }

            assertThat(got).isEmpty();
            assertThat(TenantAttacks.count()).isGreaterThan(52);
            assertThat(notes(globex)).containsExactly("of " + globex);
            assertThat(notes(acme)).containsExactly("of " + acme);
            // To use a keyspace is not to reach what is in it.
            theirs.unwrap().execute("USE " + keyspaceOf(globex));
            assertThat(answer(theirs, "SELECT * FROM note")).isEqualTo("refused");
        }
    }

    private static List<String> notes(Organisation organisation) {
        return server.root().execute("SELECT text FROM " + keyspaceOf(organisation) + ".note").all().stream()
                .map(row -> row.getString("text"))
                .toList();
    }

    private static String answer(CassandraManager theirs, String cql) {
        try {
            List<Row> rows =
                    theirs.unwrap().execute(SimpleStatement.newInstance(cql)).all();
            return "done, " + rows.size() + " rows";
        } catch (UnauthorizedException e) {
            return "refused";
        } catch (DriverException e) {
            return e.getClass().getSimpleName() + ": " + e.getMessage();
        }
    }
}
