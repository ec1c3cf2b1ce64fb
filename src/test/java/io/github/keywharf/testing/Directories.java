package io.github.keywharf.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Temporary directories of servers. */
final class Directories {
    /** The build's tests set it: making and removing thousands of files takes a disk's file system most of the time. */
    private static final boolean IN_MEMORY = Boolean.getBoolean("keywharf.test.memory");

    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long ENOUGH = 4L << 30;

    private Directories() {}

    /** A new directory; in memory where the build asks for it and there is room. */
    static Path temporary(String prefix) throws IOException {
        return IN_MEMORY
                        && Files.isWritable(MEMORY)
                        && Files.getFileStore(MEMORY).getUsableSpace() >= ENOUGH
                ? Files.createTempDirectory(MEMORY, prefix)
                : Files.createTempDirectory(prefix);
    }

    static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(directory)) {
            List<Path> deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("[test directory] " + directory + " cannot be deleted", e);
        }
    }

    /** Copies what is in a directory into another one, which is there and empty. */
    static void copy(Path from, Path to) throws IOException {
        List<Path> paths;
        try (Stream<Path> all = Files.walk(from)) {
            paths = all.skip(1).toList();
        }
        for (Path path : paths) {
            Files.copy(path, to.resolve(from.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
        }
    }
}
