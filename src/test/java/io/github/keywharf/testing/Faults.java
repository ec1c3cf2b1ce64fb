package io.github.keywharf.testing;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The plan of a {@link FaultyHttpProxy}: which requests fail, and how. Each method but {@link #off()} adds to the plan and
 * returns this object; a request takes the first fault that applies, in the order fail-next, cut, lost response,
 * truncation, fail-every. A delay comes on top of each. Safe for use by many threads, also while requests are under way.
 */
public final class Faults {
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong injected = new AtomicLong();
    private Predicate<String> matching = line -> true;
    private Duration delay = Duration.ZERO;
    private @Nullable Duration retryAfter;
    private int failNext;
    private int failNextStatus;
    private int cutNext;
    private int loseNext;
    private int truncateNext;
    private long truncateBytes;
    private int failEvery;
    private int failEveryStatus;
    private int mostInARow = Integer.MAX_VALUE;
    private final Map<String, Integer> inARow = new HashMap<>();
    private long matched;

    Faults() {}

    /** What becomes of one request. */
    enum Kind {
        FORWARD,
        STATUS,
        CUT,
        LOSE_RESPONSE,
        TRUNCATE
    }

    /** One decision: {@code status} counts for {@code STATUS}, {@code bytes} for {@code TRUNCATE}. */
    record Decision(
            Kind kind,
            int status,
            long bytes,
            Duration delay,
            @Nullable Duration retryAfter) {}

    /** Answers the next {@code count} requests with {@code status}, without passing them on. */
    public synchronized Faults failNext(int count, int status) {
        failNext = count;
        failNextStatus = status;
        return this;
    }

    /** Answers every {@code n}-th request with {@code status}, without passing it on. */
    public synchronized Faults failEvery(int n, int status) {
        if (n < 1) {
            throw new IllegalArgumentException("[faults] every " + n + "-th request makes no sense; give 1 or more");
        }
        failEvery = n;
        failEveryStatus = status;
        matched = 0;
        return this;
    }

    /** Closes the connection of the next {@code count} requests without an answer, and without passing them on. */
    public synchronized Faults cutNext(int count) {
        cutNext = count;
        return this;
    }

    /**
     * Passes the next {@code count} requests on, and closes the connection instead of passing their responses back: the
     * server did what was asked, and the client cannot know.
     */
    public synchronized Faults loseResponses(int count) {
        loseNext = count;
        return this;
    }

    /** Closes the connection of the next {@code count} requests after {@code bytes} bytes of the response's body. */
    public synchronized Faults truncateNext(int count, long bytes) {
        truncateNext = count;
        truncateBytes = bytes;
        return this;
    }

    /** Waits this long before each request is looked at. */
    public synchronized Faults delay(Duration duration) {
        delay = Objects.requireNonNull(duration, "duration");
        return this;
    }

    /** Adds a {@code Retry-After} header, in whole seconds, to the answers with an injected status. */
    public synchronized Faults retryAfter(Duration duration) {
        retryAfter = Objects.requireNonNull(duration, "duration");
        return this;
    }

    /**
     * Restricts the plan to requests whose first line, such as {@code PUT /bucket/key HTTP/1.1}, passes the test.
     * Others are passed on immediately and untouched.
     */
    public synchronized Faults matching(Predicate<String> requestLine) {
        matching = Objects.requireNonNull(requestLine, "requestLine");
        return this;
    }

    /**
     * Spares a request that met {@code count} faults one after the other: its next attempt is passed on untouched. Attempts
     * are distinguished by their first line. Without this, requests of several threads may meet every fault of one and the same
     * request, so that a client with any number of attempts sometimes gives up.
     */
    public synchronized Faults mostInARow(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("[faults] " + count + " faults in a row make no sense; give 1 or more");
        }
        mostInARow = count;
        return this;
    }

    /** Clears the whole plan; the counters go on. */
    public synchronized void off() {
        matching = line -> true;
        delay = Duration.ZERO;
        retryAfter = null;
        failNext = 0;
        cutNext = 0;
        loseNext = 0;
        truncateNext = 0;
        failEvery = 0;
        mostInARow = Integer.MAX_VALUE;
        inARow.clear();
    }

    /** How many requests have arrived. */
    public long requests() {
        return requests.get();
    }

    /** How many of them met a fault other than a delay. */
    public long injected() {
        return injected.get();
    }

    synchronized Decision next(String requestLine) {
        requests.incrementAndGet();
        if (!matching.test(requestLine)) {
            return new Decision(Kind.FORWARD, 0, 0, Duration.ZERO, null);
        }
        matched++;
        if (inARow.getOrDefault(requestLine, 0) >= mostInARow) {
            inARow.remove(requestLine);
            return new Decision(Kind.FORWARD, 0, 0, delay, null);
        }
        Decision decision = decide();
        if (decision.kind() == Kind.FORWARD) {
            inARow.remove(requestLine);
        } else {
            inARow.merge(requestLine, 1, Integer::sum);
            injected.incrementAndGet();
        }
        return decision;
    }

    private Decision decide() {
        if (failNext > 0) {
            failNext--;
            return new Decision(Kind.STATUS, failNextStatus, 0, delay, retryAfter);
        }
        if (cutNext > 0) {
            cutNext--;
            return new Decision(Kind.CUT, 0, 0, delay, null);
        }
        if (loseNext > 0) {
            loseNext--;
            return new Decision(Kind.LOSE_RESPONSE, 0, 0, delay, null);
        }
        if (truncateNext > 0) {
            truncateNext--;
            return new Decision(Kind.TRUNCATE, 0, truncateBytes, delay, null);
        }
        if (failEvery > 0 && matched % failEvery == 0) {
            return new Decision(Kind.STATUS, failEveryStatus, 0, delay, retryAfter);
        }
        return new Decision(Kind.FORWARD, 0, 0, delay, null);
    }
}
