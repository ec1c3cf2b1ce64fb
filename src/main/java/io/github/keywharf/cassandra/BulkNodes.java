package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.NodeState;
import io.github.keywharf.KeywharfException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Tells whether nodes answer, and whether one of them was started anew: each start of a node gives it a greater gossip
 * generation. Belongs to the loading thread.
 */
final class BulkNodes {
    /** How long a node may take to answer. */
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    /** How long nodes that are connected are asked at the beginning, when they have too much to do to answer. */
    private static final Duration NOTED_WITHIN = Duration.ofSeconds(10);

    private static final Backoff PAUSES = new Backoff(Duration.ofSeconds(2));
    private static final String QUESTION = "SELECT gossip_generation FROM system.local";

    /** The generation of nodes that have none to tell. */
    static final String UNKNOWN = "?";

    private final CassandraContext context;
    private final String subject;
    private final Map<String, String> generations = new HashMap<>();
    private final Map<String, Boolean> away = new HashMap<>();

    BulkNodes(CassandraContext context, String subject) {
        this.context = context;
        this.subject = subject;
    }

    /** The generations of the nodes that answer, by host id. */
    private Map<String, String> ask() {
        Map<String, CompletionStage<AsyncResultSet>> asked = new LinkedHashMap<>();
        for (Node node : connected()) {
            SimpleStatement question = SimpleStatement.newInstance(QUESTION)
                    .setNode(node)
                    .setTimeout(TIMEOUT)
                    .setIdempotent(true);
            asked.put(String.valueOf(node.getHostId()), context.session().executeAsync(question));
        }
        Map<String, String> answers = new TreeMap<>();
        asked.forEach((id, answer) -> generation(answer).ifPresent(it -> answers.put(id, it)));
        return answers;
    }

    private List<Node> connected() {
        return context.session().getMetadata().getNodes().values().stream()
                .filter(node -> node.getState() != NodeState.FORCED_DOWN && node.getOpenConnections() > 0)
                .toList();
    }

    private static Optional<String> generation(CompletionStage<AsyncResultSet> answer) {
        try {
            Row row = answer.toCompletableFuture().join().one();
            return Optional.of(row == null || row.isNull(0) ? UNKNOWN : Objects.toString(row.getObject(0), UNKNOWN));
        } catch (CompletionException e) {
            // An answer, if not to the question: this is no Cassandra, but it is there.
            return BulkFailure.of(CassandraErrors.unwrapped(e)) == BulkFailure.REFUSED
                    ? Optional.of(UNKNOWN)
                    : Optional.empty();
        }
    }

    /** Notes how things are at the beginning: a node of which nothing is noted could be started anew unnoticed. */
    void note() {
        long end = System.nanoTime() + NOTED_WITHIN.toNanos();
        generations.putAll(ask());
        while (generations.size() < connected().size() && System.nanoTime() - end < 0) {
            pause(Backoff.FIRST);
            generations.putAll(ask());
        }
    }

    /** The generations noted last, by host id. */
    Map<String, String> generations() {
        return new TreeMap<>(generations);
    }

    /** Whether every node tells its generation, so that a restart is known and not only possible. */
    boolean tellGenerations() {
        return !generations.containsValue(UNKNOWN);
    }

    /** Whether a node was started anew, or went away, since this was asked last. */
    boolean restarted() {
        return compare(ask());
    }

    private boolean compare(Map<String, String> now) {
        boolean restarted = false;
        for (Map.Entry<String, String> known : generations.entrySet()) {
            String generation = now.get(known.getKey());
            if (generation == null) {
                restarted |= away.put(known.getKey(), true) == null;
            } else {
                away.remove(known.getKey());
                restarted |= !generation.equals(known.getValue());
            }
        }
        generations.putAll(now);
        return restarted;
    }

    /**
     * Waits until a node answers.
     *
     * @return whether one of them may have forgotten something
     * @throws KeywharfException with code {@code cassandra.outage} when none does in time
     */
    boolean awaitAnswer(Duration deadline, Throwable cause) {
        long end = System.nanoTime() + deadline.toNanos();
        for (int silences = 1; ; silences++) {
            Map<String, String> now = ask();
            if (!now.isEmpty()) {
                return compare(now) || now.containsValue(UNKNOWN);
            }
            if (System.nanoTime() - end >= 0) {
                throw new KeywharfException(
                        "cassandra.outage",
                        subject,
                        "No node answered for " + deadline.toSeconds()
                                + " s; what was written stays, and loading the same rows again is harmless",
                        cause);
            }
            pause(PAUSES.after(silences));
        }
    }

    private void pause(Duration duration) {
        try {
            TimeUnit.NANOSECONDS.sleep(duration.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KeywharfException(
                    "cassandra.interrupted", subject, "The thread was interrupted while no node answered", e);
        }
    }
}
