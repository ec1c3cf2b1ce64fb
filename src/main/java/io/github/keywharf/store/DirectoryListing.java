package io.github.keywharf.store;

import io.github.keywharf.KeywharfException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Listing of a directory in the order of keys. Holds the names of one folder per level in memory.
 *
 * <p>A folder sorts as its name with a slash, as all keys under it do: {@code a-b} comes before {@code a/b}, which comes
 * before {@code a0}.
 */
final class DirectoryListing implements Iterator<StoredObject> {
    private final DirectoryStore store;
    private final Path root;
    private final String prefix;
    private final String startAfter;
    private final Deque<Iterator<String>> levels = new ArrayDeque<>();
    private @Nullable StoredObject next;

    /** Creates a listing of the keys that begin with a prefix and come after a text. */
    DirectoryListing(DirectoryStore store, Path root, String prefix, String startAfter) {
        this.store = store;
        this.root = root;
        this.prefix = prefix;
        this.startAfter = startAfter;
        String folder = prefix.substring(0, prefix.lastIndexOf('/') + 1);
        if (mayFollow(prefix) && !prefix.startsWith(DirectoryStore.WRITING + "/") && isReachable(folder)) {
            levels.push(children(folder));
        }
    }

    /** Returns true if keys that begin with a text may come after the start of the listing. */
    private boolean mayFollow(String beginning) {
        return startAfter.startsWith(beginning) || ObjectKeys.ORDER.compare(beginning, startAfter) > 0;
    }

    /** Returns true if the file system can name a folder and its path has no symbolic link. */
    private boolean isReachable(String folder) {
        try {
            Path reached = root.resolve(folder);
            if (!reached.startsWith(root)) {
                return false;
            }
            for (Path part = reached; part != null && !part.equals(root); part = part.getParent()) {
                if (Files.isSymbolicLink(part)) {
                    return false;
                }
            }
            return true;
        } catch (InvalidPathException e) {
            return false;
        }
    }

    @Override
    public boolean hasNext() {
        while (next == null && !levels.isEmpty()) {
            Iterator<String> level = levels.element();
            if (!level.hasNext()) {
                levels.pop();
                continue;
            }
            String key = level.next();
            if (key.endsWith("/")) {
                levels.push(children(key));
            } else {
                next = stored(key);
            }
        }
        return next != null;
    }

    @Override
    public StoredObject next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException();
        }
        StoredObject object = next;
        next = null;
        return object;
    }

    /** Keys and folders (with a slash at the end) directly below a folder, sorted. */
    private Iterator<String> children(String folder) {
        List<String> keys = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve(folder))) {
            for (Path entry : entries) {
                String key = folder + entry.getFileName();
                if (key.startsWith(prefix) && mayFollow(key + "/") && !key.equals(DirectoryStore.WRITING)) {
                    if (!isKeyOf(key, entry)) {
                        store.reportSkipped(entry);
                    } else if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                        keys.add(key + "/");
                    } else if (ObjectKeys.ORDER.compare(key, startAfter) > 0
                            && Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
                        keys.add(key);
                    }
                }
            }
        } catch (NoSuchFileException | NotDirectoryException gone) {
            return keys.iterator();
        } catch (DirectoryIteratorException e) {
            throw failed(folder, new IOException(e.getMessage(), e));
        } catch (IOException e) {
            throw failed(folder, e);
        }
        keys.sort(ObjectKeys.ORDER);
        return keys.iterator();
    }

    /**
     * Returns true if a key names an entry. It does not if the name breaks the rules of keys, or if its bytes are not text in
     * the character set of this Java, which then reads another name.
     */
    private boolean isKeyOf(String key, Path entry) {
        try {
            return root.resolve(ObjectKeys.check(key)).equals(entry);
        } catch (IllegalArgumentException breaksTheRulesOrCannotBeEncoded) {
            return false;
        }
    }

    private @Nullable StoredObject stored(String key) {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(root.resolve(key), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.isRegularFile() ? DirectoryStore.stored(key, attributes) : null;
        } catch (NoSuchFileException deletedMeanwhile) {
            return null;
        } catch (IOException e) {
            throw failed(key, e);
        }
    }

    private KeywharfException failed(String key, IOException e) {
        return StoreErrors.failed(store, key, "list it", e);
    }
}
