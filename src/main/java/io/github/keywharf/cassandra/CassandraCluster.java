package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.loadbalancing.NodeDistance;
import com.datastax.oss.driver.api.core.metadata.Metadata;
import com.datastax.oss.driver.api.core.metadata.Node;
import io.github.keywharf.cassandra.CassandraNode.State;
import io.github.keywharf.table.Rows;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * A cluster and its nodes at one moment; prints as a table.
 *
 * @param name what the cluster calls itself
 * @param nodes by data centre, rack and address
 */
public record CassandraCluster(String name, List<CassandraNode> nodes) {
    /** Copies the list. */
    public CassandraCluster {
        nodes = List.copyOf(nodes);
    }

    static CassandraCluster of(CqlSession session) {
        Metadata metadata = session.getMetadata();
        List<CassandraNode> nodes = metadata.getNodes().values().stream()
                .map(CassandraCluster::node)
                .sorted(Comparator.comparing(CassandraNode::datacenter)
                        .thenComparing(CassandraNode::rack)
                        .thenComparing(CassandraNode::address))
                .toList();
        return new CassandraCluster(metadata.getClusterName().orElse(""), nodes);
    }

    private static CassandraNode node(Node node) {
        State state = switch (node.getState()) {
            case UP -> State.UP;
            case UNKNOWN -> State.UNKNOWN;
            default -> State.DOWN;
        };
        return new CassandraNode(
                node.getEndPoint().toString(),
                Objects.requireNonNullElse(node.getDatacenter(), ""),
                Objects.requireNonNullElse(node.getRack(), ""),
                Objects.toString(node.getCassandraVersion(), ""),
                state,
                node.getDistance() == NodeDistance.LOCAL,
                node.getOpenConnections());
    }

    @Override
    public String toString() {
        return "Cluster " + name + "\n"
                + Rows.ofRecords(CassandraNode.class, nodes).toTable().print(nodes.size());
    }
}
