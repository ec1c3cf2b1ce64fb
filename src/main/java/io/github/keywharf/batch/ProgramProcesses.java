package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * All processes of a program. A child can leave the tree of its parents, but keeps their environment unless it takes care not
 * to; so on Linux each run has a mark in its environment that its processes are found by.
 */
final class ProgramProcesses {

    /** The variable that holds the mark: the staging place, the file and the attempt. */
    static final String MARK = "KEYWHARF_RUN";

    /** How long the end of killed processes is awaited. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final Path PROC = Path.of("/proc");
    private static final boolean HAS_PROC = Files.isReadable(PROC.resolve("self/environ"));
    private static final int PLACE_BYTES = 12;

    /** Directories between a run's work directory and the staging directory: work, tenant. */
    private static final int LEVELS = 3;

    private final byte[] mark;
    private final Set<ProcessHandle> children = new HashSet<>();

    private ProgramProcesses(String mark) {
        this.mark = (MARK + "=" + mark).getBytes(StandardCharsets.UTF_8);
    }

    /** The mark of a job's run. */
    static String mark(IngestJob job) {
        Path staging = job.work().toAbsolutePath();
        for (int i = 0; i < LEVELS; i++) {
            staging = Optional.ofNullable(staging.getParent()).orElse(staging);
        }
        return place(staging) + "-" + job.file().id() + "-" + job.file().attempt();
    }

    /** The processes of one run. */
    static ProgramProcesses ofRun(IngestJob job) {
        // Ends in a zero byte there, so that attempt 1 is not the beginning of attempt 10.
        return new ProgramProcesses(mark(job) + "\0");
    }

    /** The processes of all runs with files in a staging directory. */
    static ProgramProcesses ofPlace(Path staging) {
        return new ProgramProcesses(place(staging.toAbsolutePath()) + "-");
    }

    /** A staging directory on this machine: containers may have others at the same path. */
    private static String place(Path staging) {
        try {
            Path real = staging.toRealPath();
            String name = real + " " + Files.readAttributes(real, "fileKey").get("fileKey");
            return Sha256.hexOf(name).substring(0, 2 * PLACE_BYTES);
        } catch (IOException e) {
            throw new KeywharfException(
                    "batch.unreadable", staging.toString(), "The staging directory cannot be read: " + e, e);
        }
    }

    /** Notes the children that a process has now, with their mark or without. */
    void note(ProcessHandle root) {
        try (Stream<ProcessHandle> now = root.descendants()) {
            now.forEach(children::add);
        }
    }

    /** The same, from time to time, where marks cannot be read. */
    void follow(ProcessHandle root) {
        if (!HAS_PROC) {
            note(root);
        }
    }

    /** Asks all processes to end. */
    void terminate(ProcessHandle root) {
        note(root);
        alive().forEach(ProcessHandle::destroy);
        root.destroy();
    }

    /**
     * Ends all processes, and those that they start meanwhile.
     *
     * @return how many there were
     */
    int kill() {
        Set<Long> ended = new HashSet<>();
        long begin = System.nanoTime();
        for (List<ProcessHandle> alive = alive(); !alive.isEmpty(); alive = alive()) {
            for (ProcessHandle process : alive) {
                process.destroyForcibly();
                ended.add(process.pid());
            }
            if (System.nanoTime() - begin > PATIENCE.toNanos()) {
                break;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        return ended.size();
    }

    /** Those that still run. */
    List<ProcessHandle> alive() {
        List<ProcessHandle> alive = new ArrayList<>();
        if (HAS_PROC) {
            marked(alive);
        }
        for (ProcessHandle child : children) {
            if (child.isAlive()) {
                alive.add(child);
            }
        }
        return alive;
    }

    private void marked(List<ProcessHandle> found) {
        long self = ProcessHandle.current().pid();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                long pid = Long.parseLong(process.getFileName().toString());
                // The handle first: it knows when the process began, and so never stands for a later one of this id.
                Optional<ProcessHandle> handle = pid == self ? Optional.empty() : ProcessHandle.of(pid);
                if (handle.isPresent() && isMarked(process.resolve("environ"))) {
                    found.add(handle.get());
                }
            }
        } catch (IOException | DirectoryIteratorException | NumberFormatException e) {
            // Without the list there is nothing to find; the process itself is ended by its handle.
            return;
        }
    }

    private boolean isMarked(Path environ) {
        try {
            return contains(Files.readAllBytes(environ));
        } catch (IOException e) {
            // It has ended, or belongs to another user, and so is not ours.
            return false;
        }
    }

    private boolean contains(byte[] all) {
        for (int at = 0; at + mark.length <= all.length; at++) {
            if ((at == 0 || all[at - 1] == 0) && Arrays.mismatch(all, at, at + mark.length, mark, 0, mark.length) < 0) {
                return true;
            }
        }
        return false;
    }
}
