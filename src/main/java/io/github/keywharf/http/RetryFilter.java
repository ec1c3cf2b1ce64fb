package io.github.keywharf.http;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Work;
import io.github.keywharf.internal.Backoff;
import io.github.keywharf.internal.Checks;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sends a request again after failures that may be temporary: after {@code http.unreachable}, {@code http.broken} and
 * {@code http.timeout}, and after the statuses 429, 502, 503 and 504. Thread-safe.
 *
 * <p>Only requests that are repeatable ({@link HttpRequest#isRepeatable()}) and whose body is replayable are sent again; any
 * other only when nothing of it was sent ({@code http.unreachable}) and its body is replayable. Waits double, with a
 * random part. {@code Retry-After} is obeyed; when it asks for more than {@link Builder#retryAfterCap}, the response is
 * returned instead. After the last attempt its response is returned, or its error thrown with those before as suppressed.
 *
 * <p>A failure while the body of a response is read is not retried: by then the caller has the response.
 */
public final class RetryFilter implements HttpFilter {

    /** The name of the event that reports each retry: {@value}. */
    public static final String REPEATED = "http.request.repeated";

    private static final Set<Integer> STATUSES = Set.of(429, 502, 503, 504);
    private static final Set<String> CODES = Set.of(HttpClients.UNREACHABLE, HttpClients.BROKEN, HttpClients.TIMEOUT);

    private final int attempts;
    private final Backoff backoff;
    private final Duration cap;
    private final Predicate<HttpResponse> temporary;
    private final InstantSource clock;
    private final Pause pause;
    private final EventListener listener;

    private RetryFilter(Builder builder) {
        this.attempts = builder.attempts;
        this.backoff = builder.backoff;
        this.cap = builder.retryAfterCap;
        this.temporary = builder.temporary;
        this.clock = builder.clock;
        this.pause = builder.pause;
        this.listener = builder.listener;
    }

    /**
     * Retries with {@link Builder#DEFAULT_ATTEMPTS}, {@link Builder#DEFAULT_FIRST_WAIT},
     * {@link Builder#DEFAULT_LONGEST_WAIT}, {@link Builder#DEFAULT_JITTER} and {@link Builder#DEFAULT_RETRY_AFTER_CAP}.
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the settings of retries. */
    public static final class Builder {
        /** Number of attempts, 4: a restart of a server fits in between. */
        public static final int DEFAULT_ATTEMPTS = 4;

        /** The first wait, 500 ms: shorter outages are rarely reported. */
        public static final Duration DEFAULT_FIRST_WAIT = Duration.ofMillis(500);

        /** The longest wait without {@code Retry-After}, 30 s. */
        public static final Duration DEFAULT_LONGEST_WAIT = Duration.ofSeconds(30);

        /** The share by which a wait is shortened at random, at most, so that clients do not return together. */
        public static final double DEFAULT_JITTER = 0.25;

        /** The longest {@code Retry-After} that is waited for, 60 s: beyond that the caller decides. */
        public static final Duration DEFAULT_RETRY_AFTER_CAP = Duration.ofSeconds(60);

        private int attempts = DEFAULT_ATTEMPTS;
        private Backoff backoff = Backoff.doubling(DEFAULT_FIRST_WAIT, DEFAULT_LONGEST_WAIT, DEFAULT_JITTER);
        private Duration retryAfterCap = DEFAULT_RETRY_AFTER_CAP;
        private Predicate<HttpResponse> temporary = response -> STATUSES.contains(response.status());
        private InstantSource clock = InstantSource.system();
        private Pause pause = Pause.SLEEP;
        private EventListener listener = EventListener.NONE;

        private Builder() {}

        /** Sets the number of attempts, the first one included. */
        public Builder attempts(int most) {
            attempts = Checks.positive("attempts", most);
            return this;
        }

        /** Sets the wait after the first failure, which doubles up to the longest. */
        public Builder waits(Duration first, Duration longest) {
            backoff = Backoff.doubling(first, longest, backoff.jitter());
            return this;
        }

        /** Sets the random part of a wait, as a share of it from 0 to 1. */
        public Builder jitter(double share) {
            backoff = Backoff.doubling(backoff.first(), backoff.longest(), share);
            return this;
        }

        /** Sets the longest {@code Retry-After} that is waited for. */
        public Builder retryAfterCap(Duration longest) {
            retryAfterCap = Checks.notNegative("retryAfterCap", longest);
            return this;
        }

        /**
         * Sets the test for responses to a temporary failure, in place of the statuses 429, 502, 503 and 504. It must leave the
         * body open, and read only a replayable one.
         */
        public Builder passing(Predicate<HttpResponse> test) {
            temporary = test;
            return this;
        }

        /** Sets the clock for dates of {@code Retry-After}, and the wait between attempts. */
        public Builder clock(InstantSource source, Pause waiting) {
            clock = source;
            pause = waiting;
            return this;
        }

        /** Receives an event {@value #REPEATED} for each retry. */
        public Builder events(EventListener listener) {
            this.listener = listener.guarded();
            return this;
        }

        /** The filter. */
        public RetryFilter build() {
            return new RetryFilter(this);
        }
    }

    @Override
    public HttpHandler around(HttpHandler next) {
        return request -> handle(next, request);
    }

    private HttpResponse handle(HttpHandler next, HttpRequest request) {
        String subject = JdkClient.subject(request);
        KeywharfException before = null;
        for (int attempt = 1; ; attempt++) {
            boolean last = attempt == attempts || !request.body().isReplayable();
            Duration wait = backoff.pause(attempt);
            String reason;
            try {
                HttpResponse response = next.handle(request);
                Duration retryAfter = response.retryAfter(clock.instant()).orElse(Duration.ZERO);
                if (last || !request.isRepeatable() || retryAfter.compareTo(cap) > 0 || !temporary.test(response)) {
                    return response;
                }
                response.close();
                wait = retryAfter.compareTo(wait) > 0 ? retryAfter : wait;
                reason = "status " + response.status();
            } catch (KeywharfException e) {
                if (before != null && !before.equals(e)) {
                    e.addSuppressed(before);
                }
                if (last || !isRetryable(request, e)) {
                    throw e;
                }
                before = e;
                reason = e.code();
            }
            listener.warning(
                    REPEATED,
                    Work.NONE,
                    subject,
                    "Attempt " + attempt + " of a " + request.method() + " failed (" + reason + "); again in "
                            + wait.toMillis() + " ms",
                    Fact.count("attempt", attempt),
                    Fact.time("pause", wait));
            sleep(subject, wait, before);
        }
    }

    private static boolean isRetryable(HttpRequest request, KeywharfException failure) {
        return CODES.contains(failure.code()) && (request.isRepeatable() || failure.is(HttpClients.UNREACHABLE));
    }

    private void sleep(String subject, Duration wait, @Nullable KeywharfException before) {
        try {
            pause.of(wait, subject);
        } catch (KeywharfException interrupted) {
            if (before != null) {
                interrupted.addSuppressed(before);
            }
            throw interrupted;
        }
    }
}
