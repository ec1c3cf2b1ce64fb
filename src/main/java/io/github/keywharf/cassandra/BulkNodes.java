package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.NodeState;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.Pause;
import io.github.keywharf.internal.Backoff;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Shows whether nodes answer, and whether one of them was restarted: each start of a node gives it a greater gossip
 * generation. A node that does not answer may only be slow, so that nothing is concluded from its silence; what it
 * acknowledged is kept until it answers. Belongs to the loading thread.
 */
final class BulkNodes {
    /** How long a node may take to answer. */
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    /** How long nodes that are connected are asked at the beginning, when they have too much to do to answer. */
    private static final Duration NOTED_WITHIN = Duration.ofSeconds(10);

    private static final Backoff PAUSES = Backoff.doubling(Duration.ofMillis(100), Duration.ofSeconds(2));
    private static final String QUERY = "SELECT gossip_generation FROM system.local";

    /** The generation of nodes that report none. */
    static final String UNKNOWN = "?";

    /** What a node that was asked and is connected but silent has instead of a generation. */
    private static final String SILENT = "";

    /**
     * What a look at the nodes found.
     *
     * @param sendAgain whether rows may have been forgotten
     * @param restarted how many nodes have forgotten rows of one time because they were restarted, one of them since the
     *     last look; 0 when none was since
     * @param since when those that may have forgotten rows were seen last, by {@link System#nanoTime}
     */
    record Look(boolean sendAgain, int restarted, long since) {}

    private static final class Known {
        private String generation;
        private long seen;
        private boolean answered = true;
        private boolean gone;
        private boolean confirmed;
        private Loss loss = Loss.NONE;

        Known(String generation, long seen) {
            this.generation = generation;
            this.seen = seen;
        }
    }

    /**
     * Rows that a node may have forgotten and that were not sent again, by when they were acknowledged.
     *
     * @param since when the node was seen last before; what it acknowledged shortly before that belongs to it
     * @param until when it was seen to be away or restarted
     * @param certain whether it was restarted, and not only away
     */
    private record Loss(boolean any, long since, long until, boolean certain) {
        static final Loss NONE = new Loss(false, 0, 0, false);
    }

    private final CassandraContext context;
    private final String subject;
    private final long window;
    private final Map<String, Known> known = new HashMap<>();

    /**
     * @param window how long before it went away a node may have forgotten what it acknowledged
     */
    BulkNodes(CassandraContext context, String subject, Duration window) {
        this.context = context;
        this.subject = subject;
        this.window = window.toNanos();
    }

    /** The generations of the nodes that answer, by host id; of those that are connected and do not, {@link #SILENT}. */
    private Map<String, String> ask() {
        Map<String, CompletionStage<AsyncResultSet>> asked = new LinkedHashMap<>();
        for (Node node : connected()) {
            SimpleStatement query = SimpleStatement.newInstance(QUERY)
                    .setNode(node)
                    .setTimeout(TIMEOUT)
                    .setIdempotent(true);
            asked.put(String.valueOf(node.getHostId()), context.session().executeAsync(query));
        }
        Map<String, String> answers = new TreeMap<>();
        asked.forEach((id, answer) -> {
            String generation = generation(answer);
            if (generation != null) {
                answers.put(id, generation);
            }
        });
        return answers;
    }

    private List<Node> connected() {
        return context.session().getMetadata().getNodes().values().stream()
                .filter(node -> node.getState() != NodeState.FORCED_DOWN && node.getOpenConnections() > 0)
                .toList();
    }

    private static @Nullable String generation(CompletionStage<AsyncResultSet> answer) {
        try {
            Row row = answer.toCompletableFuture().join().one();
            return row == null || row.isNull(0) ? UNKNOWN : Objects.toString(row.getObject(0), UNKNOWN);
        } catch (CompletionException e) {
            Throwable cause = CassandraErrors.unwrapped(e);
            if (cause instanceof DriverTimeoutException) {
                return SILENT;
            }
            // An answer, if not to the query: this is not Cassandra, but it is there.
            return BulkFailure.of(cause) == BulkFailure.REFUSED ? UNKNOWN : null;
        }
    }

    private static boolean isAnswer(@Nullable String generation) {
        return generation != null && !generation.equals(SILENT);
    }

    /** Notes how things are at the beginning: a node of which nothing is noted could be restarted unnoticed. */
    void note() {
        long end = System.nanoTime() + NOTED_WITHIN.toNanos();
        look();
        while (known.size() < connected().size() && System.nanoTime() - end < 0) {
            pause();
            look();
        }
    }

    /** The generations noted last, by host id. */
    Map<String, String> generations() {
        return known.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().generation, (one, other) -> one, TreeMap::new));
    }

    /** Whether every node reports its generation, so that a restart is known and not only possible. */
    boolean tellGenerations() {
        return known.values().stream().noneMatch(node -> node.generation.equals(UNKNOWN));
    }

    /** Looks whether a node was restarted, or went away, since the last look. */
    Look look() {
        long now = System.nanoTime();
        return compare(ask(), now);
    }

    private Look compare(Map<String, String> answers, long now) {
        Set<String> members = context.session().getMetadata().getNodes().keySet().stream()
                .map(String::valueOf)
                .collect(Collectors.toSet());
        boolean sendAgain = false;
        boolean restarted = false;
        long since = now;
        for (Map.Entry<String, Known> entry : known.entrySet()) {
            Known node = entry.getValue();
            String generation = answers.get(entry.getKey());
            node.answered = isAnswer(generation);
            if (generation != null && node.answered) {
                if (!generation.equals(node.generation)) {
                    sendAgain = true;
                    // What it had before it went away was sent again then.
                    restarted |= !node.confirmed;
                    since = node.confirmed || since - node.seen < 0 ? since : node.seen;
                    node.loss = node.gone ? certain(node.loss) : loss(node, now, true);
                    node.generation = generation;
                } else if (!node.loss.certain()) {
                    node.loss = Loss.NONE;
                }
                node.seen = now;
                node.gone = false;
                node.confirmed = false;
            } else if (generation == null && !node.gone) {
                node.loss = loss(node, now, false);
                node.gone = true;
                sendAgain = true;
                since = since - node.seen < 0 ? since : node.seen;
            }
        }
        known.keySet().removeIf(id -> !members.contains(id));
        answers.forEach((id, generation) -> {
            if (isAnswer(generation)) {
                known.computeIfAbsent(id, unknown -> new Known(generation, now));
            }
        });
        return new Look(sendAgain, restarted ? haveLost(since) : 0, since);
    }

    private Loss loss(Known node, long now, boolean certain) {
        Loss before = node.loss;
        return before.certain() && reaches(before, node.seen)
                ? new Loss(true, before.since(), now, true)
                : new Loss(true, node.seen, now, certain);
    }

    private static Loss certain(Loss loss) {
        return loss.any() ? new Loss(true, loss.since(), loss.until(), true) : loss;
    }

    /** Whether rows acknowledged shortly before that time or later are among the lost ones. */
    private boolean reaches(Loss loss, long since) {
        return loss.any() && loss.until() - (since - window) > 0;
    }

    private int haveLost(long since) {
        return (int) known.values().stream()
                .filter(node -> node.loss.certain() && reaches(node.loss, since))
                .count();
    }

    /**
     * How many nodes may have forgotten rows acknowledged shortly before that time or later, which were not sent again: as
     * long as these are fewer than acknowledge a row, another one still has it.
     */
    int mayHaveLost(long since) {
        return (int) known.values().stream()
                .filter(node -> isOpen(node) || reaches(node.loss, since))
                .count();
    }

    /** When the node that has been silent for longest was seen last, by {@link System#nanoTime}. */
    long seenAll() {
        long now = System.nanoTime();
        long oldest = now;
        for (Known node : known.values()) {
            if (!node.confirmed && node.seen - oldest < 0) {
                oldest = node.seen;
            }
        }
        return oldest;
    }

    /**
     * Notes that all rows that nodes which went away may have forgotten are sent again, so that these need not be waited
     * for.
     *
     * @param since when the first of them was seen last
     */
    void sentAgain(long since) {
        for (Known node : known.values()) {
            if (node.loss.any() && node.loss.since() - since >= 0) {
                node.loss = Loss.NONE;
            }
        }
        confirm(false);
    }

    /** Notes that nodes which are away, or only silent, need not be waited for; what they may have lost stays noted. */
    void confirm(boolean silentToo) {
        for (Known node : known.values()) {
            node.confirmed |= node.gone || (silentToo && !node.answered);
        }
    }

    /** Notes that nodes which are away must be waited for after all, as others may have forgotten the same rows. */
    void awaitAgain(long since) {
        for (Known node : known.values()) {
            node.confirmed &= !(node.gone && reaches(node.loss, since));
        }
    }

    /**
     * Notes that nodes which are away need not be waited for, if so few others may have forgotten the same rows that each
     * row, which so many nodes acknowledge, is on another one. It was not so while these others did not answer either.
     */
    void confirmIfElsewhere(int copies) {
        if (mayHaveLost(seenAll()) < copies) {
            confirm(false);
        }
    }

    private static boolean isOpen(Known node) {
        return !node.answered && !node.confirmed;
    }

    /** Whether nodes that do not answer may be the only ones to have a row, which so many nodes acknowledge. */
    boolean mayLackRows(int copies) {
        return known.values().stream().anyMatch(BulkNodes::isOpen) && mayHaveLost(seenAll()) >= copies;
    }

    /**
     * Waits until a node answers.
     *
     * @throws KeywharfException with code {@code cassandra.outage} when none does in time
     */
    Look awaitAnswer(Duration deadline, Throwable cause) {
        long end = System.nanoTime() + deadline.toNanos();
        for (int silences = 1; ; silences++) {
            long now = System.nanoTime();
            Map<String, String> answers = ask();
            if (answers.values().stream().anyMatch(BulkNodes::isAnswer)) {
                Look look = compare(answers, now);
                return look.sendAgain() ? look : new Look(answers.containsValue(UNKNOWN), 0, look.since());
            }
            if (System.nanoTime() - end >= 0) {
                throw KeywharfException.retryable(
                        "cassandra.outage",
                        subject,
                        "No node answered for " + deadline.toSeconds()
                                + " s; what was written stays, and loading the same rows again is harmless",
                        cause);
            }
            Pause.SLEEP.of(PAUSES.pause(silences), subject);
        }
    }

    /** Waits a moment for nodes that are silent. */
    void pause() {
        Pause.SLEEP.of(PAUSES.first(), subject);
    }
}
