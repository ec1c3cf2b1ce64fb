package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.loadbalancing.NodeDistance;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.schema.KeyspaceMetadata;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** On how many nodes a row is at least when it is acknowledged: one fewer of them may forget it. */
final class BulkCopies {
    private static final Pattern COPIES = Pattern.compile("(\\d{1,4})(/\\d+)?");

    private BulkCopies() {}

    static int of(CqlSession session, BulkTableName name, ConsistencyLevel level) {
        Map<String, String> replication = session.getMetadata()
                .getKeyspace(name.keyspace())
                .map(KeyspaceMetadata::getReplication)
                .orElse(Map.of());
        String local = session.getMetadata().getNodes().values().stream()
                .filter(node -> node.getDistance() == NodeDistance.LOCAL)
                .map(Node::getDatacenter)
                .findFirst()
                .orElse("");
        return of(replication, local, level);
    }

    /** One where nothing is known of how many copies there are. */
    static int of(Map<String, String> replication, String local, ConsistencyLevel level) {
        Map<String, Integer> copies = new TreeMap<>();
        replication.forEach((datacenter, number) -> {
            Matcher matcher = COPIES.matcher(number);
            if (matcher.matches()) {
                copies.put(datacenter, Integer.parseInt(matcher.group(1)));
            }
        });
        int all = copies.values().stream().mapToInt(Integer::intValue).sum();
        int acknowledged = 1;
        if (level instanceof DefaultConsistencyLevel standard) {
            acknowledged = switch (standard) {
                case TWO -> 2;
                case THREE -> 3;
                case QUORUM -> all / 2 + 1;
                case LOCAL_QUORUM -> copies.getOrDefault(local, copies.getOrDefault("replication_factor", 1)) / 2 + 1;
                case EACH_QUORUM ->
                    copies.values().stream().mapToInt(number -> number / 2 + 1).sum();
                case ALL -> all;
                default -> 1;
            };
        }
        return Math.max(1, Math.min(acknowledged, all));
    }
}
