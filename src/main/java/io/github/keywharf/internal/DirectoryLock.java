package io.github.keywharf.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Exclusive lock of a directory among all processes, held until it is closed or its process ends. */
public final class DirectoryLock implements AutoCloseable {

    /**
     * Directories that this process has locked. A second channel of a lock's file is not opened, because closing it would
     * release the lock.
     */
    private static final Set<Path> TAKEN = new HashSet<>();

    /** Name of the lock file in the directory, which is created if missing, and never deleted. */
    public static final String NAME = "lock";

    private final Path directory;
    private final FileChannel channel;

    private DirectoryLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /** Locks an existing directory by a file {@code lock} in it; empty if it is locked already. */
    public static Optional<DirectoryLock> tryTake(Path directory) throws IOException {
        Path real = directory.toRealPath();
        synchronized (TAKEN) {
            if (TAKEN.contains(real)) {
                return Optional.empty();
            }
            FileChannel channel = FileChannel.open(
                    real.resolve(NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            @Nullable FileLock lock = null;
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException e) {
                // A copy of this class in another class loader holds it.
                return Optional.empty();
            } finally {
                if (lock == null) {
                    channel.close();
                }
            }
            if (lock == null) {
                return Optional.empty();
            }
            TAKEN.add(real);
            return Optional.of(new DirectoryLock(real, channel));
        }
    }

    /** Closing twice is harmless. */
    @Override
    public void close() throws IOException {
        synchronized (TAKEN) {
            if (channel.isOpen()) {
                TAKEN.remove(directory);
                channel.close();
            }
        }
    }

    @Override
    public String toString() {
        return "DirectoryLock[" + directory + "]";
    }
}
