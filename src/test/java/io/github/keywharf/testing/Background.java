package io.github.keywharf.testing;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Work that waits, beside a test that waits for it, each on a daemon thread of its own. The pool that all share has one
 * thread on a machine of two processors, and from Java 25 on never more: two who wait for each other there wait for ever.
 */
public final class Background {
    private static final Executor THREADS = task -> {
        Thread thread = new Thread(task, "background");
        thread.setDaemon(true);
        thread.start();
    };

    private Background() {}

    /** Begins the work; its result or failure is the future's. */
    public static <T> CompletableFuture<T> supply(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, THREADS);
    }

    /** Begins the work; its failure is the future's. */
    public static CompletableFuture<Void> run(Runnable work) {
        return CompletableFuture.runAsync(work, THREADS);
    }
}
