package io.github.keywharf.key;

import io.github.keywharf.Organisation;
import io.github.keywharf.key.RecordsPlace.Note;
import io.github.keywharf.store.StoredJson;
import java.time.Instant;
import java.util.List;

/**
 * Entry of a ring's journal: the records after a change.
 *
 * @param action name of the change, which {@code by} made from {@code from} at {@code at}
 * @param keys records after the change
 */
record KeyRecordsEntry(String action, String by, String from, Instant at, List<KeyRecord> keys) {
    static final StoredJson<KeyRecordsEntry> FORMAT = StoredJson.of(
                    KeyRecordsEntry.class,
                    "ring of keys",
                    "key.ring_unreadable",
                    "restore the object, or give the ring a folder in which there is nothing else")
            .version("format", 1)
            .storing(Organisation.class, String.class, Organisation::id, Organisation::of);

    /** Checks the actor, and the keys' ids and number. */
    KeyRecordsEntry {
        Actor.of(by, from);
        KeyRecords.of(keys);
        for (KeyRecord key : keys) {
            if (!AccessKey.isId(key.id())) {
                throw new IllegalArgumentException("A key's id is not valid");
            }
        }
    }

    static KeyRecordsEntry of(Note note, KeyRecords records) {
        return new KeyRecordsEntry(
                note.action(), note.by().name(), note.by().from(), note.at(), List.copyOf(records.all()));
    }

    KeyRecords records() {
        return KeyRecords.of(keys);
    }
}
