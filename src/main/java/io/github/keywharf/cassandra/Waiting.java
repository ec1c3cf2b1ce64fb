package io.github.keywharf.cassandra;

import io.github.keywharf.KeywharfException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/** Waits for what was asked of the driver. */
final class Waiting {
    private Waiting() {}

    /**
     * The outcome of a stage.
     *
     * @param subject what it is about, for the error
     * @param problem what does not work if it fails, as a sentence without its full stop
     * @throws KeywharfException when it failed, or {@code thread.interrupted} when the thread was
     */
    static <T> T on(String subject, String problem, CompletionStage<T> stage) {
        return on(stage, failure -> CassandraErrors.of(subject, problem, failure));
    }

    /** The outcome of a stage, or its failure in the words of that function. */
    static <T> T on(CompletionStage<T> stage, Function<Throwable, RuntimeException> failed) {
        try {
            return stage.toCompletableFuture().get();
        } catch (ExecutionException e) {
            Throwable cause = CassandraErrors.unwrapped(e);
            if (cause instanceof Error error) {
                throw error;
            }
            throw failed.apply(cause);
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted("cassandra", e);
        }
    }
}
