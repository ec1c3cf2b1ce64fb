package io.github.keywharf.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/** Directories and files that other users of the machine cannot read. */
public final class OwnerOnly {

    /** Prefix of files that {@link #write} has not moved to their final name, or that a crash left behind. */
    public static final String TEMPORARY = ".keywharf-";

    private OwnerOnly() {}

    /** Attributes for creating a directory on the file system of a path; none where it has no POSIX permissions. */
    public static FileAttribute<?>[] directory(Path path) {
        return with(path, "rwx------");
    }

    /** Attributes for creating a file on the file system of a path; none where it has no POSIX permissions. */
    public static FileAttribute<?>[] file(Path path) {
        return with(path, "rw-------");
    }

    private static FileAttribute<?>[] with(Path path, String permissions) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /**
     * Writes a file durably that only its owner may read and write. An existing one is replaced by another file: readers see
     * the whole old content or the whole new one.
     *
     * @param file file in an existing folder
     */
    public static void write(Path file, byte[] content) throws IOException {
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a folder");
        // Created with mode 0600 where there are modes.
        Path temporary = Files.createTempFile(folder, TEMPORARY, ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer left = ByteBuffer.wrap(content);
                while (left.hasRemaining()) {
                    channel.write(left);
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
        FolderSync.TO_DISK.force(folder);
    }
}
