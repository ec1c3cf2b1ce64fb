package io.github.keywharf.postgres.source;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.sql.SnapshotPosition;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The ends of a {@code pg_snapshot}: every transaction below {@code xmin} had ended when it was taken, none from
 * {@code xmax} on is visible. Both count all transactions ever, so they do not wrap around as the 32 bits in a row do.
 *
 * @param xmin the lowest transaction that was still running
 * @param xmax one past the highest that had ended
 * @param running those between the two that were still running
 */
record PgPosition(long xmin, long xmax, Set<Long> running) {

    /** Beyond this many transactions a row's 32 bits say nothing worth asking for. */
    static final long COMPARABLE = 1L << 30;

    private static final long FIRST_NORMAL = 3;

    private static final long LOW_32_BITS = 0xFFFF_FFFFL;

    private static final Pattern SNAPSHOT = Pattern.compile("(\\d{1,19}):(\\d{1,19}):((?:\\d{1,19},?)*)");

    /** Reads the text of {@code pg_current_snapshot()}. */
    static PgPosition of(SnapshotPosition position) {
        Matcher matcher = SNAPSHOT.matcher(position.snapshot());
        if (!matcher.matches()) {
            throw new KeywharfException(
                    "postgres.bad_position",
                    position.snapshot(),
                    "This is not a snapshot of PostgreSQL, which reads xmin:xmax:running; read everything instead");
        }
        Set<Long> running = matcher.group(3).isEmpty()
                ? Set.of()
                : Arrays.stream(matcher.group(3).split(",", -1))
                        .map(Long::valueOf)
                        .collect(Collectors.toSet());
        return new PgPosition(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)), running);
    }

    /**
     * Whether the rows of a committed transaction are visible.
     *
     * @param number its lower 32 bits, as the log has it
     */
    boolean sees(long number) {
        // As a signed number of 32 bits, wherever the wrap-around lies.
        int back = (int) (xmax - number);
        return back > 0 && !running.contains(xmax - back);
    }

    /** Whether rows written since an earlier position can be distinguished from others. */
    boolean comparableTo(PgPosition earlier) {
        return earlier.xmin <= xmax && xmax - earlier.xmin < COMPARABLE;
    }

    /**
     * The condition that holds for every row that this snapshot sees and that was written by a transaction from the
     * earlier {@code xmin} on.
     *
     * <p>The server's {@code age} counts back from its next transaction, modulo 2^32, as a signed number. A visible row's
     * transaction {@code t} is below that one, so {@code t >= earlier.xmin} means {@code age(t) <= age(earlier.xmin)},
     * wherever the wrap-around lies, as long as the earlier one is less than 2^31 back. The age of a row written 2^31 or more
     * transactions ago comes out negative; from 2^32 on it can be read again. The subquery is evaluated once, and whether the
     * age is negative only for rows that seem to be new, which makes this as fast as a bare scan.
     */
    String condition(PgPosition earlier) {
        return "age(xmin) <= (SELECT age('" + normal(earlier.xmin & LOW_32_BITS) + "'::xid)) AND age(xmin) >= 0";
    }

    /** Numbers below the first normal one are never given to a transaction, and are infinitely old to the server. */
    private static long normal(long transaction) {
        return Math.max(transaction, FIRST_NORMAL);
    }
}
