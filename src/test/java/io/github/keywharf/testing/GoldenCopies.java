package io.github.keywharf.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Golden copies: what an earlier version stored, one file for each value. Later versions must read them. */
public final class GoldenCopies {
    private static final Path FILES = Path.of("src/test/resources/io/github/keywharf/golden");

    private GoldenCopies() {}

    /** The stored content of a value. */
    public static byte[] read(String name) {
        try {
            return Files.readAllBytes(path(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The stored content of a text. */
    public static String text(String name) {
        return new String(read(name), StandardCharsets.UTF_8);
    }

    /** The golden copies in a folder, or one of them. */
    public static Path path(String name) {
        return FILES.resolve(name);
    }

    /** Checks that a value is still written byte for byte. */
    public static void assertWritten(String name, byte[] written) {
        assertThat(new String(written, StandardCharsets.UTF_8)).as(name).isEqualTo(text(name));
    }

    /** Checks that a value is still written as the same JSON, perhaps with its members in another order. */
    public static void assertSameJson(String name, byte[] written) {
        try {
            JsonMapper json = new JsonMapper();
            assertThat(json.readTree(written)).as(name).isEqualTo(json.readTree(read(name)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A new store in memory with the golden copies in a folder. */
    public static ObjectStore store(String folder) {
        ObjectStore store = ObjectStore.inMemory();
        try (ObjectStore files = ObjectStore.ofDirectory(path(folder));
                Stream<StoredObject> all = files.list("")) {
            all.forEach(object -> store.createIfAbsent(object.key(), files.readSmall(object.key())));
        }
        return store;
    }
}
