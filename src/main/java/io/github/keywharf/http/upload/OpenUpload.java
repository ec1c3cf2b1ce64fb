package io.github.keywharf.http.upload;

import io.github.keywharf.KeywharfException;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An upload in this process. One request at a time has it: the newest, which ends the one before, since a connection that is
 * dead would otherwise keep its client out until it times out.
 */
final class OpenUpload {
    /** How long a request waits for the one before, which may be with the receiver. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** How often it looks whether another one has come in between. */
    private static final long LOOK_MILLIS = 50;

    private final UploadFiles files;
    private final ReentrantLock lock = new ReentrantLock();

    /** The content that is read now, until another request ends it. */
    private final AtomicReference<@Nullable InputStream> content = new AtomicReference<>();

    private volatile UploadState state;
    private volatile boolean removed;

    OpenUpload(UploadFiles files, UploadState state) {
        this.files = files;
        this.state = state;
    }

    UploadState state() {
        return state;
    }

    /** Makes a state durable, then the present one. */
    void record(UploadState next) {
        files.write(next);
        state = next;
    }

    /** Whether it was removed while a request waited for it. */
    boolean isRemoved() {
        return removed;
    }

    void remove() {
        removed = true;
        files.delete(state.id());
    }

    /** Ends the request that has it, and takes it; false when that one does not end in time. */
    boolean take() {
        long end = System.nanoTime() + PATIENCE_NANOS;
        try {
            do {
                endContent();
                if (lock.tryLock(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                    return true;
                }
            } while (System.nanoTime() < end);
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted("upload", e);
        }
        return false;
    }

    /** Takes it where no request has it. */
    boolean takeIfFree() {
        return lock.tryLock();
    }

    void leave() {
        lock.unlock();
    }

    /** Names the content that is read from now on, so that the next request can end it. */
    void begin(InputStream stream) {
        content.set(stream);
    }

    /** Whether no other request has ended that content. */
    boolean isReading(InputStream stream) {
        return content.get() == stream;
    }

    /** Closes the content that is read now, which ends its reader. */
    void endContent() {
        InputStream stream = content.getAndSet(null);
        if (stream != null) {
            try {
                stream.close();
            } catch (IOException e) {
                // Whatever its reader has not read by now does not count.
            }
        }
    }
}
