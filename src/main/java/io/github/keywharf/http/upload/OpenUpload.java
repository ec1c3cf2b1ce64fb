package io.github.keywharf.http.upload;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.concurrent.TimeUnit;
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

    private static final int PIECE = 64 * 1024;

    private final UploadFiles files;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile UploadState state;
    private volatile @Nullable Incoming incoming;
    private volatile boolean removed;
    private @Nullable MessageDigest hash;
    private long hashed;

    OpenUpload(UploadFiles files, UploadState state) {
        this.files = files;
        this.state = state;
    }

    /** What a request brings, which another thread can end. */
    static final class Incoming {
        private final InputStream stream;
        private volatile boolean ended;

        Incoming(InputStream stream) {
            this.stream = stream;
        }

        InputStream stream() {
            return stream;
        }

        boolean isEnded() {
            return ended;
        }

        private void end() {
            ended = true;
            try {
                stream.close();
            } catch (IOException e) {
                // Its reader learns of it.
            }
        }
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
                endIncoming();
                if (lock.tryLock(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                    return true;
                }
            } while (System.nanoTime() < end);
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted("upload", e);
        }
        return false;
    }

    private void endIncoming() {
        Incoming running = incoming;
        if (running != null) {
            running.end();
        }
    }

    /** Takes it where no request has it. */
    boolean takeIfFree() {
        return lock.tryLock();
    }

    void leave() {
        lock.unlock();
    }

    /** Names what is read now, so that the next request can end it; null for nothing. */
    void reads(@Nullable Incoming stream) {
        incoming = stream;
    }

    /** A digest of the content up to the offset, which the caller may change; from the file where it is not known. */
    MessageDigest hash() {
        MessageDigest known = hash;
        if (known == null || hashed != state.offset()) {
            known = hashOfFile();
            hash = known;
            hashed = state.offset();
        }
        return copy(known);
    }

    /** Keeps the digest of the content up to the offset that is recorded next. */
    void keep(MessageDigest digest, long offset) {
        hash = digest;
        hashed = offset;
    }

    private MessageDigest hashOfFile() {
        MessageDigest digest = Sha256.digest();
        byte[] piece = new byte[PIECE];
        long left = state.offset();
        try (InputStream in = files.reading(state)) {
            while (left > 0) {
                int n = in.read(piece, 0, (int) Math.min(piece.length, left));
                if (n < 0) {
                    throw new IOException("The content has lost bytes");
                }
                digest.update(piece, 0, n);
                left -= n;
            }
        } catch (IOException e) {
            throw UploadFiles.failed(state.name(), "be read", e);
        }
        return digest;
    }

    static MessageDigest copy(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("The provider of SHA-256 cannot copy a digest; use the JDK's", e);
        }
    }
}
