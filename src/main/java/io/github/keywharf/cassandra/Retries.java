package io.github.keywharf.cassandra;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Fact;
import io.github.keywharf.internal.Backoff;
import io.github.keywharf.internal.Threads;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Repeats what may be repeated while nodes are away, with waits that double: all that never left, and idempotent work. */
final class Retries {
    private static final Backoff WAITS = Backoff.doubling(Duration.ofMillis(100), Duration.ofSeconds(1));

    /** Not the pool that all share, whose few threads may be those that wait for the answer. Its thread goes when idle. */
    private static final Executor THREAD = thread();

    private Retries() {}

    private static Executor thread() {
        ThreadPoolExecutor thread = new ThreadPoolExecutor(
                1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Threads.named("keywharf-cassandra-retries"));
        thread.allowCoreThreadTimeOut(true);
        return thread;
    }

    /** The outcome of the first attempt that does not fail in passing, or of the last one in the time there is. */
    static <T> CompletionStage<T> whileAway(
            CassandraContext context, boolean idempotent, Supplier<CompletionStage<T>> attempt) {
        return whileAway(context, context.defaults().patience(), idempotent, attempt);
    }

    /** The same with another time than the manager's. */
    static <T> CompletionStage<T> whileAway(
            CassandraContext context, Duration wait, boolean idempotent, Supplier<CompletionStage<T>> attempt) {
        if (wait.isZero()) {
            return begun(attempt);
        }
        Instant end = context.clock().instant().plus(wait);
        Repeated<T> repeated = new Repeated<>(context, idempotent, attempt, end, new CompletableFuture<>());
        repeated.next(1);
        return repeated.outcome;
    }

    private record Repeated<T>(
            CassandraContext context,
            boolean idempotent,
            Supplier<CompletionStage<T>> attempt,
            Instant end,
            CompletableFuture<T> outcome) {

        void next(int number) {
            if (outcome.isDone()) {
                return;
            }
            begun(attempt).whenComplete((value, failure) -> {
                if (failure == null) {
                    outcome.complete(value);
                    return;
                }
                try {
                    again(number, failure);
                } catch (RuntimeException | Error e) {
                    // What this callback throws is lost, and the caller waits for the outcome.
                    failure.addSuppressed(e);
                    outcome.completeExceptionally(failure);
                }
            });
        }

        private void again(int number, Throwable failure) {
            Duration wait = WAITS.pause(number);
            if (!(idempotent ? CassandraErrors.isPassing(failure) : CassandraErrors.isUnsent(failure))
                    || context.session().isClosed()
                    || context.clock().instant().plus(wait).isAfter(end)) {
                outcome.completeExceptionally(failure);
                return;
            }
            KeywharfException words = CassandraErrors.of(context.subject(), "The statement failed", failure);
            context.listener()
                    .warning(
                            "cassandra.statement.repeated",
                            context.work(),
                            context.subject(),
                            "Attempt " + number + " of a statement failed (" + words.code() + "); again in "
                                    + wait.toMillis() + " ms",
                            Fact.count("attempt", number),
                            Fact.time("pause", wait));
            CompletableFuture.delayedExecutor(wait.toMillis(), TimeUnit.MILLISECONDS, THREAD)
                    .execute(() -> next(number + 1));
        }
    }

    private static <T> CompletionStage<T> begun(Supplier<CompletionStage<T>> attempt) {
        try {
            return attempt.get();
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
