package io.github.keywharf.testing;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.Node;
import io.github.keywharf.testing.CassandraServer.Membership;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Several real Apache Cassandra nodes that form one cluster, in one data centre unless more are named, each a {@link CassandraServer} in a process
 * of its own, so that each can be killed, paused and started again by itself. All listen on the same address, each on ports
 * of its own.
 *
 * <pre>{@code
 * try (CassandraNodes nodes = CassandraNodes.builder().start()) {
 *     String keyspace = nodes.createKeyspace("orders", 3);
 *     nodes.node(2).kill();
 *     nodes.restart(2);
 * }
 * }</pre>
 *
 * <p>The ring is the same each time: every node has {@link #TOKENS} tokens, dealt out in turn. Roles are kept on three nodes
 * at most, so with one of three away one can still log in. For about ten seconds after a node was killed, the others do not
 * know it and send it requests that fail; drivers know immediately.
 *
 * <p>A node takes 600 MB. Methods may be called from any thread.
 */
public final class CassandraNodes implements AutoCloseable {
    /** How many tokens each node has, 4. */
    public static final int TOKENS = 4;

    private static final int MAX_NODES = 6;
    private static final int ROLE_COPIES = 3;
    private static final Duration TOGETHER_LIMIT = Duration.ofMinutes(1);

    private final List<CassandraServer> nodes;

    private CassandraNodes(List<CassandraServer> nodes) {
        this.nodes = List.copyOf(nodes);
    }

    /** What may be said before the nodes start. Setters change this object and return it. */
    public static final class Builder {
        private final List<String> lines = new ArrayList<>();
        private int count = 3;
        private List<String> datacenters = List.of(CassandraLogin.DATACENTER);
        private boolean durableCommits;

        private Builder() {}

        /** How many nodes, 2 to 6; 3 by default. */
        public Builder count(int nodes) {
            if (nodes < 2 || nodes > MAX_NODES) {
                throw new IllegalArgumentException("[cassandra] " + nodes + " nodes are not 2 to " + MAX_NODES);
            }
            count = nodes;
            return this;
        }

        /** The data centres that the nodes are in by turns; one by default. */
        public Builder datacenters(String... names) {
            datacenters = List.of(names);
            return this;
        }

        /** As {@link CassandraServer.Builder#durableCommits}, for each node. */
        public Builder durableCommits(boolean on) {
            durableCommits = on;
            return this;
        }

        /** As {@link CassandraServer.Builder#option}, for each node. */
        public Builder option(String yamlLine) {
            lines.add(yamlLine);
            return this;
        }

        /**
         * Starts the nodes and waits until each knows that all are there. The caller closes them.
         *
         * @throws IllegalStateException if a node does not start; the message quotes its log
         */
        public CassandraNodes start() {
            String password = Secrets.random(24);
            List<Integer> ports =
                    Stream.generate(Ports::free).distinct().limit(2L * count).toList();
            List<Integer> seeds = ports.subList(count, 2 * count);
            List<CompletableFuture<CassandraServer>> starting = inParallel(IntStream.range(0, count)
                    .mapToObj(i -> node(i, ports.get(i), seeds, password))
                    .toList());
            List<CassandraServer> started = starting.stream()
                    .filter(node -> !node.isCompletedExceptionally())
                    .map(CompletableFuture::join)
                    .toList();
            try {
                starting.forEach(CompletableFuture::join);
                CassandraNodes nodes = new CassandraNodes(started);
                nodes.awaitTogether();
                return nodes;
            } catch (RuntimeException e) {
                started.forEach(CassandraServer::close);
                throw e.getCause() instanceof IllegalStateException failure ? failure : e;
            }
        }

        /** The futures of the nodes, all of them done. */
        private static List<CompletableFuture<CassandraServer>> inParallel(List<CassandraServer.Builder> builders) {
            ExecutorService threads = Executors.newFixedThreadPool(builders.size());
            try {
                List<CompletableFuture<CassandraServer>> starting = builders.stream()
                        .map(builder -> CompletableFuture.supplyAsync(builder::start, threads))
                        .toList();
                starting.forEach(
                        node -> node.handle((server, failure) -> server).join());
                return starting;
            } finally {
                threads.shutdown();
            }
        }

        private CassandraServer.Builder node(int index, int port, List<Integer> seeds, String password) {
            Deque<Integer> own = new ArrayDeque<>(List.of(port, seeds.get(index)));
            CassandraServer.Builder node = CassandraServer.builder()
                    .durableCommits(durableCommits)
                    .ports(() -> own.isEmpty() ? Ports.free() : own.remove())
                    .member(new Membership(
                            seeds,
                            password,
                            index == 0,
                            datacentersOf(index),
                            Math.min(count / datacenters.size(), ROLE_COPIES)))
                    .property(
                            "cassandra.system_auth.default_rf",
                            String.valueOf(Math.min(count, ROLE_COPIES * datacenters.size())))
                    // The first user is made when enough nodes are there, which is tried again after this time.
                    .property("cassandra.superuser_setup_delay_ms", "250")
                    .option("num_tokens: " + TOKENS)
                    .option("initial_token: '" + tokens(index) + "'")
                    // All begin together, and have nothing to hand over.
                    .option("auto_bootstrap: false")
                    // Every so many seconds nodes count what is on their disks, from half a minute after their start
                    // on.
                    .property("cassandra.size_recorder_interval", "3")
                    // Nodes that were killed are noticed after 8 s of silence; by default it takes longer than 20 s.
                    .property("cassandra.fd_initial_value_ms", "700")
                    .property("cassandra.fd_max_interval_ms", "700")
                    .option("phi_convict_threshold: 5");
            for (String kind : List.of("read", "range", "write", "counter_write")) {
                // Until they are noticed, requests that need them wait for this.
                node.option(kind + "_request_timeout: 5s");
            }
            lines.forEach(node::option);
            return node;
        }

        /** That of a node, and the others. */
        private List<String> datacentersOf(int index) {
            List<String> names = new ArrayList<>(datacenters);
            Collections.rotate(names, -(index % names.size()));
            return List.copyOf(names);
        }

        private String tokens(int index) {
            BigInteger step = BigInteger.ONE.shiftLeft(64).divide(BigInteger.valueOf((long) count * TOKENS));
            return IntStream.range(0, TOKENS)
                    .mapToObj(turn -> BigInteger.valueOf(Long.MIN_VALUE)
                            .add(step.multiply(BigInteger.valueOf((long) turn * count + index + 1)))
                            .subtract(BigInteger.ONE)
                            .toString())
                    .collect(Collectors.joining(","));
        }
    }

    /** Three nodes, unless something else is said. */
    public static Builder builder() {
        return new Builder();
    }

    /** All nodes; what is done to one of them in a session of its driver is done in the cluster. */
    public List<CassandraServer> all() {
        return nodes;
    }

    /** One node, from 0 on. */
    public CassandraServer node(int index) {
        return nodes.get(index);
    }

    /** The superuser's session of the driver itself, to all nodes; see {@link CassandraServer#session()}. */
    public CqlSession session() {
        return node(0).session();
    }

    /** Runs a statement as the superuser; afterwards all nodes that are there have the same schema. */
    public void execute(String cql) {
        node(0).execute(cql);
    }

    /** What the driver calls a node. */
    public Node of(int index) {
        return find(session(), index).orElseThrow();
    }

    private Optional<Node> find(CqlSession asking, int index) {
        return asking.getMetadata().getNodes().values().stream()
                .filter(node -> node.getBroadcastRpcAddress()
                        .map(address -> address.getPort() == node(index).port())
                        .orElse(false))
                .findFirst();
    }

    /** The name of the first node's data centre. */
    public String localDatacenter() {
        return node(0).localDatacenter();
    }

    /** The superuser's name, which is not {@code cassandra}. */
    public String superuser() {
        return node(0).superuser();
    }

    /** The superuser's password, made up for this cluster. */
    public String superuserPassword() {
        return node(0).superuserPassword();
    }

    /** Creates a keyspace with so many replicas whose name begins with {@code prefix} and differs from all others here. */
    public String createKeyspace(String prefix, int replicas) {
        return node(0).createKeyspace(prefix, replicas);
    }

    /**
     * Starts nodes again after they were killed, all together, and waits until each node knows that all are there.
     *
     * @throws IllegalStateException if one is running, does not start, or others stay away
     */
    public void restart(int... indexes) {
        CompletableFuture.allOf(IntStream.of(indexes)
                        .mapToObj(index -> Background.run(node(index)::restart))
                        .toArray(CompletableFuture[]::new))
                .join();
        awaitTogether();
    }

    /** Waits until each node, asked for roles, gets them from all nodes that have some. */
    private void awaitTogether() {
        long end = System.nanoTime() + TOGETHER_LIMIT.toNanos();
        for (int index = 0; index < nodes.size(); index++) {
            while (!isTogether(index)) {
                if (System.nanoTime() > end) {
                    throw new IllegalStateException("[cassandra] " + node(index) + " and the others did not find each"
                            + " other within " + TOGETHER_LIMIT.toSeconds() + " s");
                }
                pauseBriefly();
            }
        }
    }

    private boolean isTogether(int index) {
        // A session speaks to the nodes of its own data centre only.
        CqlSession asking = node(index).localDatacenter().equals(localDatacenter())
                ? session()
                : node(index).session();
        Optional<Node> known = find(asking, index);
        if (known.isEmpty()) {
            return false;
        }
        try {
            asking.execute(SimpleStatement.newInstance("SELECT role FROM system_auth.roles")
                    .setConsistencyLevel(ConsistencyLevel.ALL)
                    .setNode(known.get()));
            return true;
        } catch (DriverException notYet) {
            return false;
        }
    }

    private static void pauseBriefly() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("[cassandra] interrupted while nodes found each other", e);
        }
    }

    /** Kills the nodes and deletes their data. Closing twice is harmless. */
    @Override
    public void close() {
        nodes.forEach(CassandraServer::close);
    }

    @Override
    public String toString() {
        return "CassandraNodes" + nodes;
    }
}
