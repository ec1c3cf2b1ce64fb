package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.internal.Cut;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Looks through one tenant's directory, a part at a time, and takes the files that nobody has changed for a while. Of one
 * thread at a time.
 */
final class TenantScan implements AutoCloseable {

    /** Entries that one part looks at. */
    private static final int LOOKED_AT = 2_000;

    /** Files that one part takes. */
    private static final int TAKEN = 100;

    private static final int MAX_PROBLEM = 500;

    /** Entries that are watched until they have settled; the others' turn comes when some of these are taken. */
    private static final int WATCHED = 10_000;

    /**
     * What a part found.
     *
     * @param more whether there is more that can be looked at immediately
     * @param unsettled whether there is something that has not settled
     * @param problem why a file could not be taken, which keeps no other from it
     */
    record Found(boolean more, boolean unsettled, Optional<String> problem) {}

    /** An entry as it was last seen, and since when it is so. */
    private record Seen(FileStamp stamp, Instant since, long pass) {}

    /** A file that is in the directory of its id and has no record yet. */
    private record Unrecorded(String id, String name, Path path, FileStamp stamp, Instant since) {}

    private final Organisation tenant;
    private final StagingArea area;
    private final Intake intake;
    private final Duration settle;
    private final InstantSource clock;
    private final Map<Path, Seen> seen = new HashMap<>();
    private List<Unrecorded> taken = new ArrayList<>();
    private @Nullable DirectoryStream<Path> open;
    private @Nullable Iterator<Path> rest;
    private long pass;
    private boolean unsettled;
    private Optional<String> problem = Optional.empty();

    TenantScan(Organisation tenant, StagingArea area, Intake intake, Duration settle, InstantSource clock) {
        this.tenant = tenant;
        this.area = area;
        this.intake = intake;
        this.settle = settle;
        this.clock = clock;
    }

    /** Adds a file that a process which is gone took and did not record. */
    void adopt(String id, Path path) throws IOException {
        taken.add(new Unrecorded(id, String.valueOf(path.getFileName()), path, FileStamp.of(path), clock.instant()));
    }

    /** Takes the next part, and waits until all that is taken is in the ledger. */
    Found part(TenantProfile profile) throws IOException {
        problem = Optional.empty();
        try {
            if (rest == null) {
                begin();
            }
            if (!intake.hasRoom(tenant)) {
                throw new KeywharfException(
                        "batch.too_many_records",
                        tenant.id(),
                        "No more files are taken, as the ledger has too many of this tenant; they wait until some are old"
                                + " enough to be removed, so keep records for a shorter time");
            }
            List<Path> settled = settled();
            if (!settled.isEmpty()) {
                intake.requireHeld();
            }
            for (Path entry : settled) {
                alone(entry, () -> take(entry));
            }
        } catch (DirectoryIteratorException e) {
            close();
            throw e.getCause();
        } finally {
            record(profile);
        }
        return new Found(rest != null, unsettled || !taken.isEmpty(), problem);
    }

    /** What is done with one file. */
    private interface Step {
        void run() throws IOException;
    }

    /** So that a file that cannot be moved or read keeps only itself waiting. */
    private void alone(Path file, Step step) {
        try {
            step.run();
        } catch (IOException | KeywharfException e) {
            unsettled = true;
            problem = Optional.of(Cut.printable(file.getFileName() + ": " + e, MAX_PROBLEM));
        }
    }

    @SuppressWarnings("StreamResourceLeak") // closed at its end, by close()
    private void begin() throws IOException {
        area.create(tenant);
        DirectoryStream<Path> stream = Files.newDirectoryStream(area.data(tenant));
        open = stream;
        rest = stream.iterator();
        pass++;
        unsettled = false;
    }

    /** Looks at the next entries; gives those that have settled, the oldest first. */
    private List<Path> settled() throws IOException {
        Map<Path, FileStamp> found = new HashMap<>();
        Iterator<Path> entries = rest;
        for (int i = 0; entries != null && i < LOOKED_AT && found.size() < TAKEN; i++) {
            if (!entries.hasNext()) {
                close();
                break;
            }
            Path entry = entries.next();
            if (!isPassedOver(String.valueOf(entry.getFileName()))) {
                look(entry, found);
            }
        }
        return found.keySet().stream()
                .sorted(Comparator.comparing((Path path) ->
                                Objects.requireNonNull(found.get(path)).modified())
                        .thenComparing(path -> path))
                .toList();
    }

    /** Names by which writers say that a file is not whole yet. */
    private static boolean isPassedOver(String name) {
        return name.startsWith(".") || name.endsWith(".part") || name.endsWith(".tmp");
    }

    private void look(Path entry, Map<Path, FileStamp> found) throws IOException {
        try {
            FileStamp stamp = FileStamp.of(entry);
            Instant now = clock.instant();
            Seen before = seen.get(entry);
            boolean same = before != null && before.stamp().equals(stamp);
            Instant since = same && before != null ? notAfter(now, before.since()) : now;
            if (before != null || seen.size() < WATCHED) {
                seen.put(entry, new Seen(stamp, since, pass));
            }
            if (same && !since.plus(settle).isAfter(now)) {
                found.put(entry, stamp);
            } else {
                unsettled = true;
            }
        } catch (NoSuchFileException gone) {
            seen.remove(entry);
        }
    }

    /** A clock that was set back makes nobody wait until it is as late again. */
    private static Instant notAfter(Instant now, Instant since) {
        return since.isAfter(now) ? now : since;
    }

    private void take(Path entry) throws IOException {
        Seen last = seen.remove(entry);
        String name = name(entry);
        String id = intake.newId();
        try {
            Path path = area.take(tenant, entry, id, area.placeName(name));
            FileStamp stamp = FileStamp.of(path);
            // What changed between the look and the move has to settle where it is now.
            boolean same = last != null && stamp.isSameContent(last.stamp());
            taken.add(new Unrecorded(id, name, path, stamp, same ? Instant.MIN : clock.instant()));
        } catch (NoSuchFileException gone) {
            unsettled = true;
        }
    }

    /** The name of an entry. One that is not text in the character set of this system gets one that is refused. */
    private static String name(Path entry) {
        String name = String.valueOf(entry.getFileName());
        try {
            return entry.resolveSibling(name).equals(entry) ? name : name + '\0';
        } catch (InvalidPathException notText) {
            return name + '\0';
        }
    }

    /** Records those that were taken and have settled. */
    private void record(TenantProfile profile) {
        List<Unrecorded> left = new ArrayList<>();
        Map<Path, CompletableFuture<IngestedFile>> recorded = new LinkedHashMap<>();
        for (Unrecorded file : taken) {
            left.add(file);
            alone(file.path(), () -> record(profile, file, left, recorded));
        }
        taken = left;
        recorded.forEach((path, future) -> {
            IngestedFile file = Waiting.get(future, tenant.id());
            alone(path, () -> intake.place(file));
        });
    }

    /** Records a file, which is the last of those left, unless it has to wait. */
    private void record(
            TenantProfile profile,
            Unrecorded file,
            List<Unrecorded> left,
            Map<Path, CompletableFuture<IngestedFile>> recorded)
            throws IOException {
        try {
            FileStamp stamp = FileStamp.of(file.path());
            Instant now = clock.instant();
            boolean same = stamp.equals(file.stamp());
            Instant since = same ? notAfter(now, file.since()) : now;
            if (since.plus(settle).isAfter(now) || recorded.size() == TAKEN) {
                left.set(left.size() - 1, new Unrecorded(file.id(), file.name(), file.path(), stamp, since));
                return;
            }
            Intake.Taken whole = new Intake.Taken(file.id(), file.name(), file.path(), stamp, "");
            intake.record(profile, whole).ifPresent(future -> {
                left.remove(left.size() - 1);
                recorded.put(file.path(), future);
            });
        } catch (NoSuchFileException gone) {
            left.remove(left.size() - 1);
        }
    }

    /** Closes the directory; the next part begins from its start. */
    @Override
    public void close() throws IOException {
        DirectoryStream<Path> stream = open;
        open = null;
        rest = null;
        seen.values().removeIf(entry -> entry.pass() < pass);
        if (stream != null) {
            stream.close();
        }
    }
}
