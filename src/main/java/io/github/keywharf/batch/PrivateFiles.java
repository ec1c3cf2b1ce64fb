package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.OwnerOnly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

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
            OwnerOnly.write(file, content);
        } catch (IOException e) {
            throw failed(file, code, e);
        }
    }

    /** Writes a file, in the place of one that may be there: whoever reads it sees the one or the other whole. */
    static void replace(Path file, byte[] content, String code) {
        try {
            OwnerOnly.write(file, content);
        } catch (IOException e) {
            throw failed(file, code, e);
        }
    }

    private static KeywharfException failed(Path file, String code, IOException cause) {
        return new KeywharfException(code, file.toString(), "cannot be written: " + cause, cause);
    }
}
