package io.github.keywharf.store;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.FolderSync;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Store whose objects are files. A file is written in a hidden folder, and moved to its key when it is complete. */
final class DirectoryStore implements ObjectStore {
    static final String WRITING = ".keywharf-writing";

    /** Attempts to move an object into a folder that a deletion may prune at the same time. */
    private static final int PLACE_ATTEMPTS = 100;

    /** Age from which files that a crashed process was writing are deleted. */
    private static final Duration ABANDONED = Duration.ofDays(7);

    /** Limit to reported files that no key can name. */
    private static final int MOST_SKIPPED = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(DirectoryStore.class);

    private final Path root;
    private final String name;
    private final InstantSource clock;
    private final FolderSync sync;
    private final AtomicBoolean swept = new AtomicBoolean();
    private final Set<Path> skipped = ConcurrentHashMap.newKeySet();

    DirectoryStore(Path directory, FolderSync sync, InstantSource clock) {
        this.root = directory.toAbsolutePath().normalize();
        this.name = root.toString();
        this.sync = sync;
        this.clock = clock;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Stream<StoredObject> list(String prefix) {
        return list(prefix, "");
    }

    @Override
    public Stream<StoredObject> list(String prefix, String startAfter) {
        ObjectKeys.checkPrefix(prefix);
        ObjectKeys.checkPrefix(startAfter);
        int ordered = Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL;
        return StreamSupport.stream(
                () -> Spliterators.spliteratorUnknownSize(
                        new DirectoryListing(this, root, prefix, startAfter), ordered),
                ordered,
                false);
    }

    @Override
    public ObjectReader open(String key) {
        Path file = path(key);
        try {
            return DirectoryReader.open(this, key, file);
        } catch (NoSuchFileException e) {
            throw StoreErrors.notFound(this, key, e);
        } catch (IOException e) {
            if (!(e instanceof AccessDeniedException) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw StoreErrors.notFound(this, key, e);
            }
            throw StoreErrors.failed(this, key, "open it", e);
        }
    }

    @Override
    public Optional<Path> findFile(String key) {
        open(key).close();
        return Optional.of(path(key));
    }

    @Override
    public ObjectWriter create(String key) {
        path(key);
        try {
            return new DirectoryWriter(this, key, newTemporary());
        } catch (IOException e) {
            throw StoreErrors.failed(this, key, "begin it", e);
        }
    }

    @Override
    public boolean createIfAbsent(String key, byte[] content) {
        return createOnce(key, new ByteArrayInputStream(content));
    }

    @Override
    public boolean copy(String from, String to) {
        path(to);
        return copy(open(from), to);
    }

    @Override
    public boolean copy(StoredObject version, String to) {
        path(to);
        return copy(open(version), to);
    }

    private boolean copy(ObjectReader opened, String to) {
        try (opened;
                InputStream content = opened.stream()) {
            return createOnce(to, content);
        } catch (IOException e) {
            throw StoreErrors.failed(this, opened.object().key(), "copy it", e);
        }
    }

    private boolean createOnce(String key, InputStream content) {
        Path file = path(key);
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        Path temporary = null;
        try {
            temporary = newTemporary();
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                content.transferTo(Channels.newOutputStream(channel));
                finish(temporary, channel);
            }
            place(key, temporary, Placement.NEW);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (UnsupportedOperationException e) {
            throw new KeywharfException(
                    "store.unsupported",
                    StoreErrors.subject(this, key),
                    "The file system has no hard links, by which an object is created only once; use another",
                    e);
        } catch (IOException e) {
            throw StoreErrors.failed(this, key, "create it", e);
        } finally {
            discard(temporary);
        }
    }

    @Override
    public void delete(String key) {
        Path file = path(key);
        try {
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                Files.deleteIfExists(file);
                prune(file.getParent());
            }
        } catch (IOException e) {
            throw StoreErrors.failed(this, key, "delete it", e);
        }
    }

    /** File of a key, after a check that its path has no symbolic link. */
    private Path path(String key) {
        ObjectKeys.check(key);
        if (key.equals(WRITING) || key.startsWith(WRITING + "/")) {
            throw StoreErrors.keyConflict(this, key, null);
        }
        Path file;
        try {
            file = root.resolve(key);
        } catch (InvalidPathException e) {
            throw new KeywharfException(
                    "store.key_unsupported",
                    StoreErrors.subject(this, key),
                    "The file system cannot name a file so (" + e.getReason()
                            + "); choose another key, or start Java under a UTF-8 locale",
                    e);
        }
        if (!file.startsWith(root)) {
            throw new KeywharfException(
                    "store.confined",
                    StoreErrors.subject(this, key),
                    "The key leads out of the directory; choose one without a drive's letter");
        }
        for (Path part = file; part != null && !part.equals(root); part = part.getParent()) {
            if (Files.isSymbolicLink(part)) {
                throw new KeywharfException(
                        "store.confined",
                        StoreErrors.subject(this, key),
                        "A symbolic link is in the way: " + part + "; links below the directory are not followed");
            }
        }
        return file;
    }

    private Path newTemporary() throws IOException {
        Path folder = root.resolve(WRITING);
        if (!Files.isDirectory(root)) {
            createRoot();
        }
        Files.createDirectories(folder);
        if (swept.compareAndSet(false, true)) {
            sweep(folder);
        }
        return Files.createFile(folder.resolve(UUID.randomUUID().toString()));
    }

    private void createRoot() throws IOException {
        Path existing = root;
        while (existing.getParent() != null && !Files.isDirectory(existing)) {
            existing = existing.getParent();
        }
        Files.createDirectories(root);
        for (Path part = root.getParent(); part != null && part.startsWith(existing); part = part.getParent()) {
            sync.force(part);
        }
    }

    /** Deletes files that dead processes were writing. */
    private void sweep(Path folder) throws IOException {
        Instant limit = clock.instant().minus(ABANDONED);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                if (Files.getLastModifiedTime(entry, LinkOption.NOFOLLOW_LINKS)
                        .toInstant()
                        .isBefore(limit)) {
                    discard(entry);
                }
            }
        } catch (NoSuchFileException sweptByAnother) {
            return;
        }
    }

    /** Sets the time of a written file to the microsecond, which distinguishes quick replacements, and forces it to disk. */
    void finish(Path temporary, FileChannel channel) throws IOException {
        Files.setLastModifiedTime(temporary, FileTime.from(clock.instant()));
        channel.force(true);
    }

    /** Moves a finished file to its key, in place of another one. */
    void replace(String key, Path temporary) throws IOException {
        place(key, temporary, Placement.REPLACING);
    }

    private enum Placement {
        NEW,
        REPLACING
    }

    private void place(String key, Path temporary, Placement placement) throws IOException {
        Path file = path(key);
        Path folder = Objects.requireNonNull(file.getParent(), "an object lies below the root");
        for (int attempt = 1; ; attempt++) {
            try {
                Files.createDirectories(folder);
                if (placement == Placement.REPLACING) {
                    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                } else {
                    Files.createLink(file, temporary);
                }
                break;
            } catch (FileSystemException e) {
                boolean again = e instanceof NoSuchFileException
                        || e instanceof FileAlreadyExistsException
                        || Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
                boolean present = placement == Placement.NEW && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
                if (!present && blocked(file)) {
                    throw StoreErrors.keyConflict(this, key, e);
                }
                if (present || !again || !Files.exists(temporary) || attempt == PLACE_ATTEMPTS) {
                    throw e;
                }
            }
        }
        force(folder);
    }

    /**
     * Forces all folders on the path of an object to disk, because another thread may have created one and not forced it yet.
     * An unchanged folder costs almost nothing.
     */
    private void force(Path folder) {
        for (Path part = folder; part != null && part.startsWith(root); part = part.getParent()) {
            sync.force(part);
        }
    }

    /** Returns true if an object is in place of a folder of the path, or a folder with objects in place of the object. */
    private boolean blocked(Path file) throws IOException {
        for (Path part = file.getParent(); part != null && !part.equals(root); part = part.getParent()) {
            if (Files.isRegularFile(part, LinkOption.NOFOLLOW_LINKS)) {
                return true;
            }
        }
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            try {
                Files.deleteIfExists(file);
            } catch (DirectoryNotEmptyException e) {
                return true;
            }
        }
        return false;
    }

    /** Deletes empty folders, up to the root. */
    private void prune(@Nullable Path folder) throws IOException {
        for (Path part = folder; part != null && !part.equals(root); part = part.getParent()) {
            try {
                Files.deleteIfExists(part);
            } catch (DirectoryNotEmptyException stillInUse) {
                return;
            }
        }
    }

    /** Logs once that a file is not listed because no key can name it. */
    void reportSkipped(Path entry) {
        if (skipped.size() < MOST_SKIPPED && skipped.add(entry)) {
            LOG.atWarn()
                    .addKeyValue("directory", name)
                    .addKeyValue("name", entry.getFileName())
                    .log("A file is not listed: no key can name it; rename it, or start Java under a UTF-8 locale");
        }
    }

    static void discard(@Nullable Path temporary) {
        try {
            if (temporary != null) {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException leftBehind) {
            return;
        }
    }

    static StoredObject stored(String key, BasicFileAttributes attributes) {
        Instant modified = attributes.lastModifiedTime().toInstant();
        Object fileKey = attributes.fileKey();
        String etag = Long.toHexString(attributes.size()) + "-" + Long.toHexString(modified.getEpochSecond()) + "."
                + Integer.toHexString(modified.getNano()) + "-"
                + (fileKey == null ? "" : Integer.toHexString(fileKey.toString().hashCode()));
        return new StoredObject(key, attributes.size(), etag, modified);
    }

    @Override
    public String toString() {
        return "ObjectStore[" + name() + "]";
    }
}
