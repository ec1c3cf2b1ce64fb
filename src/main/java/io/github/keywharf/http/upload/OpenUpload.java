package io.github.keywharf.http.upload;

import io.github.keywharf.KeywharfException;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Upload in this process. One request at a time holds it: the newest, which ends the one before, since a dead connection would
 * otherwise keep its client out until it times out.
 */
final class OpenUpload {
    /** Seconds to wait for the request before, which may be with the receiver: a waiting request occupies a thread. */
    private static final long PATIENCE = 2;

    private final UploadFiles files;
    private final ReentrantLock lock = new ReentrantLock();

    /** Content that is being read, until another request ends it. */
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

    /** Makes a state durable, then current. */
    void record(UploadState next) {
        files.write(next);
        state = next;
    }

    UploadState.Creation creation() {
        return state.creation();
    }

    /** Returns true if the upload was removed while a request waited for it. */
    boolean isRemoved() {
        return removed;
    }

    void remove() {
        removed = true;
        files.delete(creation().id());
    }

    /** Ends the request that holds the upload, and locks it; returns false if that one does not end in time. */
    boolean lock() {
        endContent();
        try {
            return lock.tryLock(PATIENCE, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted("upload", e);
        }
    }

    boolean tryLock() {
        return lock.tryLock();
    }

    void unlock() {
        lock.unlock();
    }

    /** Sets the content that is being read, so that the next request can end it. */
    void begin(InputStream stream) {
        content.set(stream);
    }

    /** Returns false if another request has ended the content. */
    boolean isReading(InputStream stream) {
        return content.get() == stream;
    }

    /** Closes the content that is being read, which ends its reader. */
    void endContent() {
        InputStream stream = content.getAndSet(null);
        if (stream != null) {
            try {
                stream.close();
            } catch (IOException e) {
                // Bytes that its reader has not read yet do not count.
            }
        }
    }
}
