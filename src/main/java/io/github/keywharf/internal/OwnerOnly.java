package io.github.keywharf.internal;

import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Directories that other users of the machine cannot look into. */
public final class OwnerOnly {

    private OwnerOnly() {}

    /** With what to create a directory on the file system of a path; nothing where there are no POSIX permissions. */
    public static FileAttribute<?>[] directory(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0];
    }
}
