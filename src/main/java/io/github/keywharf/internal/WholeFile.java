package io.github.keywharf.internal;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files that are there whole or not at all. */
public final class WholeFile {

    private WholeFile() {}

    /** Writes a file that others may read, in place of one that is there. */
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

    /** A temporary file is for its owner alone: it gets the permissions that any new file here would. */
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
