package io.github.keywharf.http.upload;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.DirectoryLock;
import io.github.keywharf.internal.FolderSync;
import io.github.keywharf.internal.OwnerOnly;
import io.github.keywharf.internal.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Working directory: a directory for each upload, named by its id, with {@code content}, {@code state} and, in the end,
 * {@code answer}. No path contains text of a client, and no symbolic link is followed below the directory.
 */
final class UploadFiles implements AutoCloseable {
    /** Pattern of an id: 160 random bits, in lower case, so that no file system takes two of them for one. */
    private static final Pattern ID = Pattern.compile("[0-9a-f]{40}");

    private static final int ID_BYTES = 20;
    private static final SecureRandom RANDOM = new SecureRandom();

    private static final String CONTENT = "content";
    private static final String STATE = "state";
    private static final String ANSWER = "answer";

    /** Limit on a state or an answer in bytes: the answer has 64 KiB of body and of headers each, encoded. */
    private static final int MAX_META = 1024 * 1024;

    private final Path root;
    private final DirectoryLock owned;

    private UploadFiles(Path root, DirectoryLock owned) {
        this.root = root;
        this.owned = owned;
    }

    /** Creates the directory, and locks it against other processes. */
    static UploadFiles open(Path root) {
        Path directory = root.toAbsolutePath().normalize();
        try {
            Files.createDirectories(directory, OwnerOnly.directory(directory));
            Optional<DirectoryLock> owned = DirectoryLock.tryTake(directory);
            if (owned.isPresent()) {
                return new UploadFiles(directory, owned.get());
            }
        } catch (IOException e) {
            throw new KeywharfException(
                    "http.upload_directory",
                    directory.toString(),
                    "The directory cannot be used; check its rights, and that it is one",
                    e);
        }
        throw new KeywharfException(
                "http.upload_directory",
                directory.toString(),
                "Another server uses the directory; give each a directory of its own");
    }

    /** Returns the ids of all uploads; other entries of the directory are left alone. */
    List<String> ids() {
        List<String> ids = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (ID.matcher(name).matches() && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    ids.add(name);
                }
            }
        } catch (IOException e) {
            throw failed(root.toString(), "be listed", e);
        }
        return ids;
    }

    static String newId() {
        byte[] id = new byte[ID_BYTES];
        RANDOM.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    Path content(String id) {
        return directory(id).resolve(CONTENT);
    }

    private Path directory(String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("The id is not one of this server's");
        }
        return root.resolve(id);
    }

    /** Creates the directory of an upload, durable, without content. */
    void create(UploadState state) {
        UploadState.Creation creation = state.creation();
        Path directory = directory(creation.id());
        try {
            Files.createDirectory(directory, OwnerOnly.directory(directory));
            Path content = directory.resolve(CONTENT);
            Files.createFile(content, OwnerOnly.file(content));
            write(state);
        } catch (IOException | KeywharfException e) {
            // A full disk must not fill with directories that no limit counts.
            KeywharfException failure = failed(creation.name(), "be created", e);
            try {
                delete(creation.id());
            } catch (KeywharfException again) {
                failure.addSuppressed(again);
            }
            throw failure;
        }
        FolderSync.TO_DISK.force(root);
    }

    /** Replaces the state, durably. */
    void write(UploadState state) {
        write(state.creation(), STATE, UploadState.FORMAT.write(state));
    }

    void write(UploadState.Creation creation, KeptAnswer answer) {
        write(creation, ANSWER, KeptAnswer.FORMAT.write(answer));
    }

    private void write(UploadState.Creation creation, String file, byte[] content) {
        try {
            OwnerOnly.write(directory(creation.id()).resolve(file), content);
        } catch (IOException e) {
            throw failed(creation.name(), "be written", e);
        }
    }

    /**
     * Returns the state of an upload, or empty if its files are incomplete or damaged.
     *
     * @throws KeywharfException if the state cannot be read, or is of another version
     */
    Optional<UploadState> read(String id) {
        try {
            return content(id, STATE)
                    .map(state -> UploadState.FORMAT.read("upload", state))
                    .filter(state -> state.creation().id().equals(id) && hasContent(state));
        } catch (IOException e) {
            throw failed(id, "be read", e);
        }
    }

    private boolean hasContent(UploadState state) {
        if (!state.isReceiving()) {
            return true;
        }
        try {
            BasicFileAttributes file = Files.readAttributes(
                    content(state.creation().id()), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return file.isRegularFile() && file.size() >= state.progress().offset();
        } catch (IOException e) {
            return false;
        }
    }

    KeptAnswer answer(UploadState.Creation creation) {
        try {
            return KeptAnswer.FORMAT.read(
                    creation.name(),
                    content(creation.id(), ANSWER).orElseThrow(() -> failed(creation.name(), "be read", null)));
        } catch (IOException e) {
            throw failed(creation.name(), "be read", e);
        }
    }

    private Optional<byte[]> content(String id, String name) throws IOException {
        Path file = directory(id).resolve(name);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of(in.readNBytes(MAX_META));
        }
    }

    /** Opens the content for writing. */
    FileChannel open(UploadState.Creation creation) throws IOException {
        return FileChannel.open(content(creation.id()), Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
    }

    /** Computes the SHA-256 of the content. */
    String sha256(UploadState.Creation creation) {
        try (InputStream in = Files.newInputStream(content(creation.id()), LinkOption.NOFOLLOW_LINKS)) {
            return Sha256.hexOf(in);
        } catch (IOException e) {
            throw failed(creation.name(), "be read", e);
        }
    }

    static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    void deleteContent(UploadState.Creation creation) {
        try {
            Files.deleteIfExists(content(creation.id()));
        } catch (IOException e) {
            throw failed(creation.name(), "be deleted", e);
        }
    }

    /** Deletes the directory of an upload with its files; links in it are deleted, not followed. */
    void delete(String id) {
        Path directory = directory(id);
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            // The state first: after a crash, what is left is damaged, and deleted at the next start.
            Files.deleteIfExists(directory.resolve(STATE));
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
                for (Path file : files) {
                    Files.delete(file);
                }
            }
            Files.delete(directory);
        } catch (IOException e) {
            throw failed(id, "be deleted", e);
        }
    }

    static KeywharfException failed(String subject, String what, @Nullable Exception cause) {
        String printable = Uploads.printable(subject);
        return cause instanceof ClosedByInterruptException
                ? KeywharfException.interrupted(printable, cause)
                : new KeywharfException(
                        "http.upload_storage",
                        printable,
                        "The files of the upload cannot " + what
                                + "; check the working directory, its rights and its space",
                        cause);
    }

    /** Unlocks the directory. */
    @Override
    public void close() {
        try {
            owned.close();
        } catch (IOException e) {
            throw failed(root.toString(), "be given back", e);
        }
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
