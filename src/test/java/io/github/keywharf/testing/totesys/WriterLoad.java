package io.github.keywharf.testing.totesys;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Writers that work on a filled source concurrently, to find out what an extraction misses: orders in one transaction each
 * with rows stamped before the commit, payments marked paid, silent changes, long transactions, savepoints that are rolled
 * back to, and transactions that are rolled back. Each writer has a thread and a connection of its own, and opens a new
 * connection when the server goes away.
 *
 * <p>What each writer does follows from the seed; how they interleave does not.
 *
 * <pre>{@code
 * WriterLoad load = WriterLoad.start(() -> server.connection("totesys"), 6, 42);
 * ...
 * WriterLoad.Counters done = load.stop();
 * }</pre>
 */
public final class WriterLoad implements AutoCloseable {
    /** One transaction in 20 stays open for a while. */
    public static final int LONG_PERCENT = 5;

    /** One transaction in 20 is rolled back. */
    public static final int ROLLBACK_PERCENT = 5;

    /** How long a long transaction stays open: this long at least, twice as long at most. */
    public static final Duration LONG_TRANSACTION = Duration.ofMillis(800);

    private final ConnectionSource connections;
    private final InstantSource clock;
    private final List<Thread> threads = new ArrayList<>();
    private final LongAdder committed = new LongAdder();
    private final LongAdder rolledBack = new LongAdder();
    private final LongAdder longOnes = new LongAdder();
    private final LongAdder savepoints = new LongAdder();
    private final LongAdder orders = new LongAdder();
    private final LongAdder silentEdits = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final AtomicReference<@Nullable SQLException> firstFailure = new AtomicReference<>();
    private volatile boolean stopping;

    private WriterLoad(ConnectionSource connections, InstantSource clock) {
        this.connections = connections;
        this.clock = clock;
    }

    /** Where writers get their connections from. */
    @FunctionalInterface
    public interface ConnectionSource {
        /** Opens a connection that the writer closes. */
        Connection open() throws SQLException;
    }

    /**
     * What the writers did.
     *
     * @param committed transactions that were committed
     * @param rolledBack transactions that were rolled back on purpose
     * @param longTransactions transactions that stayed open for {@link #LONG_TRANSACTION} or more
     * @param savepoints savepoints that were rolled back to
     * @param orders orders committed, each with its transaction and payment
     * @param silentEdits committed changes that left last_updated alone
     * @param failures statements that failed, as with a deadlock or a server that went away
     * @param firstFailure the first of them, or null
     */
    public record Counters(
            long committed,
            long rolledBack,
            long longTransactions,
            long savepoints,
            long orders,
            long silentEdits,
            long failures,
            @Nullable SQLException firstFailure) {}

    /** Starts writers that stamp rows with the system's clock (UTC). The caller stops them. */
    public static WriterLoad start(ConnectionSource connections, int writers, long seed) {
        return start(connections, writers, seed, InstantSource.system());
    }

    /** Starts writers that stamp rows with {@code clock}, in UTC and whole milliseconds. The caller stops them. */
    public static WriterLoad start(ConnectionSource connections, int writers, long seed, InstantSource clock) {
        if (writers < 1) {
            throw new IllegalArgumentException("[writer load] " + writers + " writers; give 1 or more");
        }
        WriterLoad load = new WriterLoad(connections, clock);
        for (int i = 0; i < writers; i++) {
            Random random = new Random(seed * 1_000_003L + i);
            Thread thread = new Thread(() -> load.write(random), "totesys-writer-" + i);
            thread.setDaemon(true);
            load.threads.add(thread);
        }
        load.threads.forEach(Thread::start);
        return load;
    }

    /** What has been done so far. */
    public Counters counters() {
        return new Counters(
                committed.sum(),
                rolledBack.sum(),
                longOnes.sum(),
                savepoints.sum(),
                orders.sum(),
                silentEdits.sum(),
                failures.sum(),
                firstFailure.get());
    }

    /** Lets each writer finish its transaction, and returns what was done. Stopping twice is harmless. */
    public Counters stop() {
        stopping = true;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("[writer load] interrupted while the writers finished", e);
        }
        return counters();
    }

    /** As {@link #stop()}. */
    @Override
    public void close() {
        stop();
    }

    private void write(Random random) {
        while (!stopping) {
            try (Connection connection = connections.open()) {
                connection.setAutoCommit(false);
                SqlLedger ledger = new SqlLedger(connection);
                while (!stopping) {
                    transaction(connection, ledger, random);
                }
            } catch (SQLException e) {
                failures.increment();
                firstFailure.compareAndSet(null, e);
                pause(50);
            }
        }
    }

    private void transaction(Connection connection, SqlLedger ledger, Random random) throws SQLException {
        int newOrders = 0;
        int edits = 0;
        int steps = 1 + random.nextInt(3);
        boolean isLong = random.nextInt(100) < LONG_PERCENT;
        for (int i = 0; i < steps; i++) {
            Savepoint savepoint = random.nextInt(4) == 0 ? connection.setSavepoint() : null;
            int kind = random.nextInt(10);
            if (kind < 6) {
                order(ledger, random);
            } else if (kind < 8) {
                pay(connection, random);
            } else {
                edit(connection, ledger, random);
            }
            if (savepoint != null && random.nextBoolean()) {
                connection.rollback(savepoint);
                savepoints.increment();
            } else {
                newOrders += kind < 6 ? 1 : 0;
                edits += kind >= 8 ? 1 : 0;
            }
        }
        if (isLong) {
            longOnes.increment();
            pause(LONG_TRANSACTION.toMillis() + random.nextInt((int) LONG_TRANSACTION.toMillis()));
        }
        if (random.nextInt(100) < ROLLBACK_PERCENT) {
            connection.rollback();
            rolledBack.increment();
        } else {
            connection.commit();
            committed.increment();
            orders.add(newOrders);
            silentEdits.add(edits);
        }
        pause(1 + random.nextInt(8));
    }

    private void order(SqlLedger ledger, Random random) throws SQLException {
        DaySimulator.writeOrder(ledger, now(), random.nextInt(3) > 0, random.nextLong());
    }

    /** Marks one payment paid; rows are taken without waiting for other writers, so that no deadlock can arise. */
    private void pay(Connection connection, Random random) throws SQLException {
        Sql.update(connection, """
                UPDATE payment SET paid = true, last_updated = ? WHERE payment_id = (
                    SELECT payment_id FROM payment WHERE NOT paid AND payment_id >= ? ORDER BY payment_id LIMIT 1
                    FOR NO KEY UPDATE SKIP LOCKED)""", now(), 1 + random.nextInt(1_000));
    }

    /** Changes one sales order and leaves last_updated alone, passing over rows that other writers hold. */
    private static void edit(Connection connection, SqlLedger ledger, Random random) throws SQLException {
        Sql.update(connection, """
                UPDATE sales_order SET units_sold = units_sold % 100000 + 1000 WHERE sales_order_id = (
                    SELECT sales_order_id FROM sales_order WHERE sales_order_id >= ? ORDER BY sales_order_id LIMIT 1
                    FOR NO KEY UPDATE SKIP LOCKED)""", 1 + random.nextInt(Math.max(1, ledger.lastId("sales_order"))));
    }

    private LocalDateTime now() {
        return LocalDateTime.ofInstant(Objects.requireNonNull(clock.instant()), ZoneOffset.UTC)
                .truncatedTo(ChronoUnit.MILLIS);
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
