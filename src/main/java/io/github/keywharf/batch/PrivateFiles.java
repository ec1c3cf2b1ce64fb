package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/** Small files that their owner alone may read, written as a whole. */
final class PrivateFiles {
    private PrivateFiles() {}

    /** Writes a file that is not there yet. */
    static void create(Path file, byte[] content, String code) {
        try {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new KeywharfException(
                        code, file.toString(), "exists already, and is not replaced; open it, or give another path");
            }
            write(file, content);
        } catch (IOException e) {
            throw failed(file, code, e);
        }
    }

    /** Writes a file, in the place of one that may be there: whoever reads it sees the one or the other whole. */
    static void replace(Path file, byte[] content, String code) {
        try {
            write(file, content);
        } catch (IOException e) {
            throw failed(file, code, e);
        }
    }

    private static void write(Path file, byte[] content) throws IOException {
        Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a directory");
        // Created with mode 0600 where there are modes.
        Path temporary = Files.createTempFile(directory, ".keywharf-", ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(content);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static KeywharfException failed(Path file, String code, IOException cause) {
        return new KeywharfException(code, file.toString(), "cannot be written: " + cause, cause);
    }
}
