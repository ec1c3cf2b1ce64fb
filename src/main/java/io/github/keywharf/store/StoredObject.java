package io.github.keywharf.store;

import java.time.Instant;

/**
 * Object in an {@link ObjectStore}.
 *
 * @param key key of the object
 * @param size length in bytes
 * @param etag the store's text for a version, which changes with the content
 * @param lastModified time of writing, by the store's clock
 */
public record StoredObject(String key, long size, String etag, Instant lastModified) {

    /** Returns this object as a store lists it in which it has another key. */
    StoredObject withKey(String other) {
        return new StoredObject(other, size, etag, lastModified);
    }
}
