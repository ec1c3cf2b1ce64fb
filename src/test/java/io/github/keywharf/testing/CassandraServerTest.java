package io.github.keywharf.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.auth.AuthenticationException;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CassandraServerTest {
    private static CassandraServer server;

    @BeforeAll
    static void start() {
        server = CassandraServer.shared();
    }

    private static CqlSession session(String user, String password) {
        return new CassandraLogin(new InetSocketAddress(server.host(), server.port()), server.localDatacenter(), null)
                .open(user, password);
    }

    @Test
    void what_is_written_can_be_read() {
        String keyspace = server.createKeyspace("shop");
        server.execute("CREATE TABLE " + keyspace + ".item (id int PRIMARY KEY, name text)");
        server.execute("INSERT INTO " + keyspace + ".item (id, name) VALUES (1, 'chair')");
        assertThat(server.session()
                        .execute("SELECT name FROM " + keyspace + ".item")
                        .one()
                        .getString("name"))
                .isEqualTo("chair");
    }

    @Test
    void user_without_permission_is_refused() {
        String keyspace = server.createKeyspace("shop");
        server.execute("CREATE TABLE " + keyspace + ".item (id int PRIMARY KEY)");
        server.createUser("Clerk", "it's a secret");
        try (CqlSession clerk = session("Clerk", "it's a secret")) {
            assertThatThrownBy(() -> clerk.execute("SELECT * FROM " + keyspace + ".item"))
                    .isInstanceOf(UnauthorizedException.class);
        }
    }

    @Test
    void default_login_and_wrong_password_are_refused() {
        assertThatThrownBy(() -> session("cassandra", "cassandra")).satisfies(CassandraServerTest::isLoginRefused);
        assertThatThrownBy(() -> session(server.superuser(), "wrong")).satisfies(CassandraServerTest::isLoginRefused);
    }

    private static void isLoginRefused(Throwable error) {
        assertThat(error).isInstanceOf(AllNodesFailedException.class);
        assertThat(((AllNodesFailedException) error).getAllErrors().values())
                .allSatisfy(errors -> assertThat(errors).hasAtLeastOneElementOfType(AuthenticationException.class));
    }
}
