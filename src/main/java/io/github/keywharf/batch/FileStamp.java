package io.github.keywharf.batch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a file system says of an entry of a directory, by which a change is noticed. Links are not followed.
 *
 * @param size in bytes
 * @param modified when its content was last changed, which its owner can set
 * @param changed when anything about it was last changed, which nobody can set; empty where the system does not say
 * @param key which file it is, whatever its name; empty where the system does not say
 * @param links how many names it has, 1 where the system does not say
 * @param kind what it is
 */
record FileStamp(long size, FileTime modified, String changed, String key, int links, Kind kind) {

    /** Of an entry that cannot be looked at. */
    static final FileStamp UNKNOWN = new FileStamp(0, FileTime.fromMillis(0), "", "", 1, Kind.OTHER);

    /** Kinds of entries. */
    enum Kind {
        FILE("a file"),
        LINK("a symbolic link"),
        DIRECTORY("a directory"),
        OTHER("a pipe, a device or a socket");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * The stamp of an entry as it is now.
     *
     * @throws java.nio.file.NoSuchFileException when there is none
     */
    static FileStamp of(Path path) throws IOException {
        BasicFileAttributes basic = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        Kind kind = basic.isRegularFile()
                ? Kind.FILE
                : basic.isSymbolicLink() ? Kind.LINK : basic.isDirectory() ? Kind.DIRECTORY : Kind.OTHER;
        FileTime modified = basic.lastModifiedTime();
        String key = Objects.toString(basic.fileKey(), "");
        if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return new FileStamp(basic.size(), modified, "", key, 1, kind);
        }
        Map<String, @Nullable Object> unix = Files.readAttributes(path, "unix:ctime,nlink", LinkOption.NOFOLLOW_LINKS);
        int links = unix.get("nlink") instanceof Integer number ? number : 1;
        return new FileStamp(basic.size(), modified, Objects.toString(unix.get("ctime"), ""), key, links, kind);
    }

    /** Whether the content is the same as far as can be seen; renaming a file does not change that. */
    boolean isSameContent(FileStamp other) {
        return size == other.size && modified.equals(other.modified) && key.equals(other.key) && kind == other.kind;
    }
}
