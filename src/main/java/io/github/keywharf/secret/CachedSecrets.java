package io.github.keywharf.secret;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Checks;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Cache of the secrets of another source, each for a time to live. Thread-safe: one of several concurrent callers reads and the
 * others wait for its result. Each caller gets a copy, which it may close. Absent secrets are not cached.
 *
 * <p>While the other source {@linkplain KeywharfException#retryable() cannot be reached}, a secret is served for twice that time.
 */
public final class CachedSecrets implements SecretSource {
    /** The most secrets in the cache, 1,000; further ones are read each time. */
    public static final int MAX_SECRETS = 1_000;

    private final SecretSource source;
    private final Duration ttl;
    private final InstantSource clock;
    private final Map<String, Slot> slots = new ConcurrentHashMap<>();

    CachedSecrets(SecretSource source, Duration ttl, InstantSource clock) {
        Checks.positive("ttl", ttl);
        this.source = source;
        this.ttl = ttl;
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    @Override
    public Optional<Secret> find(String name) {
        Objects.requireNonNull(name, "name");
        Slot slot = slot(name);
        return slot == null ? source.find(name) : slot.find();
    }

    /**
     * Reads a secret from the other source although it is cached, for example after a login that was refused because the
     * secret was rotated. A read that another caller began after this call is used instead.
     *
     * @throws KeywharfException if the other source cannot be read
     */
    public Optional<Secret> refresh(String name) {
        Objects.requireNonNull(name, "name");
        Slot slot = slot(name);
        return slot == null ? source.find(name) : slot.refresh();
    }

    private @Nullable Slot slot(String name) {
        Slot slot = slots.get(name);
        return slot != null || slots.size() >= MAX_SECRETS ? slot : slots.computeIfAbsent(name, Slot::new);
    }

    @Override
    public String toString() {
        return source + ", each secret kept for " + ttl;
    }

    /** Cache of one secret. */
    private final class Slot {
        private final String name;

        /** Number of reads that have begun; they begin and end under the slot's lock. */
        private final AtomicLong reads = new AtomicLong();

        private @Nullable Secret cached;
        private Instant cachedAt = Instant.MIN;

        /** Number of the latest read that did not fail. */
        private long lastSuccess;

        Slot(String name) {
            this.name = name;
        }

        synchronized Optional<Secret> find() {
            Secret present = cached;
            Duration age = present == null ? ttl : Duration.between(cachedAt, clock.instant());
            // A clock that was set back does not make a secret last longer.
            if (present != null && age.compareTo(ttl) < 0 && !age.isNegative()) {
                return Optional.of(present.copy());
            }
            try {
                return read();
            } catch (KeywharfException e) {
                if (present == null || !e.retryable() || age.compareTo(ttl.multipliedBy(2)) >= 0 || age.isNegative()) {
                    throw e;
                }
                return Optional.of(present.copy());
            }
        }

        Optional<Secret> refresh() {
            long before = reads.get();
            synchronized (this) {
                return cached != null && lastSuccess > before ? Optional.of(cached.copy()) : read();
            }
        }

        private Optional<Secret> read() {
            long number = reads.incrementAndGet();
            Instant begun = clock.instant();
            Optional<Secret> found;
            try {
                found = source.find(name);
            } catch (RuntimeException e) {
                if (cached == null) {
                    // Names that cannot be read must not fill the cache.
                    slots.remove(name, this);
                }
                throw e;
            }
            if (cached != null) {
                cached.close();
            }
            cached = found.map(Secret::copy).orElse(null);
            cachedAt = begun;
            lastSuccess = number;
            if (found.isEmpty()) {
                slots.remove(name, this);
            }
            return found;
        }
    }
}
