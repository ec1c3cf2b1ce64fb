package io.github.keywharf.sharing.usage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.DirectoryLock;
import io.github.keywharf.internal.OwnerOnly;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lines that wait in numbered files of a directory until they are in a table.
 *
 * <p>A file is written to until it is full or wanted, and then a file of the next number. The newest file is never deleted, so
 * that numbers go on from process to process. A line is there when its line feed is: what a crash cut off has none. Not by
 * channels, which an interrupted thread would close. Thread-safe.
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

    private final Path directory;
    private final DirectoryLock lock;
    private final long maxBytes;
    private final Set<String> tenants = new HashSet<>();
    private Segment current;
    private @Nullable FileOutputStream out;
    private long bytes;
    private long waiting;
    private boolean closed;

    private UsageSpool(Path directory, DirectoryLock lock, long maxBytes, Optional<Segment> newest) throws IOException {
        this.directory = directory;
        this.lock = lock;
        this.maxBytes = maxBytes;
        this.current =
                newest.orElseGet(() -> segment(directory, UUID.randomUUID().toString(), 0));
        begin();
        for (Segment segment : finished()) {
            waiting += Files.size(segment.file());
        }
    }

    /**
     * Takes a directory for this process.
     *
     * @param maxBytes how much may wait
     * @throws KeywharfException with code {@code sharing.spool_in_use} when another has it, {@code sharing.spool_failed} when
     *     it cannot be used
     */
    static UsageSpool open(Path directory, long maxBytes) {
        try {
            Files.createDirectories(directory, OwnerOnly.directory(directory));
            DirectoryLock lock = DirectoryLock.tryTake(directory)
                    .orElseThrow(() -> new KeywharfException(
                            "sharing.spool_in_use",
                            directory.toString(),
                            "Another usage log has the directory; close it, or give each one its own"));
            try {
                List<Segment> there = segments(directory);
                return new UsageSpool(
                        directory,
                        lock,
                        maxBytes,
                        there.isEmpty() ? Optional.empty() : Optional.of(there.get(there.size() - 1)));
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

    private FileOutputStream begin() throws IOException {
        Segment next = segment(directory, current.writer(), current.number() + 1);
        FileOutputStream begun = new FileOutputStream(next.file().toFile());
        out = begun;
        current = next;
        waiting += bytes;
        bytes = 0;
        tenants.clear();
        return begun;
    }

    /**
     * Adds a line, which is there when this returns, even if the process is killed then.
     *
     * @throws KeywharfException with code {@code sharing.spool_full} or {@code sharing.spool_failed}
     */
    synchronized void add(String tenant, String line) {
        requireOpen();
        if (bytes + waiting >= maxBytes) {
            throw new KeywharfException(
                    "sharing.spool_full",
                    directory.toString(),
                    bytes + waiting + " bytes wait to be written to the table, and no more may; see why that fails");
        }
        byte[] content = (line + "\n").getBytes(UTF_8);
        try {
            FileOutputStream target = out;
            if (target == null
                    || bytes >= FILE_BYTES
                    || (tenants.size() == FILE_TENANTS && !tenants.contains(tenant))) {
                end();
                target = begin();
            }
            target.write(content);
            bytes += content.length;
            tenants.add(tenant);
        } catch (IOException e) {
            // Half of the line may be there; what comes after it would be lost with it.
            end();
            throw failed(directory, e);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The usage log of " + directory + " is closed; open it once more");
        }
    }

    private void end() {
        FileOutputStream open = out;
        out = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                throw failed(directory, e);
            }
        }
    }

    /** All that was added before, in files that no longer change, oldest first. */
    synchronized List<Segment> finished() {
        requireOpen();
        try {
            if (bytes > 0) {
                end();
                begin();
            }
            return segments(directory).stream()
                    .filter(segment -> !segment.equals(current))
                    .toList();
        } catch (IOException e) {
            throw failed(directory, e);
        }
    }

    /** Deletes a file whose lines are in the table. */
    synchronized void delete(Segment segment) {
        try {
            long size = Files.exists(segment.file()) ? Files.size(segment.file()) : 0;
            Files.deleteIfExists(segment.file());
            waiting -= size;
        } catch (IOException e) {
            throw failed(directory, e);
        }
    }

    /** How many bytes wait. */
    synchronized long waiting() {
        return waiting + bytes;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Leaves what waits to the next process. */
    @Override
    public synchronized void close() {
        closed = true;
        try {
            end();
            lock.close();
        } catch (IOException e) {
            throw failed(directory, e);
        }
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
