package io.github.keywharf.dictionary;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Puts texts where they are to be, whole or not at all. */
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
            Path directory = file.toAbsolutePath().getParent();
            Path written = Files.createTempFile(directory, ".dictionary-", ".tmp");
            try {
                Files.write(written, text.getBytes(UTF_8));
                readableByOthers(written);
                move(written, file);
            } finally {
                Files.deleteIfExists(written);
            }
        } catch (IOException e) {
            throw notWritten(file.toString(), e);
        }
    }

    /** A temporary file is for its owner alone, and a page is made to be shown: it gets what any new file here would. */
    private static void readableByOthers(Path written) throws IOException {
        Path probe = written.resolveSibling(written.getFileName() + "-rights");
        Files.createFile(probe);
        try {
            if (Files.getFileStore(probe).supportsFileAttributeView("posix")) {
                Files.setPosixFilePermissions(written, Files.getPosixFilePermissions(probe));
            }
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
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
