package io.github.keywharf.cassandra.key;

import static io.github.keywharf.cassandra.key.KeyRefusals.assertCode;
import static io.github.keywharf.cassandra.key.KeyServer.ALICE;
import static io.github.keywharf.cassandra.key.KeyServer.FROM;
import static io.github.keywharf.cassandra.key.KeyServer.forged;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.cql.Row;
import io.github.keywharf.Organisation;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.Actor;
import io.github.keywharf.key.KeyRequest;
import io.github.keywharf.key.KeyState;
import io.github.keywharf.table.Table;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyAuditTest {
    private final KeyServer server = KeyServer.shared();
    private final CassandraKeyRing ring = server.ring();

    /** Action, outcome and actor of what happened to a key, as the driver itself reads it. */
    private List<String> of(String keyId) {
        List<String> entries = new ArrayList<>();
        for (Row row : server.root().execute("SELECT * FROM " + server.keyspace() + ".key_audit")) {
            if (keyId.equals(row.getString("key_id"))) {
                entries.add(row.getString("action") + " " + row.getString("outcome") + " by " + row.getString("who")
                        + " from " + row.getString("origin") + " " + row.getString("organisation"));
            }
        }
        return entries;
    }

    @Test
    void each_act_is_logged_with_who_what_and_from_where() {
        Organisation acme = server.acme();
        AccessKey key = server.issue(acme);
        ring.open(key, FROM).close();
        assertCode("key.refused", () -> ring.open(forged(key), "203.0.113.200"));
        AccessKey next = ring.rotate(key.id(), Duration.ofHours(1), Actor.of("bob", "10.9.9.9"));
        ring.expire(key.id(), Instant.now().plusSeconds(60), ALICE);
        ring.revoke(key.id(), ALICE);
        assertCode("key.revoked", () -> ring.open(key, FROM));

        assertThat(of(key.id()))
                .containsExactly(
                        "issue ok by alice from 10.1.2.3 " + acme,
                        "open ok by key " + key.id() + " from " + FROM + " " + acme,
                        "open refused by key " + key.id() + " from 203.0.113.200 " + acme,
                        "expire ok by alice from 10.1.2.3 " + acme,
                        "revoke ok by alice from 10.1.2.3 " + acme,
                        "open refused by key " + key.id() + " from " + FROM + " " + acme);
        assertThat(of(next.id())).containsExactly("rotate ok by bob from 10.9.9.9 " + acme);
    }

    @Test
    void the_log_is_read_by_days() {
        AccessKey key = server.issue(server.acme());
        LocalDate today = LocalDate.now(ZoneOffset.UTC);

        Table entries = ring.audit(today.minusDays(1), today.plusDays(1)).toTable();

        assertThat(entries.schema().columns())
                .extracting(column -> column.name())
                .containsExactly(
                        "day", "time", "action", "outcome", "key_id", "organisation", "who", "origin", "detail");
        assertThat(entries.toString()).isNotEmpty();
        assertThat(ring.audit(today, today).stream().filter(row -> key.id().equals(row.string("key_id"))))
                .singleElement()
                .satisfies(row -> assertThat(row.string("action")).isEqualTo("issue"));
        assertThat(ring.audit(today.minusDays(9), today.minusDays(8)).toTable().size())
                .isZero();
        assertThatThrownBy(() -> ring.audit(today, today.minusDays(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ring.audit(today.minusYears(3), today)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void an_origin_cannot_forge_entries() {
        AccessKey key = server.issue(server.acme());
        ring.open(key, "1.2.3.4\nok by alice").close();

        assertThat(of(key.id())).anyMatch(entry -> entry.contains("1.2.3.4?ok by alice"));
    }

    @Test
    void without_its_entry_a_key_is_not_issued() {
        CassandraKeyRing broken = broken();
        int before = ring.list(server.acme()).size();

        assertCode("key.audit_failed", () -> broken.issue(KeyRequest.of(server.acme()), ALICE));

        assertThat(ring.list(server.acme()).subList(before, before + 1))
                .allMatch(key -> key.state() == KeyState.REVOKED);
    }

    @Test
    void without_its_entry_nobody_can_log_in() {
        AccessKey key = server.issue(server.acme());
        List<CassandraManager> opened = new ArrayList<>();
        CassandraKeyRing broken = server.builder(
                        CassandraManager.of(FailingSession.on(server.issuer().unwrap(), "key_audit")))
                .connector((role, password, keyspace) -> {
                    CassandraManager manager = KeyServer.connect(server.server(), role, password);
                    opened.add(manager);
                    return manager;
                })
                .build();

        assertCode("key.audit_failed", () -> broken.open(key, FROM));

        assertThat(opened)
                .singleElement()
                .satisfies(one -> assertThat(one.unwrap().isClosed()).isTrue());
    }

    @Test
    void without_its_entry_a_revocation_holds_all_the_same_and_says_so() {
        AccessKey key = server.issue(server.acme());

        assertCode("key.audit_failed", () -> broken().revoke(key.id(), ALICE));

        assertCode("key.revoked", () -> ring.check(key, FROM));
        assertThat(server.root()
                        .execute("SELECT role FROM system_auth.roles WHERE role = '" + KeyNames.roleOfKey(key.id())
                                + "'")
                        .one())
                .isNull();
    }

    private CassandraKeyRing broken() {
        return server.ring(CassandraManager.of(FailingSession.on(server.issuer().unwrap(), "key_audit")));
    }
}
