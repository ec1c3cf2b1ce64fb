package io.github.keywharf.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process run to its end, with what it took. Memory and processor time are the kernel's figures, on Linux only.
 *
 * @param said what it printed, standard error included
 * @param seconds from its start to its end
 * @param processor seconds of processor time
 * @param memoryMb the most of physical memory that it had
 */
public record ProcessRun(String said, double seconds, double processor, long memoryMb) {
    private static final long LOOK_MILLIS = 50;

    /**
     * Runs a command, and ends the benchmark when it fails.
     *
     * @param environment besides the usual one
     * @param log where its output goes
     */
    public static ProcessRun of(List<String> command, Map<String, String> environment, Path log)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        double before = ofEndedChildren();
        long begun = System.nanoTime();
        Process process = builder.start();
        long memory = 0;
        try {
            while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                memory = Math.max(memory, memoryMb(process.pid()));
            }
        } finally {
            process.destroyForcibly();
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        String said = Files.readString(log);
        if (process.exitValue() != 0) {
            throw new IllegalStateException(command.get(command.size() - 1) + " ended with " + process.exitValue()
                    + ": " + said.substring(Math.max(0, said.length() - 3_000)));
        }
        return new ProcessRun(said, seconds, ofEndedChildren() - before, memory);
    }

    /** The figure {@code VmHWM}: what the process had at most up to now. */
    public static long memoryMb(long process) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + process + "/status"))) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
                }
            }
        } catch (IOException ended) {
            // What was seen before counts.
        }
        return 0;
    }

    private static double ofEndedChildren() {
        return CpuWatch.fields(ProcessHandle.current().pid(), 2, 4);
    }
}
