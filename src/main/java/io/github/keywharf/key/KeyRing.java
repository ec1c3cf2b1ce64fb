package io.github.keywharf.key;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.store.ObjectStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * Issues, verifies and ends the keys of organisations and of the Admin.
 *
 * <p>Thread-safe. A key is created by the ring and returned once; the ring stores a verifier, never the key. There is at most
 * one Admin's key.
 *
 * <p>A key whose caller died before receiving it is lost, and is replaced rather than recovered: that of an organisation by
 * {@link #rotate} or {@link #issue}, the Admin's by {@link #rotateAdmin}, none of which need a key.
 */
public interface KeyRing {
    /** Code of an error after too many failures from one address. */
    String RATE_LIMITED = "key.rate_limited";

    /** 5 seconds: the time for which a ring in a store answers from memory, and can miss a revocation by another process. */
    Duration DEFAULT_REFRESH = Duration.ofSeconds(5);

    /** 10,000: the most keys of a ring in memory or in a store, which reads and writes all of them at a time. */
    int MAX_KEYS = 10_000;

    /** Creates an empty ring in memory, for tests and trials. */
    static KeyRing inMemory() {
        return inMemory(InstantSource.system(), new SecureRandom());
    }

    /** Creates an empty ring in memory, with a clock and a source of randomness. */
    static KeyRing inMemory(InstantSource clock, SecureRandom random) {
        return new RecordsKeyRing(new MemoryRecords(), clock, random);
    }

    /** Opens the ring in a folder of a store, with the {@linkplain #DEFAULT_REFRESH default} refresh. */
    static KeyRing inStore(ObjectStore folder) {
        return inStore(folder, InstantSource.system(), new SecureRandom(), DEFAULT_REFRESH);
    }

    /**
     * Opens the ring in a folder of a store; an empty folder is an empty ring. Any number of processes may open it. Each
     * change is one object that is created only once, so a process that dies leaves the ring as it was before or after. If
     * the store fails during a change that the ring then does not contain, the change throws the store's error, and may still
     * take effect; it can be repeated.
     *
     * <p>{@link #check} answers from memory for {@code refresh} and then reads the ring again: a revocation by another process
     * takes effect after that time at the latest, one by this ring immediately. If the ring cannot be read, {@code check}
     * throws the store's error and no key opens. All other methods read the ring each time.
     *
     * <p>Records of keys that ended more than 90 days ago are removed, and earlier ones to stay within {@value #MAX_KEYS}. The
     * time of the last use is not stored. Failures are not limited.
     *
     * <p>Whoever can write to the folder can create keys, so only issuers of keys should have that right; {@code check} only
     * needs to read.
     *
     * @param folder folder with the ring and nothing else; see {@link ObjectStore#under}. The caller closes it
     * @param refresh from zero, which reads the ring for each check, to an hour
     */
    static KeyRing inStore(ObjectStore folder, InstantSource clock, SecureRandom random, Duration refresh) {
        return new RecordsKeyRing(new JournalRecords(folder, clock, refresh), clock, random);
    }

    /**
     * Issues a key. It is returned only this once: hand it to its holder and close it.
     *
     * @throws KeywharfException with code {@code key.admin_exists} if an Admin's key is requested while one has not expired;
     *     its id is in the message. With {@code key.too_many} if the ring is full, {@code key.unknown_organisation} if the
     *     ring onboards organisations and has not onboarded this one
     */
    AccessKey issue(KeyRequest request, Actor by);

    /**
     * Verifies a key and returns its rights. Cheap enough for each request of a server.
     *
     * @param from origin of the request, as for {@link Actor#origin}; failures may be limited by it
     * @throws KeywharfException with code {@code key.refused} if the ring does not contain the key, {@code key.expired} or
     *     {@code key.revoked} if it has ended, {@code key.rate_limited} after too many failures
     */
    Grant check(AccessKey key, String from);

    /**
     * Describes one key, which may have ended.
     *
     * @throws KeywharfException with code {@code key.unknown} if no key has this id
     */
    KeyDescription describe(String keyId);

    /** Lists all keys, including ended ones, by time of creation. */
    List<KeyDescription> list();

    /**
     * Issues a key to replace another, with the same organisation, label and lifetime. The old one opens until the end of the
     * grace period, or until its own end if that is earlier. Without grace it is revoked.
     *
     * @param grace grace period, from zero to {@link KeyRequest#MAX_VALIDITY}
     * @throws KeywharfException with code {@code key.not_active} if the key has ended, or was replaced by one that has not;
     *     that one can be rotated, and its id is in the message. With {@code key.unknown} if no key has this id, {@code
     *     key.is_admin} for the Admin's key, {@code key.too_many} if the ring is full and there is a grace period
     */
    AccessKey rotate(String keyId, Duration grace, Actor by);

    /**
     * Issues an Admin's key to replace the present one, which is revoked unless it has expired. Needs no key, so that a lost
     * one can be replaced.
     *
     * @param request {@link KeyRequest#admin()}, with a label and a validity
     * @throws KeywharfException with code {@code key.no_admin} if the ring has no Admin's key; with {@code key.admin_changed}
     *     if another rotation came first
     */
    AccessKey rotateAdmin(KeyRequest request, Actor by);

    /**
     * Sets the end of a key to a time, or to now if that is past. The end can only become earlier: a time after the present
     * end changes nothing, nor does a call for a key that has ended.
     *
     * @return the key after the call
     * @throws KeywharfException with code {@code key.unknown} if no key has this id, {@code key.is_admin} for the Admin's key
     */
    KeyDescription expire(String keyId, Instant when, Actor by);

    /**
     * Ends a key immediately and permanently; a key that has ended is not changed.
     *
     * @return the key after the call
     * @throws KeywharfException with code {@code key.unknown} if no key has this id, {@code key.is_admin} for the Admin's key,
     *     which can only be replaced
     */
    KeyDescription revoke(String keyId, Actor by);

    /**
     * Ends all keys of an organisation, as {@link #revoke} ends one. Its data is not touched. Can be repeated: after a failure
     * it continues, and when all keys have ended it does nothing.
     *
     * @return the keys that this call ended, by time of creation
     * @throws KeywharfException with code {@code key.unknown_organisation} if the ring onboards organisations and has not
     *     onboarded this one
     */
    List<KeyDescription> offboard(Organisation organisation, Actor by);
}
