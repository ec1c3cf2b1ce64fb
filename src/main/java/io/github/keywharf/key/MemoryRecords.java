package io.github.keywharf.key;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Records in memory, lost with the process. */
final class MemoryRecords implements RecordsPlace {
    private final Map<String, Instant> uses = new HashMap<>();
    private KeyRecords records = KeyRecords.NONE;

    @Override
    public synchronized KeyRecords recent() {
        return records;
    }

    @Override
    public KeyRecords newest() {
        return recent();
    }

    @Override
    public synchronized KeyRecords update(Note note, UnaryOperator<KeyRecords> change) {
        records = change.apply(records);
        uses.keySet().removeIf(id -> records.find(id).isEmpty());
        return records;
    }

    @Override
    public synchronized void used(String keyId, Instant at) {
        uses.put(keyId, at);
    }

    @Override
    public synchronized Optional<Instant> lastUsed(String keyId) {
        return Optional.ofNullable(uses.get(keyId));
    }

    @Override
    public String toString() {
        return "KeyRing.inMemory";
    }
}
