package io.github.keywharf.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The processor time of this process, of a server, and of everything that either has started, from the kernel's accounting:
 * a figure that other work on the machine hardly changes. Linux only; elsewhere it measures nothing.
 */
public final class CpuWatch {

    private static final Path PROCESSES = Path.of("/proc");
    private static final double TICKS = 100;
    /** Of the fields after the name: user, system, and both of the children that have ended. */
    private static final int FIRST_TIME = 11;

    private CpuWatch() {}

    /**
     * Seconds up to now.
     *
     * @param server the process id of the server's first process; 0 for none
     */
    public static double seconds(long server) {
        if (!Files.isDirectory(PROCESSES.resolve("self"))) {
            return 0;
        }
        Set<Long> processes = new HashSet<>();
        List<ProcessHandle> roots = Stream.of(java.util.Optional.of(ProcessHandle.current()), ProcessHandle.of(server))
                .flatMap(java.util.Optional::stream)
                .toList();
        for (ProcessHandle root : roots) {
            processes.add(root.pid());
            root.descendants().forEach(process -> processes.add(process.pid()));
        }
        return processes.stream().mapToDouble(CpuWatch::ofProcess).sum();
    }

    /** Seconds up to now that the machine's processors had nothing to do, added up. */
    public static double idle() {
        try {
            // After the word "cpu": user, nice, system, idle, waiting for a disk.
            String[] fields =
                    Files.readAllLines(PROCESSES.resolve("stat")).get(0).split(" +");
            return (Long.parseLong(fields[4]) + Long.parseLong(fields[5])) / TICKS;
        } catch (IOException elsewhere) {
            return 0;
        }
    }

    /** The time of one process and of those of its children that have ended. */
    public static double ofProcess(long process) {
        return fields(process, 0, 4);
    }

    /**
     * Some of the four figures of a process: user and system, and both of the children that have ended.
     *
     * @param from the first, counted from 0
     * @param to behind the last
     */
    public static double fields(long process, int from, int to) {
        try {
            String stat = Files.readString(PROCESSES.resolve(process + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return Arrays.stream(fields, FIRST_TIME + from, FIRST_TIME + to)
                            .mapToLong(Long::parseLong)
                            .sum()
                    / TICKS;
        } catch (IOException gone) {
            return 0;
        }
    }
}
