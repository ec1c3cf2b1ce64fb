package io.github.keywharf.pipeline.zone;

import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import java.time.LocalDateTime;
import java.util.Optional;
import java.util.stream.Stream;

/** Looks up, in a zone laid out as {@link KeyLayout#TABLE_BY_DAY}, what was ingested last of a table. */
public final class LatestIngest {

    private final ObjectStore zone;

    private LatestIngest(ObjectStore zone) {
        this.zone = zone;
    }

    /** Looks into this zone, which stays open. */
    public static LatestIngest of(ObjectStore zone) {
        return new LatestIngest(zone);
    }

    /** The key of the newest file of a table: the greatest one, however many there are; empty when there is none. */
    public Optional<String> findKey(String table) {
        try (Stream<StoredObject> files = zone.list(table + "/")) {
            return files.map(StoredObject::key)
                    .filter(key -> KeyLayout.FileKeys.time(key).isPresent())
                    .reduce((earlier, later) -> later);
        }
    }

    /** The time that the newest file's key holds, UTC; empty when there is no file. */
    public Optional<LocalDateTime> findTime(String table) {
        return findKey(table).flatMap(KeyLayout.FileKeys::time);
    }

    @Override
    public String toString() {
        return "LatestIngest[" + zone.name() + "]";
    }
}
