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
 * Which key opens which organisation.
 *
 * <p>Thread-safe. Keys are made here only and returned once; a ring keeps what verifies a key, never the key. There is at
 * most one Admin.
 *
 * <p>A key whose caller died before it had it is lost, and is replaced rather than recovered: an organisation's by
 * {@link #rotate} or {@link #issue}, the Admin's by {@link #rotateAdmin}, none of which need a key.
 */
public interface KeyRing {
    /** Code of an error after too many failures from one address. */
    String RATE_LIMITED = "key.rate_limited";

    /** 5 seconds: how long a ring in a store may answer from memory, and so miss what another process has revoked. */
    Duration DEFAULT_REFRESH = Duration.ofSeconds(5);

    /** 10,000: the most keys that a ring in memory or in a store keeps, which it reads and writes as a whole. */
    int MAX_KEYS = 10_000;

    /** An empty ring that is forgotten with the process, for tests and for trying things. */
    static KeyRing inMemory() {
        return inMemory(InstantSource.system(), new SecureRandom());
    }

    /** An empty ring that is forgotten with the process, with a clock and a source of randomness of the caller's. */
    static KeyRing inMemory(InstantSource clock, SecureRandom random) {
        return new RecordsKeyRing(new MemoryRecords(), clock, random);
    }

    /** The ring that is kept in a folder of a store, with the {@linkplain #DEFAULT_REFRESH default} refresh. */
    static KeyRing inStore(ObjectStore folder) {
        return inStore(folder, InstantSource.system(), new SecureRandom(), DEFAULT_REFRESH);
    }

    /**
     * The ring that is kept in a folder of a store; an empty one if there is nothing in it. Any number of processes may
     * have a ring over one folder. Each change is one object that is created only once, so a process that dies leaves the
     * ring as it was before or after. If the store fails in the middle of a change that is not found in the ring
     * afterwards, the change throws the store's error, and may yet be made; it can be repeated.
     *
     * <p>{@link #check} answers from memory for as long as {@code refresh} and then reads the ring again: a revocation by
     * another process is seen after that time at the latest, one by this ring immediately. Where the ring cannot be read
     * then, {@code check} throws the store's error and no key opens. All other methods read the ring each time.
     *
     * <p>Keys that ended more than 90 days ago are forgotten, and earlier ones where there would be more than
     * {@value #MAX_KEYS} otherwise. The time of the last use is not kept. Failures are not limited.
     *
     * <p>Whoever can write to the folder can make keys, so give that right to those who issue keys and to nobody else;
     * {@code check} needs to read only.
     *
     * @param folder holds the ring and nothing else; see {@link ObjectStore#under}. It stays the caller's to close
     * @param refresh from zero, which reads the ring for each check, to an hour
     */
    static KeyRing inStore(ObjectStore folder, InstantSource clock, SecureRandom random, Duration refresh) {
        return new RecordsKeyRing(new JournalRecords(folder, clock, refresh), clock, random);
    }

    /**
     * Makes a key. It cannot be had again: hand it to its holder and close it.
     *
     * @throws KeywharfException with code {@code key.admin_exists} when it is to be the Admin's and there is one that has
     *     not expired; its id is in the message. With {@code key.too_many} when the ring is full, {@code
     *     key.unknown_organisation} when the ring onboards organisations and has not onboarded this one
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
     * One key, also one that has ended.
     *
     * @throws KeywharfException with code {@code key.unknown} when there is none of this id
     */
    KeyDescription describe(String keyId);

    /** All keys, also those that have ended, by the time of their creation. */
    List<KeyDescription> list();

    /**
     * Makes a key in place of another, with its organisation, label and length of life. The old one opens until the grace
     * is over, or until its own end if that is earlier. Without grace it is revoked.
     *
     * @param grace how long, from zero to {@link KeyRequest#MAX_VALIDITY}
     * @throws KeywharfException with code {@code key.not_active} when the key has ended, or was replaced by one that has
     *     not; that one can be rotated, and its id is in the message. With {@code key.unknown} when there is none of this
     *     id, {@code key.is_admin} when it is the Admin's, {@code key.too_many} when the ring is full and the old one is to
     *     have a grace
     */
    AccessKey rotate(String keyId, Duration grace, Actor by);

    /**
     * Makes the Admin's key in place of the one there is, which is revoked, if it has not expired. Needs no old key, so
     * that one that was lost, or that nobody was ever shown, can be replaced.
     *
     * @param request as {@link KeyRequest#admin()}, with a label and a validity
     * @throws KeywharfException with code {@code key.no_admin} when there is none; with {@code key.admin_changed} when
     *     another rotation came first
     */
    AccessKey rotateAdmin(KeyRequest request, Actor by);

    /**
     * Lets a key end at a time, immediately if that is not in the future. A key's end can only come earlier: a time after
     * the end that it has changes nothing, nor does a call for a key that has ended.
     *
     * @return what it is now
     * @throws KeywharfException with code {@code key.unknown} when there is none of this id, {@code key.is_admin} when it
     *     is the Admin's
     */
    KeyDescription expire(String keyId, Instant when, Actor by);

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
     * @throws KeywharfException with code {@code key.unknown_organisation} when the ring onboards organisations and knows
     *     none of this id
     */
    List<KeyDescription> offboard(Organisation organisation, Actor by);
}
