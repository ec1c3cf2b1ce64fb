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
import java.nio.file.StandardCopyOption;
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
 * The working directory: a directory for each upload, named by its id, with {@code content}, {@code state} and, in the end,
 * {@code answer}. Nothing that a client says is part of a path, and no symbolic link is followed below the directory.
 */
final class UploadFiles implements AutoCloseable {
    /** What an id looks like: 160 random bits, in lower case, so that no file system takes two of them for one. */
    private static final Pattern ID = Pattern.compile("[0-9a-f]{40}");

    private static final int ID_BYTES = 20;
    private static final SecureRandom RANDOM = new SecureRandom();

    private static final String CONTENT = "content";
    private static final String STATE = "state";
    private static final String ANSWER = "answer";
    private static final String NEW = ".new";
    private static final List<String> NAMES = List.of(CONTENT, ANSWER, ANSWER + NEW, STATE + NEW, STATE);

    /** The most bytes of a state or an answer: the answer has 64 KiB of body and of headers each, encoded. */
    private static final int MAX_META = 1024 * 1024;

    private final Path root;
    private final DirectoryLock owned;

    private UploadFiles(Path root, DirectoryLock owned) {
        this.root = root;
        this.owned = owned;
    }

    /** Makes the directory, and keeps other processes out. */
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

    /** The ids of all uploads that there are; whatever else is in the directory is left alone. */
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

    /** Makes the directory of an upload, durable, with no content. */
    void create(UploadState state) {
        Path directory = directory(state.id());
        try {
            Files.createDirectory(directory, OwnerOnly.directory(directory));
            Files.createFile(directory.resolve(CONTENT));
        } catch (IOException e) {
            throw failed(state.name(), "be created", e);
        }
        write(state);
        FolderSync.TO_DISK.force(root);
    }

    /** Makes a state durable in place of the one before. */
    void write(UploadState state) {
        replace(state.id(), STATE, state.json(), state.name());
    }

    void write(UploadState state, KeptAnswer answer) {
        replace(state.id(), ANSWER, KeptAnswer.FORMAT.write(answer), state.name());
    }

    private void replace(String id, String name, byte[] content, String subject) {
        Path directory = directory(id);
        Path fresh = directory.resolve(name + NEW);
        try {
            // What a crash left, and a link that somebody planted, goes first: the new file is always created here.
            Files.deleteIfExists(fresh);
            try (FileChannel channel =
                    FileChannel.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                writeFully(channel, ByteBuffer.wrap(content));
                channel.force(true);
            }
            Files.move(fresh, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw failed(subject, "be written", e);
        }
        FolderSync.TO_DISK.force(directory);
    }

    /** The state of an upload whose files fit it, or empty. */
    Optional<UploadState> read(String id) {
        try {
            Optional<UploadState> state = meta(id, STATE).flatMap(UploadState::parse);
            return state.filter(found -> found.id().equals(id) && hasContent(found));
        } catch (IOException e) {
            throw failed(id, "be read", e);
        }
    }

    private boolean hasContent(UploadState state) {
        if (state.phase() != UploadState.Phase.RECEIVING) {
            return true;
        }
        try {
            BasicFileAttributes file =
                    Files.readAttributes(content(state.id()), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return file.isRegularFile() && file.size() >= state.offset();
        } catch (IOException e) {
            return false;
        }
    }

    Optional<KeptAnswer> answer(UploadState state) {
        try {
            return meta(state.id(), ANSWER).map(kept -> KeptAnswer.FORMAT.read(state.name(), kept));
        } catch (IOException e) {
            throw failed(state.name(), "be read", e);
        }
    }

    private Optional<byte[]> meta(String id, String name) throws IOException {
        Path file = directory(id).resolve(name);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of(in.readNBytes(MAX_META));
        }
    }

    /** The content, to be written. */
    FileChannel open(UploadState state) throws IOException {
        return FileChannel.open(content(state.id()), Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
    }

    /** The SHA-256 of all content that is there. */
    String sha256(UploadState state) {
        try (InputStream in = Files.newInputStream(content(state.id()), LinkOption.NOFOLLOW_LINKS)) {
            return Sha256.hexOf(in);
        } catch (IOException e) {
            throw failed(state.name(), "be read", e);
        }
    }

    static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    void deleteContent(UploadState state) {
        try {
            Files.deleteIfExists(content(state.id()));
        } catch (IOException e) {
            throw failed(state.name(), "be deleted", e);
        }
    }

    /** Deletes the files of an upload that are ours, and its directory where nothing else is in it. */
    void delete(String id) {
        Path directory = directory(id);
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            for (String name : NAMES) {
                Files.deleteIfExists(directory.resolve(name));
            }
            Files.delete(directory);
        } catch (IOException e) {
            throw failed(id, "be deleted", e);
        }
    }

    static KeywharfException failed(String subject, String what, @Nullable Exception cause) {
        String shown = io.github.keywharf.internal.Cut.printable(subject, 200);
        return cause instanceof ClosedByInterruptException
                ? KeywharfException.interrupted(shown, cause)
                : new KeywharfException(
                        "http.upload_storage",
                        shown,
                        "The files of the upload cannot " + what
                                + "; check the working directory, its rights and its space",
                        cause);
    }

    /** Lets other processes have the directory. */
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
