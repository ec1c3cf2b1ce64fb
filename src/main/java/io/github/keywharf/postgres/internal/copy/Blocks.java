package io.github.keywharf.postgres.internal.copy;

import java.util.ArrayList;
import java.util.List;

/**
 * A part of a table: the rows whose {@code ctid} is in these blocks of its file, or of the files of its partitions.
 *
 * @param first block
 * @param end block after the last; {@link Long#MAX_VALUE} for whatever follows
 */
public record Blocks(long first, long end) {

    /** All rows, and the only part of a table whose rows are not found by their block. */
    public static final Blocks ALL = new Blocks(0, Long.MAX_VALUE);

    /**
     * Parts that have these rows together.
     *
     * @param most number of parts
     * @param least blocks of a part
     * @param size blocks of the table, as far as is known
     */
    public List<Blocks> cut(int most, long least, long size) {
        long last = Math.min(end, Math.max(first, size));
        long step = Math.max(least, (last - first + most - 1) / most);
        List<Blocks> parts = new ArrayList<>();
        long from = first;
        for (; from + step < last; from += step) {
            parts.add(new Blocks(from, from + step));
        }
        parts.add(new Blocks(from, end));
        return parts;
    }

    /** The condition, after a WHERE of its own, or nothing. */
    public String where() {
        return equals(ALL)
                ? ""
                : " WHERE ctid >= '(" + first + ",0)'" + (end == Long.MAX_VALUE ? "" : " AND ctid < '(" + end + ",0)'");
    }
}
