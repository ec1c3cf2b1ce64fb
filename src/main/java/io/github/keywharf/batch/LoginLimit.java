package io.github.keywharf.batch;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Counts failures of users and addresses, in memory that is bounded. Where an attempt counts from its beginning, attempts at
 * the same time are limited too; it is taken back when it succeeds. Thread-safe.
 */
final class LoginLimit {
    /** The most counts that are kept, 20,000; beyond that those go that were not touched for longest. */
    static final int MAX_COUNTS = 20_000;

    private static final int NETWORK_BYTES = 8;
    private static final int MAX_USER = 64;

    private final InstantSource clock;
    private final Map<String, Count> counts = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Count> eldest) {
            return size() > MAX_COUNTS;
        }
    };

    private record Count(Instant since, int failures) {}

    LoginLimit(InstantSource clock) {
        this.clock = clock;
    }

    /** Whose attempts are counted together. */
    record Attempt(String peer, String userAtPeer) {
        static Attempt of(String user, Optional<String> peer) {
            String network = network(peer.orElse(""));
            String shown = user.length() > MAX_USER ? user.substring(0, MAX_USER) : user;
            return new Attempt(network, network + " " + shown);
        }
    }

    /** How long to wait where there were too many. */
    synchronized Optional<Duration> pause(Attempt attempt) {
        Instant now = clock.instant();
        return wait(attempt.userAtPeer(), TenantLogin.FAILURES_PER_USER, now)
                .or(() -> wait(attempt.peer(), TenantLogin.FAILURES_PER_PEER, now));
    }

    /** Counts an attempt from its beginning, or says how long to wait where there were too many. */
    synchronized Optional<Duration> begin(Attempt attempt) {
        Optional<Duration> wait = pause(attempt);
        if (wait.isEmpty()) {
            failed(attempt);
        }
        return wait;
    }

    /** Counts an attempt that failed. */
    synchronized void failed(Attempt attempt) {
        Instant now = clock.instant();
        add(attempt.userAtPeer(), now);
        add(attempt.peer(), now);
    }

    /** Takes an attempt back, which succeeded or was not made. */
    synchronized void undo(Attempt attempt) {
        subtract(attempt.userAtPeer());
        subtract(attempt.peer());
    }

    /** How many counts are kept. */
    synchronized int size() {
        return counts.size();
    }

    private Optional<Duration> wait(String key, int most, Instant now) {
        Count count = counts.get(key);
        if (count == null || hasEnded(count, now) || count.failures() < most) {
            return Optional.empty();
        }
        return Optional.of(Duration.between(now, count.since().plus(TenantLogin.WINDOW)));
    }

    /** Also where the clock was set back, so that nobody waits for longer than the window. */
    private static boolean hasEnded(Count count, Instant now) {
        return now.isBefore(count.since()) || !now.isBefore(count.since().plus(TenantLogin.WINDOW));
    }

    private void add(String key, Instant now) {
        Count count = counts.get(key);
        counts.put(
                key,
                count == null || hasEnded(count, now)
                        ? new Count(now, 1)
                        : new Count(count.since(), count.failures() + 1));
    }

    private void subtract(String key) {
        Count count = counts.get(key);
        if (count != null && count.failures() <= 1) {
            counts.remove(key);
        } else if (count != null) {
            counts.put(key, new Count(count.since(), count.failures() - 1));
        }
    }

    /** An address, or the network of one of version 6, within which a client may choose any. */
    static String network(String peer) {
        if (peer.indexOf(':') < 0) {
            return peer;
        }
        try {
            // A literal, so that nothing is resolved.
            if (InetAddress.getByName(peer) instanceof Inet6Address address) {
                return HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), NETWORK_BYTES)) + "/64";
            }
        } catch (UnknownHostException e) {
            // Counted as it is.
        }
        return peer;
    }
}
