package io.github.keywharf.query.duckdb;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.OwnerOnly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An engine's temporary files, in a directory that only the owner may look into. A lock on a file shows that the process
 * lives; directories whose lock is free are what a crashed one left, and are deleted by the next engine. Those of this process
 * are not looked at, since a process loses its locks on a file when it closes any channel of it; nor are those of other users,
 * who could have files deleted by links.
 */
final class EngineFolder implements AutoCloseable {

    static final String PREFIX = "keywharf-duckdb-";
    private static final String OF_THIS_PROCESS =
            PREFIX + ProcessHandle.current().pid() + "-" + startOfThisProcess() + "-";
    private static final String LOCK = "lock";
    private static final Logger LOG = LoggerFactory.getLogger(EngineFolder.class);

    private final Path root;
    private final FileChannel lock;
    private final AtomicLong files = new AtomicLong();

    private EngineFolder(Path root, FileChannel lock) {
        this.root = root;
        this.lock = lock;
    }

    static EngineFolder create(Path parent) {
        try {
            Files.createDirectories(parent);
            Path root = Files.createTempDirectory(parent, OF_THIS_PROCESS, OwnerOnly.directory(parent))
                    .toRealPath();
            deleteAbandoned(parent, Files.getOwner(root));
            // Locked before it has its name, so that no other engine finds it free.
            Path unnamed = root.resolve("locking");
            FileChannel lock = FileChannel.open(unnamed, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            lock.lock();
            Files.move(unnamed, root.resolve(LOCK));
            EngineFolder folder = new EngineFolder(root, lock);
            Files.createDirectory(folder.data());
            Files.createDirectory(folder.spill());
            return folder;
        } catch (IOException e) {
            throw new KeywharfException(
                    "query.cannot_open",
                    parent.toString(),
                    "The temporary directory cannot be used: " + e + "; choose another by tempDirectory(…)",
                    e);
        }
    }

    /** Distinguishes processes that have the same number one after the other, as in a container. */
    private static long startOfThisProcess() {
        return ProcessHandle.current()
                .info()
                .startInstant()
                .map(Instant::toEpochMilli)
                .orElse(0L);
    }

    private static void deleteAbandoned(Path parent, UserPrincipal owner) throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path folder : found) {
                if (isAbandoned(folder, owner)) {
                    delete(folder);
                }
            }
        }
    }

    private static boolean isAbandoned(Path folder, UserPrincipal owner) {
        if (folder.getFileName().toString().startsWith(OF_THIS_PROCESS)) {
            return false;
        }
        try {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                    || !Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(owner)) {
                return false;
            }
        } catch (IOException e) {
            // It has gone meanwhile.
            return false;
        }
        try (FileChannel channel =
                        FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                FileLock taken = channel.tryLock()) {
            return taken != null;
        } catch (IOException | OverlappingFileLockException e) {
            return false;
        }
    }

    /** The directory that statements may reach: tables and results. */
    Path data() {
        return root.resolve("data");
    }

    /** The directory for what does not fit into memory. */
    Path spill() {
        return root.resolve("spill");
    }

    /** A file that is not there yet. */
    Path newFile(String end) {
        return data().resolve(files.incrementAndGet() + end);
    }

    /** Deletes files that are no longer needed; those that are still open go when the engine is closed. */
    static void delete(List<Path> files) {
        for (Path file : files) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                LOG.debug("{} cannot be deleted yet", file, e);
            }
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            delete(all.sorted(Comparator.reverseOrder()).toList());
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("Temporary files cannot be deleted: {}", folder, e);
        }
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            LOG.debug("The lock of {} cannot be released", root, e);
        }
        delete(root);
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
