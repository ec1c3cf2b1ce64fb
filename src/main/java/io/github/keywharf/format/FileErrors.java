package io.github.keywharf.format;

import io.github.keywharf.KeywharfException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What is wrong with a file on a disk, in the same words for each format. */
final class FileErrors {
    private FileErrors() {}

    /** Refuses a directory, which can be opened like a file and fails only when it is read or replaced. */
    static void checkFile(Path path) {
        if (Files.isDirectory(path)) {
            throw new KeywharfException(
                    "format.not_a_file",
                    path.toString(),
                    "is a directory, not a file; check the path " + path.toAbsolutePath());
        }
    }

    static KeywharfException notFound(Path path, NoSuchFileException cause) {
        return new KeywharfException(
                "format.not_found", path.toString(), "does not exist; check the path " + path.toAbsolutePath(), cause);
    }

    static KeywharfException noFolder(Path path, NoSuchFileException cause) {
        return new KeywharfException(
                "format.not_found",
                path.toString(),
                "cannot be written: the folder " + path.toAbsolutePath().getParent() + " does not exist; create it",
                cause);
    }

    static KeywharfException failed(Path path, IOException cause) {
        return new KeywharfException("store.failed", path.toString(), "The disk failed: " + cause, cause);
    }
}
