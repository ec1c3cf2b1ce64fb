package io.github.keywharf.testing.salesforce;

import io.github.keywharf.http.HttpResponse;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What goes wrong, at which calls of a route. A route is one of {@link FakeCall#route}, or its beginning followed by {@code *}.
 *
 * <pre>{@code
 * fake.fault(FakeFault.on("GET /query/{locator}").after(1).times(2).unavailable(Duration.ofSeconds(3)));
 * }</pre>
 *
 * @param after how many matching calls pass first
 * @param times how many calls it meets from then on
 */
public record FakeFault(String route, int after, int times, Effect effect) {

    /** Begins a fault that meets the next call of that route once. */
    public static Where on(String route) {
        return new Where(route, 0, 1);
    }

    /** Where a fault happens; the last method says what. The others copy. */
    public record Where(String route, int after, int times) {

        /** Lets that many calls pass. */
        public Where after(int calls) {
            return new Where(route, calls, times);
        }

        /** Meets that many calls. */
        public Where times(int calls) {
            return new Where(route, after, calls);
        }

        /** Meets all calls from there on. */
        public Where always() {
            return times(Integer.MAX_VALUE);
        }

        /** Answers instead of doing what was asked, with an error in the form of the API. */
        public FakeFault answer(int status, String errorCode, String message) {
            return with(new Answer(() -> new Refusal(status, errorCode, message).response()));
        }

        /** Answers that instead of doing what was asked. */
        public FakeFault answer(Supplier<HttpResponse> response) {
            return with(new Answer(response));
        }

        /** 503 with Retry-After in whole seconds. */
        public FakeFault unavailable(Duration retryAfter) {
            return with(new Answer(() -> new Refusal(503, "SERVER_UNAVAILABLE", "The server is temporarily unavailable")
                    .response()
                    .withHeader("Retry-After", Long.toString(retryAfter.toSeconds()))));
        }

        /** A lock on a row that another transaction holds ("UNABLE_TO_LOCK_ROW"); nothing was done. */
        public FakeFault rowLocked() {
            return answer(
                    400,
                    "UNABLE_TO_LOCK_ROW",
                    "unable to obtain exclusive access to this record or 1 records: 0015g00000000011");
        }

        /** More than 25 requests that run longer than 20 s (App Limits Cheatsheet, "API Request Limits"). */
        public FakeFault concurrentLimit() {
            return answer(
                    403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.");
        }

        /** Uses up the calls of the day from this one on. */
        public FakeFault quotaReached() {
            return then(FakeSalesforce::useUpQuota);
        }

        /** Drops the connection before anything was done. */
        public FakeFault dropRequest() {
            return with(new Drop(false));
        }

        /** Does what was asked, and drops the connection before the head of the answer. */
        public FakeFault dropAnswer() {
            return with(new Drop(true));
        }

        /** Does what was asked, and drops the connection after that many bytes of the answer's body, 1 at least. */
        public FakeFault cutAnswerAt(int bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException(
                        "A cut at byte " + bytes + " has no byte before it; use dropAnswer()");
            }
            return with(new Cut(bytes));
        }

        /** Answers late. */
        public FakeFault delay(Duration time) {
            return with(new Delay(time));
        }

        /** Ends all sessions just before this call. */
        public FakeFault expireTokens() {
            return then(FakeSalesforce::expireTokens);
        }

        /** Ends all cursors just before this call. */
        public FakeFault expireCursors() {
            return then(FakeSalesforce::expireCursors);
        }

        /** Moves the org to another address just before this call. */
        public FakeFault move(URI instance) {
            return then(fake -> fake.move(instance));
        }

        /** Changes the org just before this call, which then goes on. */
        public FakeFault then(Consumer<FakeSalesforce> change) {
            return with(new Change(change));
        }

        private FakeFault with(Effect effect) {
            return new FakeFault(route, after, times, effect);
        }
    }

    /** What happens. */
    sealed interface Effect {}

    record Answer(Supplier<HttpResponse> response) implements Effect {}

    record Drop(boolean done) implements Effect {}

    record Cut(int bytes) implements Effect {}

    record Delay(Duration time) implements Effect {}

    record Change(Consumer<FakeSalesforce> change) implements Effect {}

    boolean meets(String called) {
        return route.endsWith("*") ? called.startsWith(route.substring(0, route.length() - 1)) : called.equals(route);
    }
}
