package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.internal.OwnerOnly;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.ArrayList;
import java.util.List;

/**
 * The directories below {@code staging}, all on one file system, so that a file is taken by renaming it. No symbolic link is
 * followed below the root. Thread-safe.
 */
final class StagingArea {

    /** What a file is called here whose own name cannot be used; no constraint allows it. */
    static final String NAMELESS = "_";

    private static final String DATA = "data";
    private static final String FILES = "files";
    private static final String QUARANTINE = "quarantine";
    private static final String WORK = "work";

    private final Path root;
    private final FileAttribute<?>[] attributes;

    StagingArea(Path root) {
        this.root = root.toAbsolutePath().normalize();
        this.attributes = OwnerOnly.directory(this.root);
    }

    Path root() {
        return root;
    }

    private Path own(Organisation tenant) {
        return root.resolve(tenant.id());
    }

    /** Where others put a tenant's files. */
    Path data(Organisation tenant) {
        return own(tenant).resolve(DATA);
    }

    private Path files(Organisation tenant) {
        return own(tenant).resolve(FILES);
    }

    /** The directory of a file that was taken. */
    Path taken(Organisation tenant, String id) {
        return files(tenant).resolve(id);
    }

    /** The directory of a file that was refused. */
    Path refused(Organisation tenant, String id) {
        return own(tenant).resolve(QUARANTINE).resolve(id);
    }

    private Path directory(IngestedFile file) {
        return file.state() == FileState.REFUSED ? refused(file.tenant(), file.id()) : taken(file.tenant(), file.id());
    }

    /** Where the content of a file is, if it is there. */
    Path content(IngestedFile file) {
        return directory(file).resolve(placeName(file.name()));
    }

    /** What a file of that name is called here: the same where that is allowed and this system can name a file so. */
    String placeName(String name) {
        if (FileNames.problem(name).isPresent()) {
            return NAMELESS;
        }
        try {
            return String.valueOf(root.resolve(name).getFileName());
        } catch (InvalidPathException otherCharacters) {
            return NAMELESS;
        }
    }

    /**
     * Creates a tenant's directories as far as they are missing.
     *
     * @throws KeywharfException {@code batch.bad_staging} when a symbolic link or something else is in the place of one
     */
    void create(Organisation tenant) {
        Path own = own(tenant);
        try {
            Files.createDirectories(root);
            for (Path directory :
                    List.of(own, own.resolve(DATA), own.resolve(FILES), own.resolve(QUARANTINE), own.resolve(WORK))) {
                createOne(directory);
            }
        } catch (IOException e) {
            throw failed(own.toString(), "cannot be created", e);
        }
    }

    private void createOne(Path directory) throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
                throw new KeywharfException(
                        "batch.bad_staging",
                        directory.toString(),
                        "A directory of the platform must be here and no link is followed; remove what is here");
            }
            Files.createDirectory(directory, attributes);
            force(directory.resolveSibling("."));
        }
    }

    static KeywharfException failed(String subject, String problem, IOException cause) {
        return KeywharfException.retryable(
                "batch.staging_failed",
                subject,
                "It " + problem + " (" + cause
                        + "); check the rights of the staging directory and the space of its disk",
                cause);
    }

    /**
     * Moves an entry into the directory of a file id, which is created; an entry that is a link is moved itself.
     *
     * @return where it is now
     * @throws NoSuchFileException when the entry has gone
     */
    Path take(Organisation tenant, Path entry, String id, String name) throws IOException {
        Path directory = taken(tenant, id);
        Files.createDirectories(directory, attributes);
        Path target = directory.resolve(name);
        try {
            Files.move(entry, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(directory);
            throw e;
        }
        force(directory);
        force(files(tenant));
        return target;
    }

    /** Moves a file that was taken into quarantine, where it is not yet. */
    void quarantine(IngestedFile file) throws IOException {
        move(taken(file.tenant(), file.id()), refused(file.tenant(), file.id()));
    }

    /** Moves a file out of quarantine, where it still is in there. */
    void release(IngestedFile file) throws IOException {
        move(refused(file.tenant(), file.id()), taken(file.tenant(), file.id()));
    }

    private void move(Path from, Path to) throws IOException {
        if (Files.exists(from, LinkOption.NOFOLLOW_LINKS)) {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
            force(to.resolveSibling("."));
            force(from.resolveSibling("."));
        }
    }

    /** Removes the content of a file. */
    void delete(IngestedFile file) throws IOException {
        delete(taken(file.tenant(), file.id()));
        delete(refused(file.tenant(), file.id()));
    }

    /** An empty directory for one run. */
    Path work(IngestedFile file) throws IOException {
        removeWork(file);
        return Files.createDirectory(workOf(file), attributes);
    }

    /** Removes the directory of one run. */
    void removeWork(IngestedFile file) throws IOException {
        delete(workOf(file));
    }

    private Path workOf(IngestedFile file) {
        return own(file.tenant()).resolve(WORK).resolve(file.id() + "-" + file.attempt());
    }

    /** Removes what runs of a process that is gone have left. */
    void clearWork(Organisation tenant) throws IOException {
        for (Path directory : entries(own(tenant).resolve(WORK))) {
            delete(directory);
        }
    }

    /** The ids of all files that were taken or refused and whose directories are there. */
    List<String> ids(Organisation tenant) throws IOException {
        List<String> ids = new ArrayList<>();
        for (Path directory : List.of(files(tenant), own(tenant).resolve(QUARANTINE))) {
            for (Path entry : entries(directory)) {
                String id = String.valueOf(entry.getFileName());
                if (IngestedFile.isId(id)) {
                    ids.add(id);
                }
            }
        }
        return ids;
    }

    /** What a directory has in it; nothing when there is none. */
    List<Path> entries(Path directory) throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
                entries.forEach(found::add);
            }
        }
        return found;
    }

    /** Removes a file, a link itself, or a directory with all that is in it; that there is none is not an error. */
    static void delete(Path path) throws IOException {
        new Removal(path).run();
    }

    /** Forces a file or a directory to disk, where the system can open it for that. */
    static void force(Path path) throws IOException {
        // An interrupted thread would close the channel before anything is forced.
        boolean interrupted = Thread.interrupted();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            if (!Files.isDirectory(path)) {
                throw e;
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
