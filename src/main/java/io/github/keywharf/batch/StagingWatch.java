package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.internal.Threads;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Wakes the scan of a tenant whose directory has changed, so that it need not wait for its time. Events are only that: what
 * they say is not looked at, and without any, as when the system has no more watches, the scan comes at its time.
 */
final class StagingWatch implements AutoCloseable {

    private static final int PAUSE = 50;

    private final @Nullable WatchService service;
    private final Map<WatchKey, Organisation> keys = new ConcurrentHashMap<>();
    private final Consumer<Organisation> wake;

    private StagingWatch(@Nullable WatchService service, Consumer<Organisation> wake) {
        this.service = service;
        this.wake = wake;
    }

    /** Starts to watch below a directory; one that watches nothing where the system cannot. */
    static StagingWatch start(Path root, Consumer<Organisation> wake) {
        @Nullable WatchService service;
        try {
            service = root.getFileSystem().newWatchService();
        } catch (IOException | UnsupportedOperationException cannotWatch) {
            service = null;
        }
        StagingWatch watch = new StagingWatch(service, wake);
        if (service != null) {
            Threads.daemon("keywharf-batch-watch", () -> watch.run(watch.service))
                    .start();
        }
        return watch;
    }

    /** Watches a tenant's directory unless it does; empty when that succeeds, otherwise why not. */
    Optional<String> watch(Organisation tenant, Path directory) {
        if (service == null) {
            return Optional.of("this system has no way to watch directories, or no more of it");
        }
        if (keys.containsValue(tenant)) {
            return Optional.empty();
        }
        try {
            WatchKey key = directory.register(
                    service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
            keys.put(key, tenant);
            // What came before the watch was there gives no event.
            wake.accept(tenant);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e.toString());
        } catch (ClosedWatchServiceException closed) {
            return Optional.empty();
        }
    }

    private void run(@Nullable WatchService events) {
        try {
            while (events != null) {
                for (WatchKey key = events.take(); key != null; key = events.poll()) {
                    take(key);
                }
                // A file that is being written gives many events; they are one reason to look.
                TimeUnit.MILLISECONDS.sleep(PAUSE);
            }
        } catch (InterruptedException | ClosedWatchServiceException closed) {
            return;
        }
    }

    private void take(WatchKey key) {
        Organisation tenant = keys.get(key);
        key.pollEvents();
        if (!key.reset()) {
            // The directory is gone; the scan has another one made and watched.
            keys.remove(key);
        }
        if (tenant != null) {
            wake.accept(tenant);
        }
    }

    @Override
    public void close() {
        if (service != null) {
            try {
                service.close();
            } catch (IOException e) {
                throw KeywharfException.retryable("batch.staging_failed", "watch", "It cannot be closed: " + e, e);
            }
        }
    }
}
