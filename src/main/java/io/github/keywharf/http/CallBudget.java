package io.github.keywharf.http;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Checks;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Limit on the calls in any window of time: further ones fail with {@code http.budget_spent}, whose message contains the
 * instant of the next free call. Thread-safe; one budget may be around several handlers, which then share it.
 *
 * <p>The window slides: a call counts from its start until a window later. Put it inside of {@link RetryFilter} to
 * count each attempt. It counts this process's calls only.
 */
public final class CallBudget implements HttpFilter {
    /** Limit on the calls of a budget, a million: the start of each is kept for the window. */
    public static final int MAX_CALLS = 1_000_000;

    private final int calls;
    private final Duration window;
    private final InstantSource clock;
    private final Deque<Instant> starts = new ArrayDeque<>();

    private CallBudget(int calls, Duration window, InstantSource clock) {
        this.calls = calls;
        this.window = window;
        this.clock = clock;
    }

    /** A budget of that many calls in a window of time. */
    public static CallBudget of(int calls, Duration window, InstantSource clock) {
        return new CallBudget(Checks.between("calls", calls, 1, MAX_CALLS), Checks.positive("window", window), clock);
    }

    /** Number of calls that are free now. */
    public int left() {
        synchronized (starts) {
            dropExpired(clock.instant());
            return calls - starts.size();
        }
    }

    @Override
    public HttpHandler around(HttpHandler next) {
        return request -> {
            try {
                take(JdkClient.subject(request));
            } catch (KeywharfException e) {
                request.body().close();
                throw e;
            }
            return next.handle(request);
        };
    }

    private void take(String subject) {
        synchronized (starts) {
            Instant now = clock.instant();
            dropExpired(now);
            if (starts.size() >= calls) {
                throw KeywharfException.retryable(
                        "http.budget_spent",
                        subject,
                        "All " + calls + " calls of " + window + " are spent; the next is free at "
                                + starts.getFirst().plus(window));
            }
            starts.addLast(now);
        }
    }

    private void dropExpired(Instant now) {
        while (!starts.isEmpty() && !starts.getFirst().plus(window).isAfter(now)) {
            starts.removeFirst();
        }
    }

    @Override
    public String toString() {
        return "CallBudget[" + left() + " of " + calls + " in " + window + "]";
    }
}
