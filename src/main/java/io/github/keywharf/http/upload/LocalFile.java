package io.github.keywharf.http.upload;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.internal.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * A file as it is when its upload begins.
 *
 * @param key which file it is where the file system says so, as one of the same name may replace it
 */
record LocalFile(
        Path path, long size, FileTime modified, @Nullable Object key, String sha256) {

    /** Reads the file once, for its digest. */
    static LocalFile of(Path path) {
        try {
            BasicFileAttributes before = Files.readAttributes(path, BasicFileAttributes.class);
            LocalFile file =
                    new LocalFile(path, before.size(), before.lastModifiedTime(), before.fileKey(), sha256(path));
            file.requireUnchanged();
            return file;
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static String sha256(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return Sha256.hexOf(in);
        }
    }

    /** Refuses to go on with a file of another size or time, or another file of the name. */
    void requireUnchanged() {
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            if (now.size() != size
                    || !now.lastModifiedTime().equals(modified)
                    || !java.util.Objects.equals(now.fileKey(), key)) {
                throw changed("size, time or identity differ");
            }
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /** The same by its content. */
    void requireSameContent() {
        requireUnchanged();
        try {
            if (!sha256(path).equals(sha256)) {
                throw changed("its content differs");
            }
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    KeywharfException changed(String how) {
        return new KeywharfException(
                UploadClient.CHANGED,
                path.toString(),
                "The file is not the one that the upload began with: " + how + "; upload it again once it is at rest");
    }

    private static KeywharfException unreadable(Path path, IOException cause) {
        return new KeywharfException(
                HttpBody.UNREADABLE,
                path.toString(),
                "The file cannot be read; check that it exists and may be read",
                cause);
    }
}
