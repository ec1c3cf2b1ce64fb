package io.github.keywharf.cassandra;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Waits for what was asked of the driver. */
final class Waiting {
    private Waiting() {}

    /**
     * The outcome of a stage.
     *
     * @param subject what it is about, for the error
     * @param problem what does not work if it fails, as a sentence without its full stop
     * @throws io.github.keywharf.KeywharfException when it failed
     */
    static <T> T on(String subject, String problem, CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            throw CassandraErrors.of(subject, problem, e);
        }
    }
}
