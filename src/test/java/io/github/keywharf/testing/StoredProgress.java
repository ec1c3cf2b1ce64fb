package io.github.keywharf.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Leases, notes of loads, manifests and records of unloads, as version 0.1.0 wrote them; later ones must read them. */
public final class StoredProgress {
    private static final Path FILES = Path.of("src/test/resources/io/github/keywharf/store/journals");

    private StoredProgress() {}

    /** A new store in memory with all of them. */
    public static ObjectStore store() {
        ObjectStore store = ObjectStore.inMemory();
        try (ObjectStore files = ObjectStore.ofDirectory(FILES);
                Stream<StoredObject> all = files.list("")) {
            all.forEach(object -> store.createIfAbsent(object.key(), files.readSmall(object.key())));
        }
        return store;
    }

    /** Checks that a store has the same objects in a folder, byte for byte. */
    public static void assertSame(ObjectStore written, String folder) {
        assertThat(contents(written, folder)).isNotEmpty().isEqualTo(contents(store(), folder));
    }

    private static Map<String, String> contents(ObjectStore store, String folder) {
        try (Stream<StoredObject> all = store.list(folder)) {
            return all.map(StoredObject::key)
                    .collect(Collectors.toMap(
                            key -> key,
                            key -> new String(store.readSmall(key), StandardCharsets.UTF_8),
                            (a, b) -> a,
                            TreeMap::new));
        }
    }
}
