package io.github.keywharf.cassandra.key;

import com.datastax.oss.driver.api.core.CqlSession;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open sessions of a ring's keys, which end when their keys do. An end can only come earlier than was known when the
 * session was opened, so the records are read again from time to time. Thread-safe.
 */
final class KeySessions {
    private static final Logger LOG = LoggerFactory.getLogger(KeySessions.class);

    private final KeyDuties duties;
    private final InstantSource clock;
    private final Duration interval;
    private final Function<String, Optional<Instant>> ends;
    private final Set<Open> open = new HashSet<>();
    private @Nullable ScheduledFuture<?> checking;

    /**
     * Sessions.
     *
     * @param interval between two readings of the records
     * @param ends when a key ends, empty when it has
     */
    KeySessions(KeyDuties duties, InstantSource clock, Duration interval, Function<String, Optional<Instant>> ends) {
        this.duties = duties;
        this.clock = clock;
        this.interval = interval;
        this.ends = ends;
    }

    private static final class Open {
        final CqlSession session;
        final String keyId;
        Instant end;

        @Nullable
        ScheduledFuture<?> closing;

        Open(CqlSession session, String keyId, Instant end) {
            this.session = session;
            this.keyId = keyId;
            this.end = end;
        }
    }

    /** Closes a session when its key ends, if it is still open then. */
    void watch(CqlSession session, String keyId, Instant end) {
        Open one = new Open(session, keyId, end);
        synchronized (this) {
            open.add(one);
            closeAtEnd(one);
            if (checking == null) {
                checking = duties.check(interval, this::check);
            }
        }
        session.closeFuture().whenComplete((closed, failure) -> forget(one));
    }

    /** Looks at the clock again then, which may have been set back meanwhile; that a record's end came later cannot be. */
    private void closeAtEnd(Open one) {
        cancel(one);
        // No earlier than the end, which a duration in whole milliseconds would be.
        Duration left = Duration.between(clock.instant(), one.end).plusMillis(1);
        one.closing = duties.atEnd(left, () -> closeIfEnded(one));
    }

    private synchronized void closeIfEnded(Open one) {
        if (!open.contains(one)) {
            return;
        }
        if (clock.instant().isBefore(one.end)) {
            closeAtEnd(one);
        } else {
            close(one);
        }
    }

    private static void close(Open one) {
        one.session.closeAsync();
    }

    private static void cancel(Open one) {
        if (one.closing != null) {
            one.closing.cancel(false);
        }
    }

    private synchronized void forget(Open one) {
        cancel(one);
        open.remove(one);
        if (open.isEmpty() && checking != null) {
            checking.cancel(false);
            checking = null;
        }
    }

    private void check() {
        List<Open> sessions;
        synchronized (this) {
            sessions = List.copyOf(open);
        }
        Map<String, Optional<Instant>> read = new HashMap<>();
        Set<String> unread = new HashSet<>();
        for (Open one : sessions) {
            if (duties.isClosed()) {
                return;
            }
            if (unread.contains(one.keyId)) {
                continue;
            }
            try {
                end(one, read.computeIfAbsent(one.keyId, ends));
            } catch (Throwable e) { // whatever it is, the sessions of other keys must end with these
                if (unread.isEmpty() && !duties.isClosed()) {
                    LOG.atWarn()
                            .setCause(e)
                            .addKeyValue("key", one.keyId)
                            .addKeyValue("sessions", sessions.size())
                            .log(
                                    "Whether the key of an open session has ended cannot be read, and perhaps not of"
                                            + " others; it is read again in {}",
                                    interval);
                }
                unread.add(one.keyId);
            }
        }
    }

    private synchronized void end(Open one, Optional<Instant> end) {
        if (end.isEmpty()) {
            close(one);
        } else if (end.get().isBefore(one.end) && open.contains(one)) {
            one.end = end.get();
            closeAtEnd(one);
        }
    }
}
