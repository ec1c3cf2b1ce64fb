package io.github.keywharf.batch;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Removes what an app or a client has left, whatever it did to keep it: directories that cannot be looked into, and trees
 * deeper than the longest path. No link is followed. Not thread-safe.
 */
final class Removal extends SimpleFileVisitor<Path> {

    /** Levels that one pass goes down; of names as long as they may be, no path becomes too long by them. */
    private static final int DEPTH = 8;

    private static final int MAX_PASSES = 100_000;

    private final Path top;
    private final Set<Path> opened = new HashSet<>();

    Removal(Path top) {
        this.top = top;
    }

    void run() throws IOException {
        for (int pass = 0; Files.exists(top, LinkOption.NOFOLLOW_LINKS); pass++) {
            if (pass == MAX_PASSES) {
                throw new FileSystemException(top.toString(), null, "somebody goes on writing into it");
            }
            Files.walkFileTree(top, Set.of(), DEPTH, this);
        }
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
        openIfClosed(directory);
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        if (attributes.isDirectory()) {
            // As deep as this pass goes: the next one finds it at the top.
            openIfClosed(file);
            Files.move(file, top.resolve(UUID.randomUUID().toString()), StandardCopyOption.ATOMIC_MOVE);
        } else {
            Files.deleteIfExists(file);
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
        if (!(failure instanceof AccessDeniedException) || !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            return super.visitFileFailed(file, failure);
        }
        if (!opened.add(file)) {
            throw failure;
        }
        open(file);
        return FileVisitResult.CONTINUE;
    }

    private static void openIfClosed(Path directory) throws IOException {
        if (!Files.isWritable(directory) || !Files.isExecutable(directory)) {
            open(directory);
        }
    }

    private static void open(Path directory) throws IOException {
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
        if (failure != null) {
            throw failure;
        }
        try {
            Files.deleteIfExists(directory);
        } catch (DirectoryNotEmptyException e) {
            // What is left is removed by the next pass.
            return FileVisitResult.CONTINUE;
        }
        return FileVisitResult.CONTINUE;
    }
}
