package io.github.keywharf.batch;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Looks at how much a program has written into its work directory. Not thread-safe. */
final class WorkSize {

    /** What an entry counts at least, so that empty files cannot fill a disk with their names. */
    static final long ENTRY_BYTES = 512;

    /** How much more time passes between two looks than one takes. */
    private static final int SHARE = 10;

    private final Path directory;
    private final long limit;
    private long notBefore = System.nanoTime();

    /** @param limit in bytes; 0 when there is none */
    WorkSize(Path directory, long limit) {
        this.directory = directory;
        this.limit = limit;
    }

    /** Whether the directory holds more than the limit; looks seldom where a look takes long. */
    boolean isExceeded() {
        long begin = System.nanoTime();
        if (limit == 0 || begin - notBefore < 0) {
            return false;
        }
        boolean exceeded = bytes() > limit;
        long end = System.nanoTime();
        notBefore = end + SHARE * (end - begin);
        return exceeded;
    }

    /** The bytes there, or some number above the limit. */
    private long bytes() {
        long[] sum = {0};
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    return add(attributes.size());
                }

                @Override
                public FileVisitResult preVisitDirectory(Path entry, BasicFileAttributes attributes) {
                    return entry.equals(directory) ? FileVisitResult.CONTINUE : add(0);
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    // What is hidden, or deeper than any path reaches, could be any number of bytes.
                    if (e instanceof NoSuchFileException || e instanceof NotDirectoryException) {
                        return FileVisitResult.CONTINUE;
                    }
                    sum[0] = Long.MAX_VALUE;
                    return FileVisitResult.TERMINATE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path entry, @Nullable IOException e) {
                    return FileVisitResult.CONTINUE;
                }

                private FileVisitResult add(long bytes) {
                    sum[0] += Math.max(bytes, ENTRY_BYTES);
                    return sum[0] > limit ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            // What could be read counts.
            return sum[0];
        }
        return sum[0];
    }
}
