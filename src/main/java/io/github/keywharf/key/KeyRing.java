package io.github.keywharf.key;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;

/**
 * Who may enter which organisation.
 *
 * <p>Thread-safe. Keys are made here only, and shown once. There is at most one Admin.
 */
public interface KeyRing {

    /** An empty ring that is forgotten with the process, for tests and for trying things. */
    static KeyRing inMemory() {
        return inMemory(InstantSource.system(), new SecureRandom());
    }

    /** An empty ring that is forgotten with the process, with a clock and a source of randomness of the caller's. */
    static KeyRing inMemory(InstantSource clock, SecureRandom random) {
        return new InMemoryKeyRing(clock, random);
    }

    /**
     * Makes a key. It cannot be had again: hand it to its holder and close it.
     *
     * @throws KeywharfException with code {@code key.admin_exists} when it is to be the Admin's and there is one; its id
     *     is in the message
     */
    AccessKey issue(KeyRequest request, Actor by);

    /**
     * What a key grants. Cheap enough for each request of a server.
     *
     * @param from where the request came from, as {@link Actor#origin} takes it; failures may be limited by it
     * @throws KeywharfException with code {@code key.refused} when the ring does not know the key, {@code key.expired} or
     *     {@code key.revoked} when it has ended, {@code key.rate_limited} after too many failures
     */
    Grant check(AccessKey key, String from);

    /**
     * Ends a key, immediately and for good; a key that has ended is left as it is.
     *
     * @return what it is now
     * @throws KeywharfException with code {@code key.unknown} when there is none of this id, {@code key.is_admin} when it
     *     is the Admin's, which is never without a successor
     */
    KeyDescription revoke(String keyId, Actor by);

    /**
     * Ends all keys of an organisation, as {@link #revoke} ends one. What the organisation has elsewhere stays. May be
     * repeated: when it failed half way it goes on, and when nothing is left to do it does nothing.
     *
     * @return the keys that ended by this call, by the time of their creation
     * @throws KeywharfException with code {@code key.unknown_organisation} when the ring admits organisations and knows
     *     none of this id
     */
    List<KeyDescription> dismiss(Organisation organisation, Actor by);

    /** All keys, also those that have ended, by the time of their creation. */
    List<KeyDescription> list();
}
