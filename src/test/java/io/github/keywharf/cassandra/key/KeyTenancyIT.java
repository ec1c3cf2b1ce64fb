package io.github.keywharf.cassandra.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.testing.CassandraServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever is done in whatever order, by several concurrently, the server lets a key's session reach its own organisation's data
 * and no other's.
 *
 * <p>A sequence is {@value #ACTS} acts that follow from its seed; {@value #ACTORS} actors do them at the same time, through
 * two managers of one ring and one of another. {@code -Dkeywharf.tenancy.sequences=10000} takes more sequences than the
 * {@value #SEQUENCES} of every build, which are fewer where those would take longer than two minutes, and {@code -Dkeywharf.tenancy.first} says from which seed on.
 */
@Tag("long")
class KeyTenancyIT {
    private static final int SEQUENCES = 200;
    private static final int ACTS = 40;
    /** What a build may take for them; a machine that is busy does fewer. */
    private static final Duration LIMIT = Duration.ofMinutes(2);
    /** From so many on each kind of act comes up. */
    private static final int ENOUGH = 100;

    private static final int ACTORS = 4;

    private static final Map<TenancyAct.Kind, LongAdder> TOOK = new ConcurrentHashMap<>();

    /** What the beginnings, the acts and the ends of all sequences took. */
    private static final long[] nanos = new long[3];

    private static TenancyWorld world;
    private static ExecutorService actors;

    @BeforeAll
    static void setUp() {
        actors = Executors.newFixedThreadPool(ACTORS);
        world = new TenancyWorld(CassandraServer.shared(), actors);
    }

    @AfterAll
    static void close() {
        actors.shutdownNow();
        world.close();
    }

    @Test
    void no_sequence_lets_an_organisation_reach_anothers_data() throws Exception {
        int first = Integer.getInteger("keywharf.tenancy.first", 1);
        int sequences = Integer.getInteger("keywharf.tenancy.sequences", SEQUENCES);
        Instant start = Instant.now();
        Map<TenancyAct.Kind, int[]> counts = new EnumMap<>(TenancyAct.Kind.class);
        boolean asked = System.getProperty("keywharf.tenancy.sequences") != null;
        int done = 0;
        for (int seed = first; seed < first + sequences; seed++) {
            if (!asked && Duration.between(start, Instant.now()).compareTo(LIMIT) > 0) {
                break;
            }
            done++;
            List<TenancyAct> acts = TenancyAct.sequence(new Random(seed), ACTS);
            try {
                run(acts, counts);
            } catch (Throwable e) {
                throw new AssertionError(
                        said(e) + "; seed " + seed + ", to be repeated by -Dkeywharf.tenancy.first=" + seed
                                + " -Dkeywharf.tenancy.sequences=1",
                        e);
            }
            if ((seed - first + 1) % 100 == 0) {
                System.out.println("tenancy: " + (seed - first + 1) + " sequences in "
                        + Duration.between(start, Instant.now()).toSeconds() + " s " + shown(counts));
            }
        }
        world.checkRoles();
        System.out.println("tenancy: " + done + " sequences of " + ACTS + " acts from seed " + first + " in "
                + Duration.between(start, Instant.now()).toSeconds() + " s (" + nanos[0] / 1_000_000
                + " ms to begin, " + nanos[1] / 1_000_000 + " ms for acts, " + nanos[2] / 1_000_000
                + " ms to look and to clean up); done/refused/nothing to do it to: "
                + shown(counts));
        if (done >= ENOUGH) {
            assertThat(counts.keySet()).containsExactly(TenancyAct.Kind.values());
            assertThat(counts).allSatisfy((kind, count) -> {
                if (kind.isAttack) {
                    assertThat(count[0]).as(kind + " was done").isZero();
                    assertThat(count[1]).as(kind + " was refused").isPositive();
                } else {
                    assertThat(count[0]).as(kind + " was done").isPositive();
                }
            });
        }
    }

    private static String shown(Map<TenancyAct.Kind, int[]> counts) {
        StringBuilder text = new StringBuilder();
        counts.forEach((kind, count) -> text.append(kind)
                .append(' ')
                .append(count[0])
                .append('/')
                .append(count[1])
                .append('/')
                .append(count[2])
                .append(" in ")
                .append(TOOK.getOrDefault(kind, new LongAdder()).sum() / 1_000_000)
                .append(" ms, "));
        return text.toString();
    }

    private static void run(List<TenancyAct> acts, Map<TenancyAct.Kind, int[]> counts) throws Exception {
        long begin = System.nanoTime();
        world.begin();
        long acting = System.nanoTime();
        List<TenancyAct> round = new ArrayList<>();
        for (TenancyAct act : acts) {
            if (act.kind().isAlone) {
                together(round, counts);
                together(List.of(act), counts);
                round.clear();
            } else {
                round.add(act);
            }
        }
        together(round, counts);
        long ending = System.nanoTime();
        world.end();
        nanos[0] += acting - begin;
        nanos[1] += ending - acting;
        nanos[2] += System.nanoTime() - ending;
    }

    /** Does all of them at the same time, as far as there are actors. */
    private static void together(List<TenancyAct> round, Map<TenancyAct.Kind, int[]> counts) throws Exception {
        List<Callable<@Nullable Boolean>> tasks = new ArrayList<>();
        round.forEach(act -> tasks.add(() -> {
            long start = System.nanoTime();
            try {
                return world.take(act);
            } finally {
                TOOK.computeIfAbsent(act.kind(), kind -> new LongAdder()).add(System.nanoTime() - start);
            }
        }));
        List<Future<@Nullable Boolean>> results = actors.invokeAll(tasks);
        for (int i = 0; i < results.size(); i++) {
            try {
                Boolean done = results.get(i).get();
                int outcome = done == null ? 2 : done ? 0 : 1;
                counts.computeIfAbsent(round.get(i).kind(), kind -> new int[3])[outcome]++;
            } catch (ExecutionException e) {
                throw new AssertionError(said(e.getCause()) + ", when " + round.get(i) + " was done", e.getCause());
            }
        }
    }

    /** In one line: a log that is cut off must show the cause and the seed. */
    private static String said(Throwable failure) {
        String message = failure instanceof AssertionError ? failure.getMessage() : failure.toString();
        String line = String.valueOf(message).strip().replaceAll("\\s+", " ");
        return line.length() <= 400 ? line : line.substring(0, 400) + "…";
    }
}
