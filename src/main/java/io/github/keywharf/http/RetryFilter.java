package io.github.keywharf.http;

import dev.failsafe.Execution;
import dev.failsafe.RetryPolicy;
import dev.failsafe.RetryPolicyBuilder;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sends a request again when that may help: after {@code http.unreachable}, {@code http.broken} and
 * {@code http.timeout}, and after the statuses 429, 502, 503 and 504. Thread-safe.
 *
 * <p>Only requests that are repeatable ({@link HttpRequest#isRepeatable()}) and whose body is replayable are sent again; any
 * other only when nothing of it was sent ({@code http.unreachable}) and its body is replayable. Waits double, with a
 * random part. {@code Retry-After} is obeyed; when it asks for more than {@link Builder#retryAfterCap}, the response is
 * returned instead. After the last attempt its response is returned, or its error thrown with those before as suppressed.
 *
 * <p>What fails while a response's body is read is not sent again: by then the response is the caller's.
 */
public final class RetryFilter implements HttpFilter {
    private static final Set<Integer> STATUSES = Set.of(429, 502, 503, 504);
    private static final Set<String> CODES = Set.of("http.unreachable", "http.broken", "http.timeout");

    private final RetryPolicy<HttpResponse> policy;
    private final Duration cap;
    private final Predicate<HttpResponse> passing;
    private final InstantSource clock;
    private final Pause pause;
    private final EventListener listener;

    private RetryFilter(Builder builder) {
        RetryPolicyBuilder<HttpResponse> retries = RetryPolicy.<HttpResponse>builder()
                .withMaxAttempts(builder.attempts)
                .handleIf((response, failure) -> failure == null || failure instanceof KeywharfException)
                .withBackoff(builder.firstWait, builder.longestWait);
        this.policy = builder.jitter == 0
                ? retries.build()
                : retries.withJitter(builder.jitter).build();
        this.cap = builder.retryAfterCap;
        this.passing = builder.passing;
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
        /** How often a request is sent at most, 4 times: a restart of a server fits in between. */
        public static final int DEFAULT_ATTEMPTS = 4;

        /** The first wait, 500 ms: what is over sooner is rarely reported. */
        public static final Duration DEFAULT_FIRST_WAIT = Duration.ofMillis(500);

        /** The longest wait that is not asked for, 30 s. */
        public static final Duration DEFAULT_LONGEST_WAIT = Duration.ofSeconds(30);

        /** The random part of a wait, a quarter more or less, so that clients do not return together. */
        public static final double DEFAULT_JITTER = 0.25;

        /** The longest {@code Retry-After} that is waited for, 60 s: beyond that the caller decides. */
        public static final Duration DEFAULT_RETRY_AFTER_CAP = Duration.ofSeconds(60);

        private int attempts = DEFAULT_ATTEMPTS;
        private Duration firstWait = DEFAULT_FIRST_WAIT;
        private Duration longestWait = DEFAULT_LONGEST_WAIT;
        private double jitter = DEFAULT_JITTER;
        private Duration retryAfterCap = DEFAULT_RETRY_AFTER_CAP;
        private Predicate<HttpResponse> passing = response -> STATUSES.contains(response.status());
        private InstantSource clock = InstantSource.system();
        private Pause pause = Pause.SLEEP;
        private EventListener listener = EventListener.NONE;

        private Builder() {}

        /** How often a request is sent at most, the first time included. */
        public Builder attempts(int most) {
            if (most < 1) {
                throw new IllegalArgumentException(most + " attempts are fewer than one");
            }
            attempts = most;
            return this;
        }

        /** The wait after the first failure, which doubles up to the longest. */
        public Builder waits(Duration first, Duration longest) {
            if (first.isNegative() || first.isZero() || first.compareTo(longest) >= 0) {
                throw new IllegalArgumentException(
                        "The first wait " + first + " is not positive, or not shorter than the longest, " + longest);
            }
            firstWait = first;
            longestWait = longest;
            return this;
        }

        /** The random part of a wait, as a share of it from 0 to 1. */
        public Builder jitter(double share) {
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException("The jitter " + share + " is not from 0 to 1");
            }
            jitter = share;
            return this;
        }

        /** The longest {@code Retry-After} that is waited for. */
        public Builder retryAfterCap(Duration longest) {
            if (longest.isNegative()) {
                throw new IllegalArgumentException("The cap " + longest + " is negative");
            }
            retryAfterCap = longest;
            return this;
        }

        /**
         * Which responses say what may pass, in place of those with the statuses 429, 502, 503 and 504. It leaves the body
         * open, and reads only one that is replayable.
         */
        public Builder passing(Predicate<HttpResponse> test) {
            passing = test;
            return this;
        }

        /** The clock by which dates of {@code Retry-After} are judged, and how to wait. */
        public Builder time(InstantSource source, Pause waiting) {
            clock = source;
            pause = waiting;
            return this;
        }

        /** Who is informed of each retry, by an {@link HttpEvent.RequestRepeated}. */
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
        boolean replayable = request.body().isReplayable();
        Execution<HttpResponse> execution = Execution.of(policy);
        KeywharfException before = null;
        while (true) {
            HttpResponse response = null;
            KeywharfException failure = null;
            try {
                response = next.handle(request);
            } catch (KeywharfException e) {
                failure = e;
                if (before != null && !before.equals(failure)) {
                    failure.addSuppressed(before);
                }
                before = failure;
            }
            boolean mayHelp = replayable
                    && (failure != null
                            ? mayHelp(request, failure)
                            : response != null && request.isRepeatable() && passing.test(response));
            Optional<Duration> asked = response == null ? Optional.empty() : response.retryAfter(clock.instant());
            if (mayHelp && asked.filter(wait -> wait.compareTo(cap) > 0).isEmpty()) {
                execution.record(response, failure);
            } else {
                execution.complete();
            }
            if (execution.isComplete()) {
                return outcome(response, failure);
            }
            Duration wait = longer(execution.getDelay(), asked.orElse(Duration.ZERO));
            String why = failure != null ? failure.code() : "status " + (response == null ? 0 : response.status());
            listener.onEvent(
                    new HttpEvent.RequestRepeated(subject, request.method(), why, execution.getAttemptCount(), wait));
            if (response != null) {
                response.close();
            }
            sleep(subject, wait, before);
        }
    }

    private static HttpResponse outcome(@Nullable HttpResponse response, @Nullable KeywharfException failure) {
        if (response != null) {
            return response;
        }
        throw failure != null ? failure : new IllegalStateException("A handler returned no response");
    }

    private static boolean mayHelp(HttpRequest request, KeywharfException failure) {
        return CODES.contains(failure.code())
                && (request.isRepeatable() || failure.code().equals("http.unreachable"));
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    private void sleep(String subject, Duration wait, @Nullable KeywharfException before) {
        try {
            pause.of(wait);
        } catch (InterruptedException e) {
            KeywharfException interrupted = KeywharfException.interrupted(subject, e);
            if (before != null) {
                interrupted.addSuppressed(before);
            }
            throw interrupted;
        }
    }
}
