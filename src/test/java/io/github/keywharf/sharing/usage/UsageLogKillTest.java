package io.github.keywharf.sharing.usage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Fact;
import io.github.keywharf.format.delta.DeltaTable;
import io.github.keywharf.store.ObjectStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that logs usage is killed while it does, and while it writes to the table. */
class UsageLogKillTest {
    @TempDir
    private Path folder;

    private static UsageLog open(Path folder, Duration every) {
        return UsageLog.builder()
                .table(DeltaTable.at(ObjectStore.ofDirectory(folder.resolve("lake")), "usage"))
                .spool(folder.resolve("spool"))
                .every(every)
                .open();
    }

    /** Logs for ever, and prints how many events are logged. */
    public static final class Logging {
        private Logging() {}

        @SuppressWarnings("InfiniteLoopStatement")
        public static void main(String[] args) {
            UsageLog log = open(Path.of(args[0]), Duration.ofMillis(5));
            for (long number = 1; ; number++) {
                log.onEvent(UsageLogTest.loaded("acme", Fact.count("rows", 2)));
                System.out.println(number);
                System.out.flush();
            }
        }
    }

    @Test
    void what_was_logged_before_a_kill_is_in_the_table_once() throws Exception {
        long least = 0;
        long most = 0;
        for (int killAfter : new int[] {1, 3_000, 8_000}) {
            long seen = killed(killAfter);
            least += seen;
            // The one that was under way may be logged, without having been printed.
            most += seen + 1;
        }
        try (UsageLog log = open(folder, Duration.ofDays(1))) {
            log.flush();
        }

        long rows = sum("rows");
        assertThat(rows).isEqualTo(2 * sum("events"));
        assertThat(rows / 2).isBetween(least, most);
    }

    /** Tries to open the log, and prints what comes of it. */
    public static final class Opening {
        private Opening() {}

        public static void main(String[] args) {
            try (UsageLog log = open(Path.of(args[0]), Duration.ofDays(1))) {
                System.out.println(log);
            } catch (KeywharfException e) {
                System.out.println(e.code());
            }
        }
    }

    @Test
    void a_second_log_that_is_refused_here_does_not_let_another_process_in() throws Exception {
        try (UsageLog log = open(folder, Duration.ofDays(1))) {
            assertThatThrownBy(() -> open(folder, Duration.ofDays(1))).isInstanceOf(KeywharfException.class);
            Process process = start(Opening.class);
            try (BufferedReader output = process.inputReader(UTF_8)) {
                assertThat(output.readLine()).isEqualTo("sharing.spool_in_use");
            } finally {
                process.destroyForcibly().waitFor();
            }
            log.onEvent(UsageLogTest.loaded("acme", Fact.count("rows", 2)));
        }
        open(folder, Duration.ofDays(1)).close();
        assertThat(sum("rows")).isEqualTo(2);
    }

    private Process start(Class<?> main) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-classpath",
                        System.getProperty("java.class.path"),
                        main.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private long killed(int after) throws IOException, InterruptedException {
        Process process = start(Logging.class);
        long seen = 0;
        try (BufferedReader output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.length() < String.valueOf(seen + 1).length()) {
                    break;
                }
                seen = Long.parseLong(line);
                if (seen == after) {
                    // Not by the process itself, which would close its output before it is read.
                    process.toHandle().destroyForcibly();
                }
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(seen).isGreaterThanOrEqualTo(after);
        return seen;
    }

    private long sum(String measure) {
        return DeltaTable.at(ObjectStore.ofDirectory(folder.resolve("lake")), "usage").rows().stream()
                .filter(row -> measure.equals(row.value("measure")))
                .mapToLong(row -> (Long) row.value("amount"))
                .sum();
    }
}
