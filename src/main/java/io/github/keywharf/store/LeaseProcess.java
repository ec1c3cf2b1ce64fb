package io.github.keywharf.store;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Process that takes leases.
 *
 * @param host name of its host, for people
 * @param machine scope of process ids: on Linux the boot and the namespace of process ids, which distinguish containers of
 *     one host or of one name; elsewhere the name of the host
 * @param pid process id
 * @param started start time by the operating system; null if unknown
 * @param witness the name of a file that the process created among this machine's temporary files; null if it could not
 */
record LeaseProcess(
        String host,
        String machine,
        long pid,
        @Nullable Instant started,
        @Nullable String witness) {

    /** Largest difference of two start times of one process, between which the clock may be set. */
    private static final Duration TOLERANCE = Duration.ofSeconds(2);

    static LeaseProcess current() {
        ProcessHandle self = ProcessHandle.current();
        String host = hostName();
        return new LeaseProcess(
                host, machine(host), self.pid(), self.info().startInstant().orElse(null), Witness.NAME);
    }

    /**
     * File of this process. Machines cloned from one snapshot have equal boot ids, and others have equal names, such as
     * {@code localhost}: that a process is not found here shows that it has ended only if it ran here.
     */
    private static final class Witness {
        static final @Nullable String NAME = create();

        private static @Nullable String create() {
            try {
                Path file = Files.createTempFile("keywharf-lease-", "");
                file.toFile().deleteOnExit();
                return String.valueOf(file.getFileName());
            } catch (IOException | SecurityException notHere) {
                return null;
            }
        }
    }

    private boolean wasHere() {
        return witness != null
                && witness.startsWith("keywharf-lease-")
                && witness.indexOf('/') < 0
                && witness.indexOf('\\') < 0
                && Files.exists(Path.of(System.getProperty("java.io.tmpdir"), witness));
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    private static String machine(String host) {
        try {
            String boot =
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
            return boot + "/" + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
        } catch (IOException | UnsupportedOperationException notLinux) {
            return host;
        }
    }

    /** Returns true if another process ran on this machine and has certainly ended. */
    boolean knowsDead(LeaseProcess other) {
        if (!machine.equals(other.machine) || machine.equals("unknown") || !other.wasHere()) {
            return false;
        }
        Optional<ProcessHandle> found = ProcessHandle.of(other.pid).filter(ProcessHandle::isAlive);
        if (found.isEmpty()) {
            return true;
        }
        Instant startedNow = found.get().info().startInstant().orElse(null);
        Instant startedThen = other.started;
        return startedNow != null
                && startedThen != null
                && Duration.between(startedThen, startedNow).abs().compareTo(TOLERANCE) > 0;
    }

    String describe() {
        return "process " + pid + " on " + host;
    }
}
