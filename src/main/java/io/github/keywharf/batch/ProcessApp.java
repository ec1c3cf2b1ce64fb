package io.github.keywharf.batch;

import io.github.keywharf.internal.Checks;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.WriteReport;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * Any program, in any language, as an app: started once for each file, with the file's path as its last argument. An exit
 * status of 0 means that the file is ingested, {@value #TRY_LATER} that it is to be tried again later, and any other that it
 * failed, for the reason that the program wrote last. No shell ever sees a file's name.
 *
 * <pre>{@code
 * ClientIngestApp app = ProcessApp.builder("/usr/bin/python3", "/opt/apps/customer_1.py")
 *         .environment(job -> Map.of("CASSANDRA_KEY", keys.get(job.tenant())))
 *         .maxMemory(2L << 30)
 *         .maxWork(1L << 30)
 *         .build();
 * }</pre>
 *
 * <p>Defaults: no further environment, no launcher, no limits but the profile's time limit, a grace of {@link #DEFAULT_GRACE}
 * between the request to end and the end. docs/reference/programs-as-apps.md says what the program finds and what becomes of
 * its output. Limits keep a program from harming others by mistake; against one that wants to, give a {@link
 * Builder#launcher} that isolates it.
 *
 * <p>Thread-safe: each call runs a process of its own. A program that runs past its time, breaks a limit, or whose calling
 * thread is interrupted is ended with the processes that it started. Where the system has {@code setsid}, as Linux has, these are
 * the processes of its group, which are also ended when it ends by itself or this process is killed.
 */
public final class ProcessApp implements ClientIngestApp {

    /** The exit status that means "try again later", {@code EX_TEMPFAIL} of sysexits.h. */
    public static final int TRY_LATER = 75;

    /** How long a program has to end by itself once it is asked to: enough to roll back, too short to hold others up. */
    public static final Duration DEFAULT_GRACE = Duration.ofSeconds(5);

    /** The longest grace. */
    public static final Duration MAX_GRACE = Duration.ofHours(1);

    private final ProgramSettings settings;

    private ProcessApp(ProgramSettings settings) {
        this.settings = settings;
    }

    /**
     * An app of this program.
     *
     * @param command an absolute path, or the name of a program that is in the {@code PATH} that it will have, and its
     *     arguments before the file's path
     */
    public static Builder builder(String... command) {
        return new Builder(List.of(command));
    }

    /**
     * Runs the program on a file.
     *
     * @return the counts that the program reported last; its bytes are 0
     * @throws io.github.keywharf.KeywharfException with code {@code batch.program_failed}, {@code batch.program_busy} (which is
     *     retryable), {@code batch.program_timeout}, {@code batch.program_limit}, {@code batch.no_program},
     *     {@code batch.program_not_stopped}, or that of an interruption
     */
    @Override
    public WriteReport ingest(IngestJob job) {
        return ProgramRun.of(settings, job).run();
    }

    @Override
    public String toString() {
        return "ProcessApp" + settings.command();
    }

    /** How a program is run. Not thread-safe. */
    public static final class Builder {

        private final List<String> command;
        private List<String> launcher = List.of();
        private Function<IngestJob, Map<String, Secret>> environment = job -> Map.of();
        private long maxMemory;
        private long maxFile;
        private long maxWork;
        private Duration grace = DEFAULT_GRACE;
        private InstantSource clock = InstantSource.system();

        private Builder(List<String> command) {
            ProgramCommand.check(command);
            this.command = command;
        }

        /**
         * A program that starts the program, such as {@code bwrap} or {@code systemd-run --scope} with their options, for
         * isolation that limits cannot give. The rest of the command line follows these arguments, in which {@code {file}}
         * and {@code {work}} stand for the run's file and working directory: let the program see those alone.
         */
        public Builder launcher(String... prefix) {
            launcher = List.of(prefix);
            ProgramCommand.check(launcher);
            return this;
        }

        /**
         * Further variables of its environment: credentials of the tenant and no others. They may replace {@code PATH} and
         * {@code LANG}. The secrets stay the host's to close; where the program prints one of them, it is left out of
         * the failure's reason.
         *
         * @param variables called for each run; names are letters, digits and underscores, and do not begin with
         *     {@code KEYWHARF_}
         */
        public Builder environment(Function<IngestJob, Map<String, Secret>> variables) {
            environment = Objects.requireNonNull(variables, "variables");
            return this;
        }

        /**
         * The most address space that each of its processes may have ({@code ulimit -v}; Linux). A JVM reserves much more than it
         * uses.
         *
         * @throws IllegalArgumentException when it is below 1 MiB
         */
        public Builder maxMemory(long bytes) {
            maxMemory = Checks.atLeast("maxMemory", bytes, 1L << 20);
            return this;
        }

        /**
         * The largest file that it may write ({@code ulimit -f}).
         *
         * @throws IllegalArgumentException when it is below 512 bytes
         */
        public Builder maxFile(long bytes) {
            maxFile = Checks.atLeast("maxFile", bytes, ProgramCommand.BLOCK);
            return this;
        }

        /**
         * The most bytes that its work directory may hold; looked at several times a second, and the program is ended when
         * there are more.
         *
         * @throws IllegalArgumentException when it is not positive
         */
        public Builder maxWork(long bytes) {
            maxWork = Checks.atLeast("maxWork", bytes, 1);
            return this;
        }

        /**
         * How long it has between the request to end (SIGTERM) and the end (SIGKILL).
         *
         * @throws IllegalArgumentException when it is negative or longer than {@link #MAX_GRACE}
         */
        public Builder grace(Duration time) {
            grace = Checks.between("grace", time, Duration.ZERO, MAX_GRACE);
            return this;
        }

        /** The clock that a job's deadline is compared with. */
        public Builder clock(InstantSource source) {
            clock = Objects.requireNonNull(source, "source");
            return this;
        }

        /**
         * The app.
         *
         * @throws IllegalStateException when there is a limit of memory or file size on a system without a POSIX shell
         */
        public ProcessApp build() {
            if ((maxMemory > 0 || maxFile > 0) && !ProgramCommand.HAS_SHELL) {
                throw new IllegalStateException(
                        "maxMemory and maxFile need a system with ulimit; leave them out, or give a launcher that limits");
            }
            return new ProcessApp(
                    new ProgramSettings(command, launcher, environment, maxMemory, maxFile, maxWork, grace, clock));
        }
    }
}
