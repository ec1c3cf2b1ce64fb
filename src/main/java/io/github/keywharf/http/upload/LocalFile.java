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

/** A file at the start of its upload. */
record LocalFile(Path path, Stamp stamp, String sha256) {

    /**
     * Facts by which a change is noticed.
     *
     * @param key identity of the file, if the file system has one: another file may take the name
     */
    record Stamp(long size, FileTime modified, @Nullable Object key) {
        static Stamp of(Path path) {
            try {
                BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
                return new Stamp(now.size(), now.lastModifiedTime(), now.fileKey());
            } catch (IOException e) {
                throw unreadable(path, e);
            }
        }
    }

    /** Reads the file once, for its digest. */
    static LocalFile of(Path path) {
        LocalFile file = new LocalFile(path, Stamp.of(path), sha256(path));
        file.requireUnchanged();
        return file;
    }

    private static String sha256(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            return Sha256.hexOf(in);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    long size() {
        return stamp.size();
    }

    /** Refuses to go on with a file of another size or time, or another file of the name. */
    void requireUnchanged() {
        if (!Stamp.of(path).equals(stamp)) {
            throw changed("size, time or identity differ");
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
