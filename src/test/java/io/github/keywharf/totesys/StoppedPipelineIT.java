package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline in a process of its own is stopped (SIGSTOP) in the middle of a load, and goes on after another took over. */
class StoppedPipelineIT {

    private static final String LOADING =
            "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE l.locktype = 'advisory'"
                    + " AND l.granted AND d.datname = current_database()";

    @TempDir
    private Path directory;

    private static void signal(String name, long pid) throws IOException, InterruptedException {
        int done = new ProcessBuilder("kill", "-" + name, String.valueOf(pid))
                .inheritIO()
                .start()
                .waitFor();
        assertThat(done).as("kill -" + name).isZero();
    }

    @Test
    void another_run_takes_over_from_a_loader_that_is_stopped() throws Exception {
        assumeTrue(!System.getProperty("os.name").startsWith("Windows"), "there is no SIGSTOP on Windows");
        try (PipelineFixture fixture = PipelineFixture.start()) {
            TotesysPipeline second = fixture.pipeline(builder -> builder.name("stopped")
                    .ingestion(ObjectStore.ofDirectory(directory.resolve("ingestion")))
                    .processed(ObjectStore.ofDirectory(directory.resolve("processed")))
                    .lease(Duration.ofSeconds(1)));
            try (PipelineProcess first = PipelineProcess.start(properties(fixture), directory.resolve("log"))) {
                try (Connection blocker = fixture.warehouse();
                        Statement statement = blocker.createStatement()) {
                    blocker.setAutoCommit(false);
                    statement.execute("LOCK TABLE fact_payment IN EXCLUSIVE MODE");
                    first.send("run");
                    Awaitility.await()
                            .atMost(Duration.ofMinutes(2))
                            .until(() -> fixture.number("SELECT count(*) FROM pg_locks WHERE NOT granted"
                                            + " AND relation = 'fact_payment'::regclass")
                                    > 0);
                    signal("STOP", first.pid());
                    blocker.rollback();
                }
                assertThat(fixture.number(LOADING))
                        .as("locks of the stopped load")
                        .isPositive();

                Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> {
                    RunReport report = second.run();
                    return report.skipped().isEmpty();
                });
                assertThat(fixture.differences()).isEmpty();
                assertThat(fixture.number(LOADING)).isZero();
                long rows = fixture.count("fact_sales_order");

                signal("CONT", first.pid());
                assertThat(first.answer()).as("of the process that was stopped").startsWith("failed ");
                assertThat(first.ask("run")).startsWith("done");
                assertThat(fixture.differences()).isEmpty();
                assertThat(fixture.count("fact_sales_order")).isEqualTo(rows);
            }
        }
    }

    private Path properties(PipelineFixture fixture) throws IOException {
        Properties p = PipelineProcess.properties(fixture, "stopped", directory);
        p.setProperty("lease", "PT1S");
        return PipelineProcess.write(p);
    }
}
