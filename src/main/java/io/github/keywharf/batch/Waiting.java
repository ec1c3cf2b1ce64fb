package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Waits for the work of other threads. */
final class Waiting {

    private Waiting() {}

    /**
     * The result of a future, or what it failed with.
     *
     * @throws KeywharfException {@code thread.interrupted} when the thread is interrupted first
     */
    static <T> T get(Future<T> future, String subject) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted(subject, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KeywharfException known) {
                throw known;
            }
            if (e.getCause() instanceof RuntimeException other) {
                throw other;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
