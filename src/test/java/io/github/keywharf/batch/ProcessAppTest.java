package io.github.keywharf.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.Background;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs real small programs. Each finds the directory {@code $OUT}, in which it leaves what the test looks at. */
@DisabledOnOs(OS.WINDOWS)
@Timeout(120)
class ProcessAppTest {

    private static final Instant LATE = Instant.EPOCH.plusSeconds(3_600);

    @TempDir
    Path directory;

    private Path out;
    private JobsInTest jobs;

    @BeforeEach
    void begin() throws IOException {
        out = Files.createDirectories(directory.resolve("what it leaves"));
        jobs = new JobsInTest(directory.resolve("staging"), LATE);
    }

    /** A program of these lines. */
    private Path program(String... lines) throws IOException {
        Path file = Files.createDirectories(directory.resolve("my programs")).resolve("ingest it");
        Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    /** Lets the program run on, as it is never late. */
    private ProcessApp.Builder app(String... lines) throws IOException {
        return app(program(lines));
    }

    private ProcessApp.Builder app(Path program) {
        return ProcessApp.builder(program.toString())
                .clock(() -> Instant.EPOCH)
                .environment(job -> Map.of("OUT", Secret.of(out.toString())));
    }

    /** The clock passes the deadline when the program has written this. */
    private InstantSource lateOnce(String name) {
        return () -> written(name) ? LATE.plusSeconds(1) : Instant.EPOCH;
    }

    private boolean written(String name) {
        try {
            return Files.exists(out.resolve(name))
                    && Files.readString(out.resolve(name)).endsWith("\n");
        } catch (IOException e) {
            return false;
        }
    }

    private String left(String name) throws IOException {
        return Files.readString(out.resolve(name));
    }

    private IngestJob job() {
        return jobs.of("clients.csv", "a\n1\n");
    }

    private KeywharfException refused(ProcessApp.Builder app) {
        ProcessApp built = app.build();
        return catchThrowableOfType(KeywharfException.class, () -> built.ingest(job()));
    }

    /** Whether the process whose id the program wrote still runs; one that only waits to be counted does not. */
    private boolean isRunning(String name) throws IOException {
        long pid = Long.parseLong(left(name).strip());
        Path stat = Path.of("/proc/" + pid + "/stat");
        if (!Files.exists(Path.of("/proc/self/stat"))) {
            return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
        }
        try {
            String line = Files.readString(stat);
            return !line.substring(line.lastIndexOf(')') + 2).startsWith("Z");
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void a_program_that_ends_well_is_believed_in_its_last_counts() throws IOException {
        WriteReport report = app(
                        "echo rows=10", "echo working", "echo rejected=1", "echo rows=20", "printf 'rejected=3'")
                .build()
                .ingest(job());

        assertThat(report.read()).isEqualTo(23);
        assertThat(report.written()).isEqualTo(20);
        assertThat(report.rejected()).isEqualTo(3);
        assertThat(jobs.progress).last().isEqualTo(20L);
    }

    @Test
    void progress_is_reported_while_the_program_runs() throws Exception {
        ProcessApp app = app("echo rows=7", "until [ -e \"$OUT/go\" ]; do sleep 0.1; done", "echo rows=9")
                .build();
        IngestJob job = job();
        CompletableFuture<WriteReport> run = Background.supply(() -> app.ingest(job));

        await().atMost(Duration.ofSeconds(60)).until(() -> jobs.progress.contains(7L));
        Files.writeString(out.resolve("go"), "");

        assertThat(run.get().written()).isEqualTo(9);
    }

    @Test
    void a_program_without_counts_has_ingested_nothing_that_is_known() throws IOException {
        assertThat(app("rows=5", "echo ' rows = 5'", "echo rows=-1", "echo rows=5 >&2")
                        .build()
                        .ingest(job())
                        .written())
                .isZero();
    }

    @Test
    void a_program_that_fails_gives_its_last_words_as_the_reason() throws IOException {
        KeywharfException e =
                refused(app("echo rows=3", "echo first", "printf 'bad\\033[31m line 7\\r\\n' >&2", "exit 3"));

        assertThat(e.code()).isEqualTo("batch.program_failed");
        assertThat(e.retryable()).isFalse();
        assertThat(e)
                .hasMessageStartingWith("[clients.csv] The program ended with status 3, and wrote at last: ")
                .hasMessageContaining("first")
                .hasMessageContaining("bad?[31m line 7")
                .hasMessageNotContainingAny("rows=3", "\n", "\033");
    }

    @Test
    void a_program_may_ask_for_another_try() throws IOException {
        KeywharfException e = refused(app("echo 'the table is locked' >&2", "exit 75"));

        assertThat(e.code()).isEqualTo("batch.program_busy");
        assertThat(e.retryable()).isTrue();
        assertThat(e).hasMessageContaining("the table is locked");
    }

    @Test
    void a_program_that_crashes_is_reported_with_its_signal() throws IOException {
        assertThat(refused(app("kill -SEGV $$"))).hasMessageContaining("status 139 (signal 11), and wrote nothing");
    }

    @Test
    void a_program_that_hangs_is_ended_with_its_children_when_its_time_is_over() throws IOException {
        KeywharfException e = refused(app(
                        "echo waiting for Godot",
                        "sleep 1000 &",
                        "echo $! > \"$OUT/child\"",
                        "echo $$ > \"$OUT/pid\"",
                        "wait")
                .clock(lateOnce("pid")));

        assertThat(e.code()).isEqualTo("batch.program_timeout");
        assertThat(e)
                .hasMessageContaining("not done at 1970-01-01T01:00:00Z")
                .hasMessageContaining("waiting for Godot");
        assertThat(isRunning("pid")).isFalse();
        assertThat(isRunning("child")).isFalse();
    }

    @Test
    void a_program_is_asked_to_end_before_it_is_killed() throws IOException {
        KeywharfException e = refused(app(
                        "trap 'echo rolled back > \"$OUT/end\"; exit 0' TERM",
                        "echo $$ > \"$OUT/pid\"",
                        "while :; do sleep 1000; done")
                .clock(lateOnce("pid"))
                .grace(Duration.ofSeconds(60)));

        assertThat(e.code()).isEqualTo("batch.program_timeout");
        assertThat(left("end")).isEqualTo("rolled back\n");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void a_child_that_its_parent_has_left_is_asked_to_end_too() throws IOException {
        KeywharfException e = refused(app(
                        "(sh -c 'trap \"echo rolled back > \\\"$OUT/end\\\"; exit 0\" TERM; echo $$ > \"$OUT/orphan\";"
                                + " while :; do sleep 0.1; done' &)",
                        "trap '' TERM",
                        "while :; do sleep 0.1; done")
                .clock(lateOnce("orphan"))
                .grace(Duration.ofSeconds(3)));

        assertThat(e.code()).isEqualTo("batch.program_timeout");
        assertThat(left("end")).isEqualTo("rolled back\n");
        assertThat(isRunning("orphan")).isFalse();
    }

    @Test
    void a_program_that_does_not_listen_is_killed() throws IOException {
        KeywharfException e = refused(app("trap '' TERM INT HUP", "echo $$ > \"$OUT/pid\"", "while :; do sleep 1; done")
                .clock(lateOnce("pid"))
                .grace(Duration.ofMillis(200)));

        assertThat(e.code()).isEqualTo("batch.program_timeout");
        assertThat(isRunning("pid")).isFalse();
    }

    @Test
    void an_interruption_of_the_calling_thread_ends_the_program() throws Exception {
        ProcessApp app = app("echo $$ > \"$OUT/pid\"", "sleep 1000").build();
        IngestJob job = job();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread =
                new Thread(() -> thrown.set(catchThrowableOfType(KeywharfException.class, () -> app.ingest(job))));
        thread.start();
        await().atMost(Duration.ofSeconds(60)).until(() -> written("pid"));

        thread.interrupt();
        thread.join();

        assertThat(thrown.get())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(KeywharfException.INTERRUPTED));
        assertThat(isRunning("pid")).isFalse();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void a_child_with_an_environment_of_its_own_is_ended_with_its_parent() throws IOException {
        KeywharfException e = refused(app("env -i /bin/sleep 600 &", "echo $! > \"$OUT/child\"", "wait")
                .grace(Duration.ZERO)
                .clock(lateOnce("child")));

        assertThat(e.code()).isEqualTo("batch.program_timeout");
        assertThat(isRunning("child")).isFalse();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void a_process_that_escapes_and_holds_the_output_keeps_no_thread_waiting() throws IOException {
        WriteReport report = app("echo rows=3", "setsid sleep 600 &", "echo $! > \"$OUT/escaped\"", "sleep 0.2")
                .build()
                .ingest(job());

        try {
            assertThat(report.written()).isEqualTo(3);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> Thread.getAllStackTraces().keySet().stream()
                            .noneMatch(thread -> thread.getName().equals("keywharf-program-output")));
        } finally {
            ProcessHandle.of(Long.parseLong(left("escaped").strip())).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void a_process_that_escapes_and_floods_the_output_fills_no_memory_and_loses_its_reader() throws IOException {
        app("setsid yes &", "echo $! > \"$OUT/escaped\"", "sleep 0.2").build().ingest(job());

        await().atMost(Duration.ofSeconds(60)).until(() -> !isRunning("escaped"));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void children_that_a_program_leaves_behind_are_ended() throws IOException {
        app("sleep 1000 &", "echo $! > \"$OUT/child\"", "echo rows=1").build().ingest(job());

        assertThat(isRunning("child")).isFalse();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void a_daemon_that_hides_cannot_hold_the_run() throws IOException {
        assumeTrue(Files.exists(Path.of("/usr/bin/setsid")), "there is no setsid");
        try {
            WriteReport report = app(
                            "(env -i /usr/bin/setsid /bin/sh -c 'echo $$ > \"$0\"; exec sleep 1000' \"$OUT/daemon\" &)",
                            "until [ -s \"$OUT/daemon\" ]; do sleep 0.1; done",
                            "echo rows=4")
                    .build()
                    .ingest(job());

            assertThat(report.written()).isEqualTo(4);
        } finally {
            ProcessHandle.of(Long.parseLong(left("daemon").strip())).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void a_program_ends_with_the_process_that_started_it() throws Exception {
        Path program = program("sleep 1000 &", "echo $! > \"$OUT/child\"", "echo $$ > \"$OUT/pid\"", "wait");
        Process host = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ProgramHost.class.getName(),
                        program.toString(),
                        out.toString(),
                        directory.resolve("host").toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        try {
            await().atMost(Duration.ofSeconds(60)).until(() -> written("pid"));
        } finally {
            host.destroyForcibly();
        }

        await().atMost(Duration.ofSeconds(60)).until(() -> !isRunning("pid") && !isRunning("child"));
    }

    /** Runs a program until it is killed. */
    static final class ProgramHost {
        private ProgramHost() {}

        public static void main(String[] arguments) {
            ProcessApp.builder(arguments[0])
                    .environment(job -> Map.of("OUT", Secret.of(arguments[1])))
                    .clock(() -> Instant.EPOCH)
                    .build()
                    .ingest(new JobsInTest(Path.of(arguments[2]), LATE).of("clients.csv", "a"));
        }
    }

    @Test
    void floods_of_output_and_lines_without_end_are_dropped() throws IOException {
        KeywharfException e = refused(app(
                "head -c 30000000 /dev/zero | tr '\\0' x",
                "yes 'a line of no use' | head -n 500000",
                "(yes rows=1 | head -n 500000; echo rows=2)",
                "head -c 30000000 /dev/zero | tr '\\0' e >&2",
                "echo >&2",
                "echo 'the last word' >&2",
                "exit 1"));

        assertThat(e.code()).isEqualTo("batch.program_failed");
        assertThat(e).hasMessageContaining("the last word");
        assertThat(e.getMessage()).hasSizeLessThan(2 * ProgramOutput.MAX_TAIL + 300);
    }

    @Test
    void bytes_that_are_not_text_are_dropped_without_harm() throws IOException {
        WriteReport report = app(
                        "head -c 3000000 /dev/urandom", "head -c 100000 /dev/urandom >&2", "echo", "echo rows=6")
                .build()
                .ingest(job());

        assertThat(report.written()).isEqualTo(6);
    }

    @Test
    void a_file_beyond_the_limit_is_not_written() throws IOException {
        KeywharfException e = refused(app("set -e", "head -c 20000000 /dev/zero > \"$OUT/huge\"", "echo rows=1")
                .maxFile(1 << 20));

        assertThat(e.code()).isEqualTo("batch.program_failed");
        assertThat(Files.size(out.resolve("huge"))).isLessThanOrEqualTo(1 << 20);
    }

    @Test
    void a_program_that_fills_its_work_directory_is_ended() throws IOException {
        KeywharfException e = refused(app(
                        "echo $$ > \"$OUT/pid\"",
                        "i=0; while :; do i=$((i+1)); mkdir -p d$i; head -c 100000 /dev/zero > d$i/f; done")
                .maxWork(1 << 20));

        assertThat(e.code()).isEqualTo("batch.program_limit");
        assertThat(e).hasMessageContaining("more than 1048576 bytes");
        assertThat(isRunning("pid")).isFalse();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void a_program_that_wants_too_much_memory_fails() throws IOException {
        String[] lines = {"dd if=/dev/zero of=/dev/null bs=600M count=1 || exit 9", "echo rows=1"};

        assertThat(app(lines).build().ingest(job()).written()).isEqualTo(1);
        assertThat(refused(app(lines).maxMemory(256L << 20))).hasMessageContaining("status 9");
    }

    @Test
    void the_environment_is_what_is_promised_and_nothing_of_the_host() throws IOException {
        app("env > \"$OUT/env\"", "pwd > \"$OUT/pwd\"", "cat > \"$OUT/stdin\"", "ls > \"$OUT/ls\"")
                .environment(job -> Map.of("OUT", Secret.of(out.toString()), "KEY", Secret.of("k1")))
                .build()
                .ingest(job());

        Map<String, String> environment = left("env")
                .lines()
                .filter(line -> !line.matches("(PWD|OLDPWD|SHLVL|_)=.*"))
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.indexOf('=')), line -> line.substring(line.indexOf('=') + 1)));
        String work = jobs.work().toString();
        assertThat(environment)
                .containsOnlyKeys(
                        "PATH",
                        "LANG",
                        "HOME",
                        "TMPDIR",
                        "OUT",
                        "KEY",
                        "KEYWHARF_TENANT",
                        "KEYWHARF_FILE",
                        "KEYWHARF_FILE_ID",
                        "KEYWHARF_ATTEMPT",
                        "KEYWHARF_KEYSPACE",
                        "KEYWHARF_TABLE")
                .containsEntry("HOME", work)
                .containsEntry("TMPDIR", work)
                .containsEntry("KEY", "k1")
                .containsEntry("KEYWHARF_TENANT", "customer-1")
                .containsEntry("KEYWHARF_FILE", job().path().toString())
                .containsEntry("KEYWHARF_FILE_ID", "0123456789abcdef0123456789abcdef")
                .containsEntry("KEYWHARF_ATTEMPT", "1")
                .containsEntry("KEYWHARF_KEYSPACE", "customer1")
                .containsEntry("KEYWHARF_TABLE", "application")
                .containsEntry("LANG", "C.UTF-8")
                .containsEntry("PATH", ProgramRun.PATH);
        assertThat(left("pwd").strip()).isEqualTo(jobs.work().toRealPath().toString());
        assertThat(left("stdin")).isEmpty();
        assertThat(left("ls")).isEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void a_program_inherits_no_open_file_of_the_host() throws IOException {
        Path secret = Files.writeString(directory.resolve("open in the host"), "x");
        try (InputStream held = Files.newInputStream(secret)) {
            app("ls -l /proc/$$/fd > \"$OUT/open\"").build().ingest(job());
            assertThat(held.available()).isEqualTo(1);
        }

        assertThat(left("open")).contains("pipe:").doesNotContain("open in the host");
    }

    @Test
    void credentials_that_a_program_prints_are_not_in_the_reason() throws IOException {
        String pem = "-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQ==\n-----END KEY-----\n";
        KeywharfException e = refused(app(
                        "echo \"token $TOKEN for $USER_NAME\" >&2",
                        "printf '%s' \"$PEM\"",
                        "head -c 495 /dev/zero | tr '\\0' x; echo \"$TOKEN\"",
                        "exit 1")
                .environment(job -> Map.of(
                        "TOKEN", Secret.of("s3cr3t-t0k3n"), "USER_NAME", Secret.of("s3cr3t"), "PEM", Secret.of(pem))));

        assertThat(e.getMessage())
                .contains("***")
                .doesNotContain("s3cr3t", "MIIEvQIBADANBg", "kqhkiG9w0BAQ")
                .doesNotContain("xs3c");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "with a space.csv",
                "it's \"quoted\".csv",
                "-rf.csv",
                "$(touch pwned);`touch pwned`;&|<>.csv",
                "*?[a].csv",
                "two\nlines.csv",
                "rows=99.csv",
                "\\back\\slash%s.csv"
            })
    void a_file_of_any_name_arrives_as_one_argument(String name) throws IOException {
        assertArrives(name);
    }

    @Test
    void a_file_with_a_name_of_any_language_arrives_as_one_argument() throws IOException {
        assumeTrue(
                "UTF-8".equals(System.getProperty("sun.jnu.encoding")), "the locale is not UTF-8; set LC_ALL=C.UTF-8");
        assertArrives("Größe 写真 😀.csv");
    }

    private void assertArrives(String name) throws IOException {
        IngestJob job = jobs.of(name, "a\n1\n");
        Path program = program(
                "[ $# = 2 ] || exit 8", "printf '%s' \"$1$2\" > \"$OUT/arguments\"", "cat \"$2\" > \"$OUT/content\"");
        for (long limit : new long[] {0, 1 << 20}) {
            ProcessApp.Builder app = ProcessApp.builder(program.toString(), "$HOME '\"")
                    .clock(() -> Instant.EPOCH)
                    .environment(any -> Map.of("OUT", Secret.of(out.toString())));
            (limit > 0 ? app.maxFile(limit) : app).build().ingest(job);

            assertThat(left("arguments")).isEqualTo("$HOME '\"" + job.path());
            assertThat(left("content")).isEqualTo("a\n1\n");
        }
        try (Stream<Path> all = Files.walk(directory)) {
            assertThat(all.filter(path -> path.endsWith("pwned"))).isEmpty();
        }
    }

    @Test
    void a_program_that_is_not_there_or_cannot_be_run_is_reported_as_such() throws IOException {
        Path plain = Files.writeString(directory.resolve("plain.py"), "print(1)");
        Path headless = program();
        Files.writeString(headless, "#!/no/such/interpreter\n");

        assertThat(List.of(
                        refused(app(directory.resolve("gone"))).getMessage(),
                        refused(app(plain)).getMessage(),
                        refused(ProcessApp.builder("no-such-program-of-ours").clock(() -> Instant.EPOCH))
                                .getMessage(),
                        refused(app(headless)).getMessage()))
                .satisfiesExactly(
                        gone -> assertThat(gone).contains("gone] The program does not exist"),
                        text -> assertThat(text).contains("plain.py] The program is not executable"),
                        name -> assertThat(name).contains("is not among the programs in " + ProgramRun.PATH),
                        head -> assertThat(head).containsAnyOf("The program cannot be started", "failed to execute"));
        assertThat(refused(app(plain)).code()).isEqualTo("batch.no_program");
    }

    @Test
    void a_program_is_found_in_the_path_that_it_will_have() throws IOException {
        Path program = program("echo rows=8");
        WriteReport report = ProcessApp.builder(program.getFileName().toString())
                .clock(() -> Instant.EPOCH)
                .environment(job -> Map.of("PATH", Secret.of("/usr/bin:/bin:" + program.getParent())))
                .build()
                .ingest(job());

        assertThat(report.written()).isEqualTo(8);
    }

    @Test
    void a_launcher_can_let_a_program_see_its_own_file_and_directory_alone() throws IOException {
        IngestJob job = jobs.of("{work}{file}.csv", "a\n1\n");
        app("echo \"$SEEN\" > \"$OUT/seen\"")
                .launcher("/usr/bin/env", "SEEN={work}:{file}")
                .build()
                .ingest(job);

        assertThat(left("seen")).isEqualTo(job.work() + ":" + job.path() + "\n");
    }

    @Test
    void a_program_that_hides_what_it_writes_below_the_longest_path_is_ended() throws IOException {
        KeywharfException e = refused(app(
                        "i=0; while [ $i -lt 500 ]; do mkdir 0123456789 && cd -P 0123456789 || exit 3; i=$((i+1)); done",
                        "head -c 3000000 /dev/zero > hidden",
                        "sleep 600")
                .maxWork(1 << 20));

        assertThat(e.code()).isEqualTo("batch.program_limit");
        Path work = jobs.work();
        StagingArea.delete(work);
        assertThat(work).doesNotExist();
    }

    @Test
    void a_launcher_starts_the_program_with_its_limits() throws IOException {
        Path launcher = directory.resolve("launcher");
        Files.writeString(launcher, "#!/bin/sh\nLAUNCHED=$1; export LAUNCHED; shift; exec \"$@\"\n");
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));

        app("ulimit -f > \"$OUT/limit\"", "echo $LAUNCHED > \"$OUT/launched\"")
                .launcher(launcher.toString(), "by us")
                .maxFile(1 << 20)
                .build()
                .ingest(job());

        assertThat(left("launched")).isEqualTo("by us\n");
        assertThat(left("limit")).isEqualTo("2048\n");
    }

    @Test
    void a_java_program_is_a_program() throws IOException {
        Path source = Files.writeString(directory.resolve("Lines.java"), """
                class Lines {
                    public static void main(String[] arguments) throws Exception {
                        System.out.println("rows=" + java.nio.file.Files.readAllLines(java.nio.file.Path.of(arguments[0])).size());
                    }
                }
                """, UTF_8);
        WriteReport report = ProcessApp.builder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), source.toString())
                .clock(() -> Instant.EPOCH)
                .build()
                .ingest(jobs.of("a.csv", "1\n2\n3\n"));

        assertThat(report.written()).isEqualTo(3);
    }

    @Test
    void settings_that_make_no_sense_are_refused() {
        ProcessApp.Builder app = ProcessApp.builder("/bin/true");

        assertThatThrownBy(() -> ProcessApp.builder()).hasMessageContaining("needs a program");
        assertThatThrownBy(() -> ProcessApp.builder("./here")).hasMessageContaining("'./here' is a relative path");
        assertThatThrownBy(() -> app.launcher("bin/here")).hasMessageContaining("relative path");
        assertThatThrownBy(() -> app.maxMemory(1_000))
                .hasMessageContaining("maxMemory")
                .hasMessageContaining("1000");
        assertThatThrownBy(() -> app.maxFile(0)).hasMessageContaining("maxFile");
        assertThatThrownBy(() -> app.maxWork(-1)).hasMessageContaining("maxWork");
        assertThatThrownBy(() -> app.grace(Duration.ofSeconds(-1))).hasMessageContaining("PT-1S");
        assertThatThrownBy(() -> app.grace(Duration.ofDays(1))).hasMessageContaining("PT24H");
        for (String name : List.of("KEYWHARF_FILE", "A B", "", "1A", "A=B")) {
            ProcessApp built =
                    app.environment(job -> Map.of(name, Secret.of("x"))).build();
            assertThatThrownBy(() -> built.ingest(job()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + name + "' cannot be a variable");
        }
        assertThat(app.build()).hasToString("ProcessApp[/bin/true]");
    }
}
