package io.github.keywharf.store;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Checks;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Errors that the stores of this package share. */
final class StoreErrors {
    private StoreErrors() {}

    static String subject(ObjectStore store, String key) {
        return store.name() + "/" + key;
    }

    static KeywharfException notFound(ObjectStore store, String key, @Nullable Throwable cause) {
        return new KeywharfException(
                ObjectStore.NOT_FOUND,
                subject(store, key),
                "There is no such object; check the key, or write it first",
                cause);
    }

    static KeywharfException replaced(ObjectStore store, String key) {
        return KeywharfException.retryable(
                ObjectStore.REPLACED,
                subject(store, key),
                "It was replaced since it was listed; list the objects again");
    }

    static KeywharfException keyConflict(ObjectStore store, String key, @Nullable Throwable cause) {
        return new KeywharfException(
                "store.key_conflict",
                subject(store, key),
                "A directory cannot keep an object beside objects under it as a folder; choose another key",
                cause);
    }

    /** Returns the error of a failed file system: full, interrupted, denied, or another one. */
    static KeywharfException failed(ObjectStore store, String key, String action, IOException cause) {
        if (isFull(cause)) {
            return new KeywharfException(
                    "store.full", subject(store, key), "There is no space left; free some and try again", cause);
        }
        if (cause instanceof ClosedByInterruptException) {
            return KeywharfException.interrupted(subject(store, key), cause);
        }
        if (cause instanceof AccessDeniedException denied) {
            return new KeywharfException(
                    "store.denied",
                    subject(store, key),
                    "Access to " + denied.getFile() + " is denied; check its owner and permissions",
                    cause);
        }
        return new KeywharfException(
                "store.failed", subject(store, key), "Could not " + action + ": " + reason(cause), cause);
    }

    /** Reason in words; the messages of these exceptions may be only the path. */
    private static String reason(IOException cause) {
        if (cause instanceof NoSuchFileException missing) {
            return missing.getFile() + " does not exist, and cannot be created";
        }
        return cause instanceof FileSystemException || cause.getMessage() == null
                ? cause.toString().replaceFirst("^java\\.nio\\.file\\.", "")
                : cause.getMessage();
    }

    private static boolean isFull(IOException e) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("no space left")
                || message.contains("quota exceeded")
                || message.contains("not enough space");
    }

    static void checkRange(
            ObjectStore store, StoredObject object, long position, byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        Checks.notNegative("position", position);
        if (position > object.size() - length) {
            throw new KeywharfException(
                    "store.ended",
                    subject(store, object.key()),
                    "Bytes " + position + " to " + (position + length) + " were requested, but it has "
                            + object.size());
        }
    }

    static IllegalStateException writerClosed(String key) {
        return new IllegalStateException("The writer of '" + key + "' is committed or closed");
    }
}
