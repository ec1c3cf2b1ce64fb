package io.github.keywharf.sharing.server;

import java.util.List;
import java.util.OptionalLong;

/**
 * Where a page begins.
 *
 * @param version that the files are of, or whose changes come next
 * @param end the last version of changes
 * @param index how many changes of the version were on pages before
 * @param position after which file of the version it begins; empty for changes
 * @param rowsLeft how many rows the client still plans to read, if it said so
 */
record PageToken(long version, long end, int index, String position, OptionalLong rowsLeft) {
    private static final char NEXT = '\n';
    private static final char WITHIN = '\t';

    static PageToken ofFiles(long version, String position, OptionalLong rowsLeft) {
        return new PageToken(version, version, 0, position, rowsLeft);
    }

    static PageToken ofChanges(long version, long end, int index) {
        return new PageToken(version, end, index, "", OptionalLong.empty());
    }

    /** Keys have no control characters, so that one may stand for another. */
    String[] parts() {
        return new String[] {
            Long.toString(version),
            Long.toString(end),
            Integer.toString(index),
            rowsLeft.isPresent() ? Long.toString(rowsLeft.getAsLong()) : "",
            position.replace(NEXT, WITHIN)
        };
    }

    static PageToken of(List<String> parts) {
        String rows = parts.get(3);
        return new PageToken(
                Long.parseLong(parts.get(0)),
                Long.parseLong(parts.get(1)),
                Integer.parseInt(parts.get(2)),
                parts.get(4).replace(WITHIN, NEXT),
                rows.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(rows)));
    }
}
