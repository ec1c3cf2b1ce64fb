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
 * Secrets of another source, each kept for a time. Thread-safe: of concurrent callers one reads and the others wait for what
 * it gets. Each caller gets a copy, which it may close. Absent secrets are not kept.
 *
 * <p>While the other source {@linkplain KeywharfException#retryable() cannot be reached}, a secret is served for twice the time.
 */
public final class CachedSecrets implements SecretSource {
    /** How many secrets are kept, 1,000; more are read each time. */
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
     * Reads a secret from the other source although it is kept, as after a login that was refused because the secret was
     * rotated. A read that another caller began after this call does as well.
     *
     * @throws KeywharfException when the other source cannot be read
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

    /** What is kept of one secret. */
    private final class Slot {
        private final String name;

        /** How many reads have begun; they begin and end under the slot's lock. */
        private final AtomicLong reads = new AtomicLong();

        private @Nullable Secret kept;
        private Instant read = Instant.MIN;

        /** The number of the latest read that did not fail. */
        private long good;

        Slot(String name) {
            this.name = name;
        }

        synchronized Optional<Secret> find() {
            Secret present = kept;
            Duration age = present == null ? ttl : Duration.between(read, clock.instant());
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
                return kept != null && good > before ? Optional.of(kept.copy()) : read();
            }
        }

        private Optional<Secret> read() {
            long number = reads.incrementAndGet();
            Instant asked = clock.instant();
            Optional<Secret> found;
            try {
                found = source.find(name);
            } catch (RuntimeException e) {
                if (kept == null) {
                    // Names that cannot be read leave no room for others otherwise.
                    slots.remove(name, this);
                }
                throw e;
            }
            if (kept != null) {
                kept.close();
            }
            kept = found.map(Secret::copy).orElse(null);
            read = asked;
            good = number;
            if (found.isEmpty()) {
                slots.remove(name, this);
            }
            return found;
        }
    }
}
