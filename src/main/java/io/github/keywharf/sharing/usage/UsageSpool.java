package io.github.keywharf.sharing.usage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.DirectoryLock;
import io.github.keywharf.internal.OwnerOnly;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lines that wait in numbered files of a directory until they are in a table.
 *
 * <p>A file is written to until it is full or wanted, and then a file of the next number. The newest file stays, at least
 * without content, so that numbers go on from process to process. A line is there when its line feed is: what a crash or a full
 * disk cut off has none. A disk without room gets no further files, and lines are added again once it has some. Not by channels,
 * which an interrupted thread would close. Thread-safe.
 */
final class UsageSpool implements AutoCloseable {

    /** The size from which another file is begun: it is read into memory, as about four times as much. */
    static final long FILE_BYTES = 16L * 1024 * 1024;

    /** The most tenants of a file: each becomes a file of the table. */
    static final int FILE_TENANTS = 2_000;

    private static final Pattern NAME = Pattern.compile("usage-([0-9a-f-]{36})-([0-9]{19})\\.events");

    /**
     * Lines that are complete.
     *
     * @param writer the same for all files that a directory ever has
     * @param number grows from file to file
     */
    record Segment(Path file, String writer, long number) {

        /** The complete lines. */
        List<String> lines() throws IOException {
            String text;
            try (InputStream in = new FileInputStream(file.toFile())) {
                text = new String(in.readAllBytes(), UTF_8);
            }
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        }
    }

    /** Opens a file to write to; creates it, for its owner alone, where there is none. */
    @FunctionalInterface
    interface Opener {
        RandomAccessFile open(Path file) throws IOException;
    }

    /** On the disk. */
    static final Opener DISK = file -> {
        if (Files.notExists(file)) {
            Files.createFile(file, OwnerOnly.file(file));
        }
        return new RandomAccessFile(file.toFile(), "rw");
    };

    private final Path directory;
    private final DirectoryLock lock;
    private final long maxBytes;
    private final Opener opener;

    /** Files that no longer change, oldest first, and their sizes. */
    private final Map<Segment, Long> finished = new LinkedHashMap<>();

    /** How many bytes those have. */
    private long waiting;

    private final Set<String> tenants = new HashSet<>();

    /** The newest file, or before the first one. */
    private Segment current;

    private @Nullable RandomAccessFile out;
    private long bytes;

    /** Whether half a line may follow the bytes. */
    private boolean torn;

    private boolean sealed;
    private boolean closed;

    private UsageSpool(Path directory, DirectoryLock lock, long maxBytes, Opener opener) throws IOException {
        this.directory = directory;
        this.lock = lock;
        this.maxBytes = maxBytes;
        this.opener = opener;
        this.current = segment(directory, UUID.randomUUID().toString(), 0);
        for (Segment segment : segments(directory)) {
            size(segment, Files.size(segment.file()));
            current = segment;
        }
    }

    /**
     * Takes a directory for this process.
     *
     * @param maxBytes how much may wait
     * @throws KeywharfException with code {@code sharing.spool_in_use} when another has it, {@code sharing.spool_failed} when
     *     it cannot be used
     */
    static UsageSpool open(Path directory, long maxBytes, Opener opener) {
        try {
            Files.createDirectories(directory, OwnerOnly.directory(directory));
            DirectoryLock lock = DirectoryLock.tryTake(directory)
                    .orElseThrow(() -> new KeywharfException(
                            "sharing.spool_in_use",
                            directory.toString(),
                            "Another usage log has the directory; close it, or give each one its own"));
            try {
                return new UsageSpool(directory, lock, maxBytes, opener);
            } catch (IOException | RuntimeException | Error e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw failed(directory, e);
        }
    }

    private static KeywharfException failed(Path directory, IOException e) {
        return new KeywharfException(
                "sharing.spool_failed",
                directory.toString(),
                "The directory of the usage log cannot be used: " + e + "; check its permissions and its disk",
                e);
    }

    private static List<Segment> segments(Path directory) throws IOException {
        List<Segment> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.forEach(file -> {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches()) {
                    found.add(new Segment(file, name.group(1), Long.parseLong(name.group(2))));
                }
            });
        }
        found.sort(Comparator.comparing(Segment::writer).thenComparing(Segment::number));
        return found;
    }

    private static Segment segment(Path directory, String writer, long number) {
        return new Segment(
                directory.resolve(String.format(Locale.ROOT, "usage-%s-%019d.events", writer, number)), writer, number);
    }

    private void size(Segment segment, long size) {
        Long before = finished.put(segment, size);
        waiting += size - (before == null ? 0 : before);
    }

    private RandomAccessFile begin() throws IOException {
        Segment next = segment(directory, current.writer(), current.number() + 1);
        RandomAccessFile begun = opener.open(next.file());
        out = begun;
        current = next;
        tenants.clear();
        return begun;
    }

    private void end() throws IOException {
        RandomAccessFile open = out;
        if (open != null) {
            out = null;
            size(current, bytes);
            bytes = 0;
            torn = false;
            open.close();
        }
    }

    /**
     * Adds a line, which is there when this returns true, even if the process is killed then.
     *
     * @return false when no more lines are taken
     * @throws KeywharfException with code {@code sharing.spool_full} or {@code sharing.spool_failed}; the line is not there then
     */
    synchronized boolean add(String tenant, String line) {
        if (sealed) {
            return false;
        }
        if (waiting() >= maxBytes) {
            throw new KeywharfException(
                    "sharing.spool_full",
                    directory.toString(),
                    waiting() + " bytes wait to be written to the table, and no more may; see why that fails");
        }
        byte[] content = (line + "\n").getBytes(UTF_8);
        try {
            if (bytes >= FILE_BYTES || (tenants.size() == FILE_TENANTS && !tenants.contains(tenant))) {
                end();
            }
            RandomAccessFile target = out == null ? begin() : out;
            if (torn) {
                target.setLength(bytes);
                target.seek(bytes);
            }
            torn = true;
            target.write(content);
            torn = false;
        } catch (IOException e) {
            throw failed(directory, e);
        }
        bytes += content.length;
        tenants.add(tenant);
        return true;
    }

    /** All that was added before, in files that no longer change, oldest first. */
    synchronized List<Segment> finished() {
        if (closed) {
            throw new IllegalStateException("The usage log of " + directory + " is closed; open it once more");
        }
        try {
            if (bytes > 0) {
                end();
            }
        } catch (IOException e) {
            throw failed(directory, e);
        }
        return List.copyOf(finished.keySet());
    }

    /** Deletes a file whose lines are in the table. */
    synchronized void delete(Segment segment) {
        try {
            if (!segment.equals(current) || next()) {
                Files.deleteIfExists(segment.file());
                size(segment, 0);
                finished.remove(segment);
            } else {
                // No file of the next number: this one stays for its number, and gives its room back.
                try (RandomAccessFile emptied = opener.open(segment.file())) {
                    emptied.setLength(0);
                }
                size(segment, 0);
            }
        } catch (IOException e) {
            throw failed(directory, e);
        }
    }

    /** Whether there is a file of the next number. */
    private boolean next() {
        try {
            begin();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** How many bytes wait. */
    synchronized long waiting() {
        return waiting + bytes;
    }

    /** Takes no more lines. */
    synchronized void seal() {
        sealed = true;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Leaves what waits to the next process. */
    @Override
    public synchronized void close() {
        sealed = true;
        closed = true;
        try (lock) {
            end();
        } catch (IOException e) {
            throw failed(directory, e);
        }
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
