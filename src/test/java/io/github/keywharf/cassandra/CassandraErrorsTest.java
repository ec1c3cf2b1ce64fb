package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.NoNodeAvailableException;
import com.datastax.oss.driver.api.core.RequestThrottlingException;
import com.datastax.oss.driver.api.core.auth.AuthenticationException;
import com.datastax.oss.driver.api.core.connection.ConnectionInitException;
import com.datastax.oss.driver.api.core.connection.FrameTooLongException;
import com.datastax.oss.driver.api.core.connection.HeartbeatException;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.servererrors.BootstrappingException;
import com.datastax.oss.driver.api.core.servererrors.CASWriteUnknownException;
import com.datastax.oss.driver.api.core.servererrors.DefaultWriteType;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import com.datastax.oss.driver.api.core.servererrors.OverloadedException;
import com.datastax.oss.driver.api.core.servererrors.ProtocolError;
import com.datastax.oss.driver.api.core.servererrors.ReadTimeoutException;
import com.datastax.oss.driver.api.core.servererrors.ServerError;
import com.datastax.oss.driver.api.core.servererrors.SyntaxError;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import com.datastax.oss.driver.api.core.servererrors.UnavailableException;
import com.datastax.oss.driver.api.core.servererrors.WriteTimeoutException;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.docs.ErrorsPage;
import io.github.keywharf.testing.CassandraServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What one healthy node does not say by itself. */
class CassandraErrorsTest {
    private static Node node;

    @BeforeAll
    static void node() {
        node = CassandraServer.shared()
                .session()
                .getMetadata()
                .getNodes()
                .values()
                .iterator()
                .next();
    }

    private static KeywharfException words(Throwable failure) {
        return CassandraErrors.of("shop", "The statement failed", new CompletionException(failure));
    }

    private static void says(Throwable failure, boolean passing, String code, String words) {
        assertThat(words(failure))
                .hasMessageContaining("[shop] The statement failed: ")
                .hasMessageContaining(words);
        assertThat(words(failure).code()).isEqualTo(code);
        assertThat(words(failure)).hasCause(failure);
        assertThat(CassandraErrors.isPassing(failure)).isEqualTo(passing);
        AllNodesFailedException all = AllNodesFailedException.fromErrors(List.of(Map.entry(node, failure)));
        assertThat(words(all).code()).isEqualTo(code);
    }

    @Test
    void timeouts_of_replicas_are_counted() {
        says(
                new ReadTimeoutException(node, DefaultConsistencyLevel.QUORUM, 1, 2, false),
                true,
                "cassandra.timeout",
                "of the 2 replicas that QUORUM needs, 1 answered in time");
        says(
                new WriteTimeoutException(node, DefaultConsistencyLevel.QUORUM, 0, 2, DefaultWriteType.SIMPLE),
                true,
                "cassandra.timeout",
                "may have been written all the same");
        says(
                new CASWriteUnknownException(node, DefaultConsistencyLevel.SERIAL, 1, 2),
                false,
                "cassandra.outcome_unknown",
                "SERIAL");
    }

    @Test
    void overload_of_the_server_and_of_the_client_are_distinguished() {
        says(new OverloadedException(node), true, "cassandra.overloaded", "the server is overloaded");
        says(new RequestThrottlingException("full"), false, "cassandra.overloaded", "this client");
    }

    @Test
    void lost_connections_say_that_it_may_have_been_done() {
        says(
                new HeartbeatException(InetSocketAddress.createUnresolved("db", 1), "no answer", null),
                true,
                "cassandra.connection_lost",
                "may have done it all the same");
        says(new IOException("Connection reset by peer"), true, "cassandra.connection_lost", "may have done it");
        says(new ConnectException("Connection refused"), true, "cassandra.unreachable", "no node can be reached");
        assertThat(words(new NoNodeAvailableException()).code()).isEqualTo("cassandra.unreachable");
        assertThat(CassandraErrors.isUnsent(new NoNodeAvailableException())).isTrue();
        assertThat(CassandraErrors.isUnsent(new OverloadedException(node))).isFalse();
    }

    /** What each does of itself when a failure of this kind is met: a statement, a bulk load, an unload. */
    private static void isMetBy(Throwable failure, boolean statementWaits, BulkFailure load, boolean unloadWaits) {
        assertThat(CassandraErrors.isPassing(failure)).as(failure.toString()).isEqualTo(statementWaits);
        assertThat(BulkFailure.of(failure)).as(failure.toString()).isEqualTo(load);
        assertThat(UnloadPages.passes(failure)).as(failure.toString()).isEqualTo(unloadWaits);
    }

    @Test
    void statements_loads_and_unloads_decide_by_the_same_kinds() {
        isMetBy(new OverloadedException(node), true, BulkFailure.OVERLOADED, true);
        isMetBy(new BootstrappingException(node), true, BulkFailure.OVERLOADED, true);
        isMetBy(new NoNodeAvailableException(), true, BulkFailure.NOT_SENT, true);
        isMetBy(new IOException("Connection reset by peer"), true, BulkFailure.DISCONNECTED, true);
        isMetBy(
                new UnavailableException(node, DefaultConsistencyLevel.QUORUM, 2, 1),
                true,
                BulkFailure.UNAVAILABLE,
                true);
        isMetBy(
                new WriteTimeoutException(node, DefaultConsistencyLevel.QUORUM, 0, 2, DefaultWriteType.SIMPLE),
                true,
                BulkFailure.OVERLOADED,
                true);
        isMetBy(
                new ReadTimeoutException(node, DefaultConsistencyLevel.QUORUM, 1, 2, false),
                true,
                BulkFailure.FATAL,
                true);
        isMetBy(new DriverTimeoutException("late"), false, BulkFailure.UNANSWERED, true);
        isMetBy(new ServerError(node, "out of luck"), false, BulkFailure.FAILED, true);
        isMetBy(new RequestThrottlingException("full"), false, BulkFailure.OVERLOADED, true);
        isMetBy(new SyntaxError(node, "line 1:1"), false, BulkFailure.REFUSED, false);
        isMetBy(new InvalidQueryException(node, "null key"), false, BulkFailure.REFUSED, false);
        isMetBy(new ProtocolError(node, "what?"), false, BulkFailure.FAILED, false);
        isMetBy(new FrameTooLongException(node.getEndPoint().resolve(), "long"), false, BulkFailure.REFUSED, false);
        isMetBy(new IllegalStateException("x"), false, BulkFailure.FATAL, false);
    }

    @Test
    void what_is_too_large_is_not_waited_for_though_the_server_calls_it_an_overload() {
        OverloadedException large =
                new OverloadedException(node, "Request is too big: length 600 exceeds allowed maximum of 256");

        says(large, false, "cassandra.too_large", "read smaller pages");
        isMetBy(large, false, BulkFailure.REFUSED, false);
    }

    @Test
    void a_node_that_was_killed_while_it_was_connected_to_is_waited_for() {
        ConnectionInitException cut = new ConnectionInitException("OPTIONS", new ClosedChannelException());

        says(cut, true, "cassandra.unreachable", "no node can be reached");
        isMetBy(
                AllNodesFailedException.fromErrors(List.of(Map.entry(node, cut))),
                true,
                BulkFailure.DISCONNECTED,
                true);
    }

    @Test
    void roles_that_cannot_be_looked_up_are_not_a_refusal() {
        for (String why : List.of(
                "Cannot achieve consistency level LOCAL_QUORUM",
                "Operation timed out - received only 1 responses.",
                "Operation failed - received 0 responses and 1 failures.")) {
            UnauthorizedException unread = new UnauthorizedException(
                    node,
                    "Unable to perform authorization of permissions: Unable to perform authorization of super-user"
                            + " permission: " + why);
            says(unread, true, "cassandra.unavailable", "system_auth");
            assertThat(CassandraErrors.isUnsent(unread)).isTrue();
            assertThat(CassandraErrors.isDenied(unread)).isFalse();
            assertThat(BulkFailure.of(unread)).isEqualTo(BulkFailure.BARRED);
            assertThat(BulkFailure.BARRED.isCertainlyUndone()).isTrue();
        }
        UnauthorizedException denied =
                new UnauthorizedException(node, "User clerk has no SELECT permission on <table shop.item>");
        says(denied, false, "cassandra.denied", "no SELECT permission");
        assertThat(CassandraErrors.isDenied(denied)).isTrue();
        assertThat(BulkFailure.of(denied)).isEqualTo(BulkFailure.FATAL);
    }

    @Test
    void a_wrong_password_is_reported_though_another_node_was_killed_just_then() {
        AllNodesFailedException all = AllNodesFailedException.fromErrors(List.of(
                Map.entry(node, new ConnectionInitException("OPTIONS", new ClosedChannelException())),
                Map.entry(
                        node,
                        new AuthenticationException(
                                node.getEndPoint(), "server replied with 'Provided username or password is wrong'"))));
        assertThat(ConnectErrors.of("db1:9042", CassandraManager.builder().settings(), all)
                        .code())
                .isEqualTo("cassandra.bad_credentials");
        AllNodesFailedException unread = AllNodesFailedException.fromErrors(List.of(Map.entry(
                node,
                new AuthenticationException(
                        node.getEndPoint(),
                        "server replied with 'Unable to perform authentication: Cannot achieve consistency level"
                                + " LOCAL_QUORUM' to AuthResponse request"))));
        assertThat(ConnectErrors.of("db1:9042", CassandraManager.builder().settings(), unread))
                .hasMessageContaining("system_auth")
                .extracting(KeywharfException::code)
                .isEqualTo("cassandra.unavailable");
    }

    @Test
    void what_nobody_foresaw_keeps_its_cause_and_a_long_message_is_cut() {
        says(new ServerError(node, "out of luck"), false, "cassandra.failed", "out of luck");
        assertThat(words(new ServerError(node, "x".repeat(5_000))).getMessage()).hasSizeLessThan(700);
        KeywharfException ours = new KeywharfException("a.b", "c", "d");
        assertThat(words(ours)).isSameAs(ours);
    }

    @Test
    void only_statements_that_may_hold_a_password_are_secret() {
        assertThat(StatementText.of("create role x with password = 'y'").secret())
                .isTrue();
        assertThat(StatementText.of("/* x */ ALTER USER x SUPERUSER").secret()).isTrue();
        assertThat(StatementText.of("INSERT INTO login (name, passwd) VALUES ('a', 'b')")
                        .secret())
                .isTrue();
        assertThat(StatementText.of("SELECT password FROM login WHERE name = ?").secret())
                .isFalse();
        assertThat(StatementText.of("SELECT * FROM passenger WHERE name = 'x'").secret())
                .isFalse();
        assertThat(StatementText.of("-- SELECT\n// x\n").verb()).isEmpty();
        assertThat(StatementText.of("/* open").verb()).isEmpty();
    }

    @Test
    void each_kind_may_be_tried_again_if_the_page_of_errors_says_so_of_its_code() throws IOException {
        Map<String, Boolean> listed = ErrorsPage.retryable();
        for (FailureKind kind : FailureKind.values()) {
            KeywharfException e = kind.error("it", "failed", null);
            assertThat(e.retryable()).as(kind.name()).isEqualTo(listed.get(e.code()));
        }
    }
}
