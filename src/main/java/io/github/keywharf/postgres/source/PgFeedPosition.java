package io.github.keywharf.postgres.source;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.postgres.internal.session.UnknownNames;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Position of a change feed, as manifests keep it: {@code lsn}, or {@code lsn history end}.
 *
 * @param lsn log position up to which changes were read
 * @param history cluster and timeline that the log belongs to; null in positions of older versions
 * @param end end of the log when the position was taken: a shorter log is another one; null in positions of older versions
 */
record PgFeedPosition(
        String lsn, @Nullable String history, @Nullable String end) {

    private static final String LSN = "[0-9A-F]{1,8}/[0-9A-F]{1,8}";

    private static final Pattern TEXT = Pattern.compile("(" + LSN + ")(?: ([0-9-]{1,20}/[0-9-]{1,10}) (" + LSN + "))?");

    static PgFeedPosition of(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw bad(text);
        }
        return new PgFeedPosition(matcher.group(1), matcher.group(2), matcher.group(3));
    }

    static KeywharfException bad(String text) {
        return new KeywharfException(
                "postgres.bad_position", UnknownNames.shortened(text), "This is not a position of a change feed");
    }

    /** Returns true if a log may be the one that this position was taken of. */
    boolean isOf(PgFeedPosition endOfLog) {
        return (history == null || history.equals(endOfLog.history))
                && bytes() <= endOfLog.bytes()
                && (end == null || bytes(end) <= endOfLog.bytes());
    }

    /** Returns the position in the same log at an earlier or later place. */
    PgFeedPosition at(String place) {
        return new PgFeedPosition(place, history, end != null && bytes(end) < bytes(place) ? place : end);
    }

    long bytes() {
        return bytes(lsn);
    }

    private static long bytes(String lsn) {
        int slash = lsn.indexOf('/');
        return (Long.parseLong(lsn.substring(0, slash), 16) << 32) | Long.parseLong(lsn.substring(slash + 1), 16);
    }

    @Override
    public String toString() {
        return history == null ? lsn : lsn + " " + history + " " + end;
    }
}
