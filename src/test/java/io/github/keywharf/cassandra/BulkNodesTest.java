package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.Metadata;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.NodeState;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Which nodes may have forgotten the same rows; a row is on two nodes at least. */
class BulkNodesTest {
    private static final int COPIES = 2;

    private final Map<UUID, FakeNode> members = new LinkedHashMap<>();
    private final FakeNode one = new FakeNode();
    private final FakeNode two = new FakeNode();
    private final FakeNode three = new FakeNode();
    private final BulkNodes nodes = nodes(Duration.ofHours(1));

    /** A node that is there, silent or away. */
    private final class FakeNode {
        private final UUID id = UUID.randomUUID();
        private int generation = 1;
        private int connections = 1;
        private boolean silent;

        FakeNode() {
            members.put(id, this);
        }

        void away() {
            connections = 0;
        }

        void back() {
            connections = 1;
        }

        void restarted() {
            generation++;
            connections = 1;
        }

        private Node node() {
            return fake(Node.class, (proxy, method, arguments) -> switch (method.getName()) {
                case "getHostId" -> id;
                case "getState" -> NodeState.UP;
                case "getOpenConnections" -> connections;
                default -> throw new UnsupportedOperationException(method.toString());
            });
        }

        private CompletableFuture<AsyncResultSet> answer() {
            if (silent) {
                return CompletableFuture.failedFuture(new DriverTimeoutException("of the test"));
            }
            Row row = fake(
                    Row.class,
                    (proxy, method, arguments) -> method.getName().equals("isNull") ? (Object) false : generation);
            return CompletableFuture.completedFuture(fake(AsyncResultSet.class, (proxy, method, arguments) -> row));
        }
    }

    private static <T> T fake(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private BulkNodes nodes(Duration window) {
        CqlSession session = fake(CqlSession.class, (proxy, method, arguments) -> {
            if (method.getName().equals("getMetadata")) {
                Map<UUID, Node> all = new LinkedHashMap<>();
                members.forEach((id, node) -> all.put(id, node.node()));
                return fake(Metadata.class, (metadata, asked, none) -> all);
            }
            UUID id = ((SimpleStatement) arguments[0]).getNode().getHostId();
            return members.get(id).answer();
        });
        return new BulkNodes(SessionProxy.context(session), "test", window);
    }

    @Test
    void a_node_that_is_away_is_not_waited_for_once_its_rows_are_known_to_be_elsewhere() {
        nodes.note();
        one.away();
        BulkNodes.Look look = nodes.look();
        assertThat(look.sendAgain()).isTrue();
        assertThat(nodes.mayHaveLost(look.since())).isEqualTo(1);
        assertThat(nodes.seenAll()).isEqualTo(look.since());

        nodes.confirm(false);
        nodes.look();
        assertThat(nodes.seenAll()).isGreaterThan(look.since());
        assertThat(nodes.mayLackRows(COPIES)).isFalse();
    }

    @Test
    void rows_of_two_nodes_that_went_one_after_the_other_may_be_on_neither() {
        nodes.note();
        one.away();
        BulkNodes.Look first = nodes.look();
        nodes.confirm(false);
        two.away();
        BulkNodes.Look second = nodes.look();
        assertThat(nodes.mayHaveLost(second.since())).isEqualTo(2);
        assertThat(second.restarted()).isZero();

        nodes.awaitAgain(second.since());
        assertThat(nodes.seenAll()).isEqualTo(first.since());
        assertThat(nodes.mayLackRows(COPIES)).isTrue();
        two.restarted();
        assertThat(nodes.look().restarted()).isEqualTo(1);
        one.restarted();
        BulkNodes.Look third = nodes.look();
        assertThat(third.restarted()).isEqualTo(2);
        assertThat(third.since()).isEqualTo(first.since());
    }

    @Test
    void a_dead_node_is_not_waited_for_any_more_once_one_that_was_silent_meanwhile_answers() {
        nodes.note();
        one.away();
        two.silent = true;
        BulkNodes.Look both = nodes.look();
        assertThat(nodes.mayHaveLost(both.since())).isEqualTo(2);
        nodes.awaitAgain(both.since());

        nodes.confirmIfElsewhere(COPIES);
        assertThat(nodes.seenAll()).isEqualTo(both.since());

        two.silent = false;
        assertThat(nodes.look().sendAgain()).isFalse();
        nodes.confirmIfElsewhere(COPIES);
        nodes.look();
        assertThat(nodes.seenAll()).isGreaterThan(both.since());
    }

    @Test
    void a_dead_node_is_waited_for_while_another_one_has_forgotten_the_same_rows() {
        nodes.note();
        one.away();
        two.restarted();
        BulkNodes.Look both = nodes.look();
        nodes.awaitAgain(both.since());

        nodes.look();
        nodes.confirmIfElsewhere(COPIES);
        assertThat(nodes.seenAll()).isEqualTo(both.since());
    }

    @Test
    void a_node_that_restarted_before_another_one_counts_if_it_may_have_forgotten_the_same_rows() {
        nodes.note();
        one.restarted();
        assertThat(nodes.look().restarted()).isEqualTo(1);
        two.away();
        BulkNodes.Look away = nodes.look();
        assertThat(nodes.mayHaveLost(away.since())).isEqualTo(2);
        two.restarted();
        assertThat(nodes.look().restarted()).isEqualTo(2);

        BulkNodes forgetful = nodes(Duration.ZERO);
        forgetful.note();
        one.restarted();
        assertThat(forgetful.look().restarted()).isEqualTo(1);
        forgetful.look();
        two.restarted();
        assertThat(forgetful.look().restarted()).isEqualTo(1);
    }

    @Test
    void a_node_that_comes_back_as_it_was_has_forgotten_nothing() {
        nodes.note();
        one.away();
        nodes.look();
        nodes.confirm(false);
        one.back();
        BulkNodes.Look back = nodes.look();
        assertThat(back.sendAgain()).isFalse();
        two.away();
        assertThat(nodes.mayHaveLost(nodes.look().since())).isEqualTo(1);
    }

    @Test
    void what_was_sent_again_is_lost_to_none() {
        nodes.note();
        one.restarted();
        nodes.sentAgain(nodes.look().since());
        two.restarted();
        assertThat(nodes.look().restarted()).isEqualTo(1);
    }

    @Test
    void a_silent_node_is_waited_for_if_it_may_be_the_only_one_with_a_row() {
        nodes.note();
        three.silent = true;
        assertThat(nodes.look().sendAgain()).isFalse();
        assertThat(nodes.mayLackRows(COPIES)).isFalse();
        assertThat(nodes.mayLackRows(1)).isTrue();
        two.restarted();
        nodes.look();
        assertThat(nodes.mayLackRows(COPIES)).isTrue();
    }
}
