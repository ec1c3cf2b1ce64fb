package io.github.keywharf.http;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Checks;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Lets so many calls through in any window of time, and refuses further ones with {@code http.budget_spent}, which says when
 * the next is free. Thread-safe; one budget may be around several handlers, which then share it.
 *
 * <p>The window slides: a call counts from when it was made until a window later. Put it inside of {@link RetryFilter} to
 * count each attempt. It counts this process's calls only.
 */
public final class CallBudget implements HttpFilter {
    /** The most calls a budget may have, a million: each is remembered for the window. */
    public static final int MAX_CALLS = 1_000_000;

    private final int calls;
    private final Duration window;
    private final InstantSource clock;
    private final Deque<Instant> made = new ArrayDeque<>();

    private CallBudget(int calls, Duration window, InstantSource clock) {
        this.calls = calls;
        this.window = window;
        this.clock = clock;
    }

    /** A budget of so many calls in a window of time. */
    public static CallBudget of(int calls, Duration window, InstantSource clock) {
        return new CallBudget(Checks.between("calls", calls, 1, MAX_CALLS), Checks.positive("window", window), clock);
    }

    /** How many calls are left now. */
    public int left() {
        synchronized (made) {
            forget(clock.instant());
            return calls - made.size();
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
        synchronized (made) {
            Instant now = clock.instant();
            forget(now);
            if (made.size() >= calls) {
                throw KeywharfException.retryable(
                        "http.budget_spent",
                        subject,
                        "All " + calls + " calls of " + window + " are spent; the next is free at "
                                + made.getFirst().plus(window));
            }
            made.addLast(now);
        }
    }

    private void forget(Instant now) {
        while (!made.isEmpty() && !made.getFirst().plus(window).isAfter(now)) {
            made.removeFirst();
        }
    }

    @Override
    public String toString() {
        return "CallBudget[" + left() + " of " + calls + " in " + window + "]";
    }
}
