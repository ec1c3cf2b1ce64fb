package io.github.keywharf.batch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A running program with the processes that it started. Where the system has {@code setsid}, the program leads a process group,
 * which ends when the program ends, when {@link #end} is called, and when this process dies, however it dies. Elsewhere, {@link
 * #end} ends the descendants of a program that still runs.
 */
final class ProgramProcess {

    private static final Optional<String> SETSID = Stream.of("/usr/bin/setsid", "/bin/setsid")
            .filter(file -> Files.isExecutable(Path.of(file)))
            .findFirst();

    /**
     * A shell outside of the group waits for the program and gives its exit status. Another one sends the group the signals
     * that are written to its standard input, and SIGKILL at the end of that, which comes when this process closes it or dies. What
     * is killed needs a moment to end. A program that has just been started may not have a group yet.
     */
    private static final String GROUP = """
            exec 3<&0
            "$@" </dev/null 3<&- &
            group=$!
            exec >/dev/null 2>&1
            send() { kill -s "$1" -- "-$group" || kill -s "$1" "$group"; }
            (while read -r signal; do send "$signal"; done; send KILL) <&3 3<&- &
            exec 3<&-
            wait "$group"
            status=$?
            tries=0
            while kill -s KILL -- "-$group" && [ "$((tries += 1))" -lt 5 ]; do sleep 0.1; done
            kill $!
            exit "$status"
            """;

    /** How long the end of killed processes is awaited. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Process process;

    private ProgramProcess(Process process) {
        this.process = process;
    }

    /** Starts a command line; nothing of it is interpreted by a shell. */
    static ProgramProcess start(List<String> line, Path directory, Map<String, String> environment) throws IOException {
        List<String> whole = new ArrayList<>();
        SETSID.ifPresent(setsid -> whole.addAll(List.of("/bin/sh", "-c", GROUP, "sh", setsid)));
        whole.addAll(line);
        ProcessBuilder builder = new ProcessBuilder(whole).directory(directory.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (SETSID.isEmpty()) {
            process.getOutputStream().close();
        }
        return new ProgramProcess(process);
    }

    /** The process to wait for and to read from. */
    Process process() {
        return process;
    }

    /**
     * Ends all processes: asks them to, and kills what is left after a grace, which an interruption ends.
     *
     * @return false when the program still runs
     */
    boolean end(Duration grace) {
        List<ProcessHandle> descendants =
                SETSID.isPresent() ? List.of() : process.descendants().toList();
        boolean interrupted = false;
        if (process.isAlive() && !grace.isZero()) {
            terminate(descendants);
            try {
                process.waitFor(grace.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        kill(descendants);
        settle(process.onExit(), PATIENCE);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !process.isAlive();
    }

    private void terminate(List<ProcessHandle> descendants) {
        if (SETSID.isPresent()) {
            try {
                process.getOutputStream().write("TERM\n".getBytes(StandardCharsets.UTF_8));
                process.getOutputStream().flush();
            } catch (IOException ended) {
                return;
            }
        } else {
            descendants.forEach(ProcessHandle::destroy);
            process.toHandle().destroy();
        }
    }

    private void kill(List<ProcessHandle> descendants) {
        if (SETSID.isPresent()) {
            try {
                process.getOutputStream().close();
            } catch (IOException ended) {
                return;
            }
        } else {
            descendants.forEach(ProcessHandle::destroyForcibly);
            // By its handle, since the process itself would close its streams with what is still in them.
            process.toHandle().destroyForcibly();
        }
    }

    /** Waits for what ends soon, whether or not the thread is interrupted, which it still is afterwards. */
    static void settle(CompletableFuture<?> end, Duration patience) {
        CompletableFuture<@Nullable Void> settled = end.handle((result, failure) -> null);
        settled.completeOnTimeout(null, patience.toNanos(), TimeUnit.NANOSECONDS)
                .join();
    }
}
