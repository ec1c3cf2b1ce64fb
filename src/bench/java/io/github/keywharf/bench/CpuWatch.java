package io.github.keywharf.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The processor time of this process, of a server, and of everything that either has started, from the kernel's books:
 * a figure that other work on the machine hardly changes. Linux only; elsewhere it tells nothing.
 */
final class CpuWatch {

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
    static double seconds(long server) {
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

    private static double ofProcess(long process) {
        try {
            String stat = Files.readString(PROCESSES.resolve(process + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return Arrays.stream(fields, FIRST_TIME, FIRST_TIME + 4)
                            .mapToLong(Long::parseLong)
                            .sum()
                    / TICKS;
        } catch (IOException gone) {
            return 0;
        }
    }
}
