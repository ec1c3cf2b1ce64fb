package io.github.keywharf.internal;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files that exist completely or not at all. */
public final class WholeFile {

    private WholeFile() {}

    /** Writes a file with the permissions of any new file, and replaces an existing one. */
    public static void write(Path file, byte[] content) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        Path written = Files.createTempFile(directory, ".keywharf-", ".tmp");
        try {
            Files.write(written, content);
            readableByOthers(written);
            move(written, file);
        } finally {
            Files.deleteIfExists(written);
        }
    }

    /** Replaces the permissions of a temporary file, which only its owner may read, with those of any new file here. */
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
}
