package io.github.keywharf.testing.totesys;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Fills a PostgreSQL database with a Totesys source that looks and moves like the real one. The same seed, settings and
 * calls give the same rows, and one long history equals a shorter one that was advanced to the same time.
 *
 * <p>The office works Monday to Friday: orders and designs arrive between 08:00 and 18:59, stamped at second 9 or 10 of a
 * minute; at 07:55:11 the payments due that day are marked paid, all with one {@code last_updated}. Some sales, purchases
 * and designs are changed silently, with {@code last_updated} left as it was.
 *
 * <pre>{@code
 * TotesysGenerator generator = TotesysGenerator.builder(42).startDate(LocalDate.of(2024, 1, 1)).build();
 * generator.createSchema(connection);
 * generator.generateHistory(connection, LocalDate.of(2024, 6, 30).atTime(12, 0));
 * generator.advance(connection, 3);
 * }</pre>
 *
 * <p>Connections stay the caller's. One in auto-commit mode is put back into that mode. Not safe for use by many threads.
 */
public final class TotesysGenerator {
    /** The day the live system was filled for the first time. */
    public static final LocalDate DEFAULT_START_DATE = LocalDate.of(2022, 11, 3);

    private final long seed;
    private final LocalDate startDate;
    private final int days;
    private final DaySimulator simulator;
    private @Nullable LocalDateTime clock;

    private TotesysGenerator(Builder builder) {
        this.seed = builder.seed;
        this.startDate = builder.startDate;
        this.days = builder.days;
        this.simulator = new DaySimulator(seed, builder.volume);
    }

    /**
     * How much happens: means per working day (orders) or per month.
     *
     * @param salesPerDay sales orders a working day, 22 by default
     * @param purchasesPerDay purchase orders a working day, 9 by default
     * @param designsPerMonth new designs a month, 19 by default
     * @param salesEditsPerMonth silent changes of sales orders a month, 8 by default
     * @param purchaseEditsPerMonth silent changes of purchase orders a month, 6 by default
     * @param designEditsPerMonth silent changes of designs a month, 7 by default
     */
    public record Volume(
            double salesPerDay,
            double purchasesPerDay,
            double designsPerMonth,
            double salesEditsPerMonth,
            double purchaseEditsPerMonth,
            double designEditsPerMonth) {
        /** The rates of the live system. */
        public static final Volume LIVE = new Volume(22, 9, 19, 8, 6, 7);
    }

    /** A generator with the default settings: the live system's volume from {@link #DEFAULT_START_DATE}, 365 days. */
    public static TotesysGenerator seeded(long seed) {
        return builder(seed).build();
    }

    /** A builder with the default settings. */
    public static Builder builder(long seed) {
        return new Builder(seed);
    }

    /** Settings of a generator. Setters change this object and return it. */
    public static final class Builder {
        private final long seed;
        private LocalDate startDate = DEFAULT_START_DATE;
        private int days = 365;
        private Volume volume = Volume.LIVE;

        private Builder(long seed) {
            this.seed = seed;
        }

        /** The day of the first rows, {@link #DEFAULT_START_DATE} by default. */
        public Builder startDate(LocalDate date) {
            this.startDate = Objects.requireNonNull(date, "date");
            return this;
        }

        /** How long the history is that {@link TotesysGenerator#generateHistory(Connection)} writes, 365 days by default. */
        public Builder days(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("[totesys] a history of " + count + " days; give 1 or more");
            }
            this.days = count;
            return this;
        }

        /** How much happens, {@link Volume#LIVE} by default. */
        public Builder volume(Volume means) {
            this.volume = Objects.requireNonNull(means, "means");
            return this;
        }

        /** The finished generator. */
        public TotesysGenerator build() {
            return new TotesysGenerator(this);
        }
    }

    /** Creates the enum types, the eleven tables with their sequences, keys and indexes, and {@code _prisma_migrations}. */
    public void createSchema(Connection connection) throws SQLException {
        Sql.transaction(connection, () -> {
            for (String statement : TotesysSchema.DDL) {
                Sql.execute(connection, statement);
            }
        });
    }

    /** Writes the history from the start date over the set number of days, to the end of its last day. */
    public void generateHistory(Connection connection) throws SQLException {
        generateHistory(connection, endOfHistory());
    }

    /** Goes on from the end of the history, which is in the database already: a copy of one that it was written to. */
    public void resumeAfterHistory() {
        clock = endOfHistory();
    }

    private LocalDateTime endOfHistory() {
        return startDate.plusDays(days).atStartOfDay().minusNanos(1_000_000);
    }

    /**
     * Writes the history from the afternoon of the start date to {@code until} (included) into the empty tables of a fresh
     * schema, with COPY.
     */
    public void generateHistory(Connection connection, LocalDateTime until) throws SQLException {
        if (until.isBefore(startDate.plusDays(1).atStartOfDay().minusNanos(1_000_000))) {
            throw new IllegalArgumentException("[totesys] a history until " + until + " ends before the start date "
                    + startDate + " does; give a later time");
        }
        HistoryLedger ledger = new HistoryLedger();
        simulator.seedingDay(ledger, startDate);
        simulator.simulate(ledger, startDate.atTime(23, 59, 59), until);
        ledger.copyTo(connection);
        clock = until;
    }

    /**
     * Lets days pass with ordinary statements, each order in one transaction, as the live application does. Time goes on
     * from where this generator left it, or else from the newest time stamp in the database.
     *
     * @return the simulated time that was reached
     */
    public LocalDateTime advance(Connection connection, int dayCount) throws SQLException {
        return advanceTo(connection, now(connection).plusDays(dayCount));
    }

    /** Like {@link #advance}, to a given time; does nothing if that is past already. */
    public LocalDateTime advanceTo(Connection connection, LocalDateTime until) throws SQLException {
        LocalDateTime from = now(connection);
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        try {
            simulator.simulate(new SqlLedger(connection), from, until);
            connection.commit();
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(autoCommit);
        }
        clock = until.isAfter(from) ? until : from;
        return clock;
    }

    /** The simulated time: where this generator left it, or else the newest time stamp in the database. */
    public LocalDateTime now(Connection connection) throws SQLException {
        LocalDateTime known = clock;
        if (known == null) {
            known = Sql.value(connection, LocalDateTime.class, """
                SELECT greatest((SELECT max(last_updated) FROM payment), (SELECT max(created_at) FROM design))\
                """);
        }
        if (known == null) {
            throw new IllegalStateException("[totesys] the database is empty; call generateHistory or bulk first");
        }
        return known;
    }

    /** Like {@link #bulk(Connection, int, boolean)}, with purchases. */
    public void bulk(Connection connection, int salesOrders) throws SQLException {
        bulk(connection, salesOrders, true);
    }

    /**
     * Fills a fresh schema with exactly {@code salesOrders} sales orders, and with purchases in the live system's ratio if
     * asked for, with their transactions and payments, spread evenly over the set number of days. All invariants of the
     * history hold but for the silent changes, which it has none of. A million takes seconds: the server makes the rows.
     *
     * @throws IllegalStateException if there are orders already
     */
    public void bulk(Connection connection, int salesOrders, boolean purchases) throws SQLException {
        if (salesOrders < 1) {
            throw new IllegalArgumentException("[totesys] " + salesOrders + " sales orders; give 1 or more");
        }
        if (Sql.number(connection, "SELECT count(*)::int FROM transaction") > 0) {
            throw new IllegalStateException("[totesys] there are orders already; use bulk on a fresh schema");
        }
        BulkFill fill = new BulkFill(seed, startDate, days);
        HistoryLedger ledger = new HistoryLedger();
        simulator.staticRows(ledger, startDate, 100);
        Sql.transaction(connection, () -> {
            ledger.copyTo(connection);
            fill.run(connection, salesOrders, purchases ? Math.max(1, Math.round(salesOrders / 2.4f)) : 0);
        });
        clock = fill.end();
    }

    @Override
    public String toString() {
        return "TotesysGenerator[seed=" + seed + ", startDate=" + startDate + ", days=" + days + "]";
    }
}
