package io.github.keywharf.store;

import java.time.Instant;

/**
 * An object in an {@link ObjectStore}.
 *
 * @param key its key
 * @param size its length in bytes
 * @param etag changes when the content does; as the store gives it
 * @param lastModified when it was written, by the store's clock
 */
public record StoredObject(String key, long size, String etag, Instant lastModified) {

    /** The same object as a store that names it by another key lists it. */
    StoredObject withKey(String other) {
        return new StoredObject(other, size, etag, lastModified);
    }
}
