package io.github.keywharf.batch;

import io.github.keywharf.internal.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** What is computed of a file's content. Links are not followed. */
final class Digests {

    private static final int BLOCK = 1 << 17;

    /** A file with a zero byte among so many first ones is not text. */
    private static final int LOOKED_AT = 8192;

    private Digests() {}

    static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            return Sha256.hexOf(in);
        }
    }

    /** Line ends in a text file without one for the header, and not below 0; -1 for what is not text. */
    static long lines(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] block = new byte[BLOCK];
            long ends = 0;
            long before = 0;
            for (int read = in.read(block); read >= 0; read = in.read(block)) {
                for (int i = 0; i < read; i++) {
                    if (block[i] == '\n') {
                        ends++;
                    } else if (block[i] == 0 && before + i < LOOKED_AT) {
                        return -1;
                    }
                }
                before += read;
            }
            return Math.max(0, ends - 1);
        }
    }
}
