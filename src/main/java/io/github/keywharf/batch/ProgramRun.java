package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.internal.Threads;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.WriteReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** One run of a program on one file. */
final class ProgramRun {

    /** What PATH is unless the host's environment function gives another. */
    static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static final Duration POLL = Duration.ofMillis(100);

    /** How long the end of the output is awaited, which a process that hid from us may hold open. */
    private static final Duration OUTPUT_PATIENCE = Duration.ofSeconds(2);

    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final String OURS = "KEYWHARF_";
    private static final int MAX_NAME = 200;
    private static final int SIGNALS = 128;

    private final ProgramSettings settings;
    private final IngestJob job;
    private final String subject;
    private final Map<String, String> environment;
    private final ProgramOutput output;
    private final WorkSize work;
    private long reported;

    private ProgramRun(ProgramSettings settings, IngestJob job, Map<String, String> secrets) {
        this.settings = settings;
        this.job = job;
        subject = Cut.printable(job.file().name(), MAX_NAME);
        environment = environment(job, secrets);
        output = new ProgramOutput(secrets.values());
        work = new WorkSize(job.work(), settings.maxWork());
    }

    static ProgramRun of(ProgramSettings settings, IngestJob job) {
        Map<String, String> secrets = new LinkedHashMap<>();
        for (Map.Entry<String, Secret> variable :
                settings.environment().apply(job).entrySet()) {
            String name = variable.getKey();
            if (!VARIABLE.matcher(name).matches() || name.startsWith(OURS)) {
                throw new IllegalArgumentException("'" + Cut.printable(name, MAX_NAME)
                        + "' cannot be a variable of a program's environment; use letters, digits and underscores, and do"
                        + " not begin with a digit or with " + OURS);
            }
            secrets.put(name, variable.getValue().reveal());
        }
        return new ProgramRun(settings, job, secrets);
    }

    private static Map<String, String> environment(IngestJob job, Map<String, String> secrets) {
        Map<String, String> variables = new LinkedHashMap<>();
        String work = job.work().toAbsolutePath().toString();
        variables.put("PATH", PATH);
        variables.put("LANG", "C.UTF-8");
        variables.put("HOME", work);
        variables.put("TMPDIR", work);
        variables.putAll(secrets);
        variables.put(OURS + "TENANT", job.tenant().id());
        variables.put(OURS + "FILE", job.path().toAbsolutePath().toString());
        variables.put(OURS + "FILE_ID", job.file().id());
        variables.put(OURS + "ATTEMPT", String.valueOf(job.file().attempt()));
        variables.put(OURS + "KEYSPACE", job.profile().keyspace());
        variables.put(OURS + "TABLE", job.profile().table());
        return variables;
    }

    WriteReport run() {
        long begin = System.nanoTime();
        ProgramProcess program = start();
        Process process = program.process();
        CompletableFuture<Void> drained = CompletableFuture.allOf(
                CompletableFuture.runAsync(() -> output.drainOutput(process.getInputStream()), ProgramRun::drain),
                CompletableFuture.runAsync(() -> output.drainErrors(process.getErrorStream()), ProgramRun::drain));
        Optional<Supplier<KeywharfException>> broken;
        try {
            broken = await(process);
        } catch (InterruptedException e) {
            end(program, settings.grace(), drained);
            throw KeywharfException.interrupted(subject, e);
        } catch (RuntimeException | Error e) {
            end(program, Duration.ZERO, drained);
            throw e;
        }
        end(program, broken.isPresent() ? settings.grace() : Duration.ZERO, drained);
        if (broken.isPresent()) {
            throw broken.get().get();
        }
        checkExit(process.exitValue());
        job.progress(output.rows());
        return WriteReport.of(
                output.rows() + output.rejected(),
                output.rows(),
                output.rejected(),
                0,
                Duration.ofNanos(System.nanoTime() - begin));
    }

    private ProgramProcess start() {
        Path file = job.path().toAbsolutePath();
        List<String> line = ProgramCommand.of(
                settings,
                String.valueOf(environment.get("PATH")),
                file,
                job.work().toAbsolutePath());
        try {
            return ProgramProcess.start(line, job.work(), environment);
        } catch (IOException e) {
            throw new KeywharfException(
                    "batch.no_program",
                    Cut.printable(line.get(0), MAX_NAME),
                    "The program cannot be started: " + Cut.printable(String.valueOf(e.getMessage()), MAX_NAME)
                            + "; correct the command",
                    e);
        }
    }

    private static void drain(Runnable drain) {
        Thread thread = Threads.daemon("keywharf-program-output", drain);
        thread.start();
    }

    /** Waits for the end of the program, or for the first reason to end it, which quotes what it still writes then. */
    private Optional<Supplier<KeywharfException>> await(Process process) throws InterruptedException {
        while (true) {
            Duration left = Duration.between(settings.clock().instant(), job.deadline());
            if (left.isNegative() || left.isZero()) {
                return process.waitFor(0, TimeUnit.NANOSECONDS) ? Optional.empty() : Optional.of(this::late);
            }
            long pause = left.compareTo(POLL) < 0 ? left.toNanos() : POLL.toNanos();
            if (process.waitFor(pause, TimeUnit.NANOSECONDS)) {
                return Optional.empty();
            }
            long rows = output.rows();
            if (rows != reported) {
                reported = rows;
                job.progress(rows);
            }
            if (work.isExceeded()) {
                return Optional.of(this::large);
            }
        }
    }

    private KeywharfException large() {
        return new KeywharfException(
                "batch.program_limit",
                subject,
                "The program was ended, as its work directory held more than " + settings.maxWork()
                        + " bytes, or what cannot be looked at" + wrote() + "; let it write less, or raise the limit");
    }

    private KeywharfException late() {
        return new KeywharfException(
                "batch.program_timeout",
                subject,
                "The program was ended, as it was not done at " + job.deadline() + wrote()
                        + "; make it faster, or raise the profile's time limit");
    }

    /** Ends all that is left of the program, and takes the rest of its output. */
    private void end(ProgramProcess program, Duration grace, CompletableFuture<Void> drained) {
        boolean isOver = program.end(grace);
        output.end();
        ProgramProcess.settle(drained, OUTPUT_PATIENCE);
        if (!isOver) {
            throw new KeywharfException(
                    "batch.program_not_stopped",
                    subject,
                    "Process " + program.process().pid()
                            + " of the program cannot be killed; look at what its children wait for");
        }
    }

    private void checkExit(int status) {
        if (status == ProcessApp.TRY_LATER) {
            throw KeywharfException.retryable(
                    "batch.program_busy", subject, "The program asks to be tried again later" + wrote());
        }
        if (status != 0) {
            String signal = status > SIGNALS ? " (signal " + (status - SIGNALS) + ")" : "";
            throw new KeywharfException(
                    "batch.program_failed",
                    subject,
                    "The program ended with status " + status + signal + wrote() + "; correct the file or the program");
        }
    }

    private String wrote() {
        return output.tail().map(tail -> ", and wrote at last: " + tail).orElse(", and wrote nothing");
    }
}
