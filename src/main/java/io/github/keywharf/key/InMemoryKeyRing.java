package io.github.keywharf.key;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keys in a map. */
final class InMemoryKeyRing implements KeyRing {
    private final InstantSource clock;
    private final SecureRandom random;
    private final Map<String, KeyRecord> records = new LinkedHashMap<>();
    private final Map<String, Instant> uses = new LinkedHashMap<>();

    InMemoryKeyRing(InstantSource clock, SecureRandom random) {
        this.clock = clock;
        this.random = random;
    }

    @Override
    public synchronized AccessKey issue(KeyRequest request, Actor by) {
        if (request.organisation().isEmpty()) {
            Optional<KeyRecord> admin = admin();
            if (admin.isPresent()) {
                throw new KeywharfException(
                        "key.admin_exists",
                        "admin",
                        "There is an Admin key already, " + admin.get().id());
            }
        }
        AccessKey key = AccessKey.generate(random);
        KeyRecord record = KeyRecord.of(key, request, by, clock.instant());
        records.put(key.id(), record.withState(KeyState.ACTIVE, Optional.empty()));
        return key;
    }

    private Optional<KeyRecord> admin() {
        return records.values().stream()
                .filter(KeyRecord::isAdmin)
                .filter(record -> record.stateAt(clock.instant()).isOpen())
                .findFirst();
    }

    @Override
    public synchronized Grant check(AccessKey key, String from) {
        Actor.origin(from);
        KeyRecord record = records.get(key.id());
        if (record == null) {
            throw KeyRecord.unknown(key);
        }
        Grant grant = record.grant(key, clock.instant());
        uses.put(key.id(), clock.instant());
        return grant;
    }

    @Override
    public synchronized KeyDescription revoke(String keyId, Actor by) {
        KeyRecord record = records.get(keyId);
        if (record == null) {
            throw new KeywharfException(
                    "key.unknown", "key " + Texts.printable(keyId, 40), "There is no such key; see list()");
        }
        Instant now = clock.instant();
        if (record.isAdmin() && record.stateAt(now).isOpen()) {
            throw new KeywharfException("key.is_admin", "key " + keyId, "The Admin's key cannot be revoked");
        }
        return describe(ended(record, now), now);
    }

    private KeyRecord ended(KeyRecord record, Instant now) {
        if (record.stateAt(now).hasEnded()) {
            return record;
        }
        KeyRecord ended = record.withState(KeyState.REVOKED, Optional.of(now));
        records.put(record.id(), ended);
        return ended;
    }

    @Override
    public synchronized List<KeyDescription> dismiss(Organisation organisation, Actor by) {
        Instant now = clock.instant();
        List<KeyRecord> open = records.values().stream()
                .filter(record -> record.organisation().equals(Optional.of(organisation)))
                .filter(record -> !record.stateAt(now).hasEnded())
                .toList();
        return open.stream()
                .map(record -> describe(ended(record, now), now))
                .sorted(Comparator.comparing(KeyDescription::created).thenComparing(KeyDescription::id))
                .toList();
    }

    private KeyDescription describe(KeyRecord record, Instant now) {
        return record.describe(now).withLastUsed(Optional.ofNullable(uses.get(record.id())));
    }

    @Override
    public synchronized List<KeyDescription> list() {
        Instant now = clock.instant();
        return records.values().stream()
                .map(record -> describe(record, now))
                .sorted(Comparator.comparing(KeyDescription::created).thenComparing(KeyDescription::id))
                .toList();
    }

    @Override
    public String toString() {
        return "KeyRing.inMemory";
    }
}
