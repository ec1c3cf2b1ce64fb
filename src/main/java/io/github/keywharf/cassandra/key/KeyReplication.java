package io.github.keywharf.cassandra.key;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.cassandra.CassandraCluster;
import io.github.keywharf.internal.Cut;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How many copies each data centre keeps of a keyspace.
 *
 * @param copies by data centre
 */
record KeyReplication(Map<String, Integer> copies) {

    /** Three copies: one may be away, and the two others still agree. */
    static final int DEFAULT_COPIES = 3;

    private static final int MAX_COPIES = 20;

    KeyReplication {
        copies.forEach((datacenter, number) -> {
            if (datacenter.isBlank() || datacenter.length() > 100 || datacenter.matches("(?s).*\\p{Cntrl}.*")) {
                throw new IllegalArgumentException("'" + Cut.printable(datacenter, 61) + "' is not a data centre");
            }
            if (number < 1 || number > MAX_COPIES) {
                throw new IllegalArgumentException(number + " copies in " + datacenter + " are not 1 to " + MAX_COPIES);
            }
        });
        copies = new LinkedHashMap<>(copies);
    }

    /** The one with another data centre said. */
    KeyReplication with(String datacenter, int number) {
        Map<String, Integer> more = new LinkedHashMap<>(copies);
        more.put(Objects.requireNonNull(datacenter, "datacenter"), number);
        return new KeyReplication(more);
    }

    /**
     * This, or if nothing was said {@link #DEFAULT_COPIES} in each data centre of the cluster.
     *
     * @throws KeywharfException with code {@code key.too_few_nodes} when a data centre has fewer nodes than copies
     */
    KeyReplication resolved(CassandraCluster cluster) {
        Map<String, Integer> nodes = new TreeMap<>();
        cluster.nodes().forEach(node -> nodes.merge(node.datacenter(), 1, Integer::sum));
        KeyReplication wanted = this;
        if (copies.isEmpty()) {
            for (String datacenter : nodes.keySet()) {
                wanted = wanted.with(datacenter, DEFAULT_COPIES);
            }
        }
        wanted.copies.forEach((datacenter, number) -> {
            int there = nodes.getOrDefault(datacenter, 0);
            if (there < number) {
                throw new KeywharfException(
                        "key.too_few_nodes",
                        "data centre " + datacenter,
                        "There are to be " + number + " copies and there are " + there
                                + " nodes; say replicas(\"" + datacenter
                                + "\", n) with a number of copies that you accept. With one copy, keys are lost with"
                                + " its node");
            }
        });
        return wanted;
    }

    String cql() {
        return copies.entrySet().stream()
                .map(entry -> KeyNames.literal(entry.getKey()) + ": " + entry.getValue())
                .collect(Collectors.joining(", ", "{'class': 'NetworkTopologyStrategy', ", "}"));
    }
}
