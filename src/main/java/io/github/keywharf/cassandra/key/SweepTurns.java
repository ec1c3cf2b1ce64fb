package io.github.keywharf.cassandra.key;

import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;

/** Which of a ring's hosts sweeps: one at a time, and not another one soon after it. Thread-safe. */
final class SweepTurns {
    /** The row, beside the Admin's, of the host whose turn it is; it goes by itself. */
    private static final String TURN = "sweep";

    private final KeyStatements statements;
    private final String table;
    private final InstantSource clock;
    private final String host = "keywharf " + UUID.randomUUID();

    SweepTurns(KeyStatements statements, KeyNames names, InstantSource clock) {
        this.statements = statements;
        this.table = names.table("admin_key");
        this.clock = clock;
    }

    /** Sweeps if it is this host's turn; after a sweep that fails the turn is anybody's. */
    void inTurn(Duration interval, Runnable sweep) {
        if (!take(interval)) {
            return;
        }
        try {
            sweep.run();
        } catch (Throwable e) {
            try {
                release();
            } catch (RuntimeException further) {
                e.addSuppressed(further);
            }
            throw e;
        }
    }

    /**
     * Whether it is this host's turn, which then lasts for the interval, but not longer than the default one: a host that
     * sweeps once a day must not keep those from it that sweep each minute.
     */
    boolean take(Duration interval) {
        Duration turn = interval.compareTo(CassandraKeyRing.Builder.DEFAULT_SWEEP) < 0
                ? interval
                : CassandraKeyRing.Builder.DEFAULT_SWEEP;
        // A little less, so that a host that comes back after the interval does not find its own turn.
        int seconds = (int) Math.max(1, turn.toSeconds() * 9 / 10);
        return statements
                .transact(
                        "INSERT INTO " + table + " (name, since, set_by) VALUES (?, ?, ?) IF NOT EXISTS USING TTL ?",
                        TURN,
                        clock.instant(),
                        host,
                        seconds)
                .isEmpty();
    }

    /** Gives the turn back, if it is still this host's; another one's stays. */
    void release() {
        statements.transact("DELETE FROM " + table + " WHERE name = ? IF set_by = ?", TURN, host);
    }
}
