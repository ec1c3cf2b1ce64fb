package io.github.keywharf.dictionary;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.WholeFile;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import java.io.IOException;
import java.nio.file.Path;

/** Writes files and objects atomically. */
final class DictionaryFiles {
    private DictionaryFiles() {}

    static StoredObject write(ObjectStore store, String key, String text) {
        try (ObjectWriter writer = store.create(key)) {
            writer.write(text.getBytes(UTF_8));
            return writer.commit();
        } catch (IOException e) {
            throw notWritten(key, e);
        }
    }

    static void write(Path file, String text) {
        try {
            WholeFile.write(file, text.getBytes(UTF_8));
        } catch (IOException e) {
            throw notWritten(file.toString(), e);
        }
    }

    private static KeywharfException notWritten(String subject, IOException cause) {
        return new KeywharfException(
                "dictionary.not_written",
                subject,
                "The dictionary cannot be written: " + cause + "; check the directory and its rights",
                cause);
    }
}
