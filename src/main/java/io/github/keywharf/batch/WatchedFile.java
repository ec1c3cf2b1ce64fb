package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** Small files that people edit while they are in use. Symbolic links are not followed. */
final class WatchedFile {
    /** Within this time a file may change once more and keep its time of change, on coarse file systems. */
    private static final Duration COARSE = Duration.ofSeconds(2);

    private WatchedFile() {}

    /**
     * By what a change is noticed.
     *
     * @param recent whether it changed so shortly before that another change may look the same
     */
    record Stamp(FileStamp file, boolean recent) {

        /** Whether the file may have changed since another stamp was taken. */
        boolean mayDifferFrom(Stamp earlier) {
            return earlier.recent || !file.isSameContent(earlier.file);
        }
    }

    /** The stamp of a file at that time. */
    static Stamp stamp(Path file, Instant now) throws IOException {
        FileStamp stamp = FileStamp.of(file);
        return new Stamp(stamp, stamp.modified().toInstant().plus(COARSE).isAfter(now));
    }

    /** The content of a file that is not a link. */
    static byte[] content(Path file, int most, String code) {
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] content = in.readNBytes(most + 1);
            if (content.length > most) {
                throw new KeywharfException(
                        code, file.toString(), "has more than " + most + " bytes; check that it is the right file");
            }
            return content;
        } catch (IOException e) {
            boolean link = Files.isSymbolicLink(file);
            throw new KeywharfException(
                    code,
                    file.toString(),
                    link ? "is a symbolic link, which is not followed; put the file there" : "cannot be read: " + e,
                    e);
        }
    }
}
