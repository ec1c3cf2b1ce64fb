package io.github.keywharf.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.Organisation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestLogTest {
    private static final ZoneId HELSINKI = ZoneId.of("Europe/Helsinki");

    @TempDir
    Path directory;

    private static IngestedFile file(String name, FileState state, long bytes, long lines, Duration took) {
        Instant end = Instant.parse("2019-10-31T13:16:22.9Z");
        return new IngestedFile(
                "0123456789abcdef0123456789abcdef",
                Organisation.of("customer-1"),
                name,
                bytes,
                "00",
                state,
                1,
                end.minus(took).minusSeconds(5),
                Optional.of(end.minus(took)),
                Optional.of(end),
                lines,
                lines,
                0,
                state == FileState.FAILED ? "it broke" : "");
    }

    private static void send(IngestLog log, IngestedFile file) {
        log.write(file);
    }

    private List<String> lines(String name) throws IOException {
        return Files.readAllLines(directory.resolve(name));
    }

    @Test
    void files_that_are_done_and_files_that_failed_have_the_lines_of_their_log() throws IOException {
        IngestLog log = IngestLog.in(directory.resolve("logs"), HELSINKI);
        send(log, file("Data1000lines.csv", FileState.DONE, 131_889, 999, Duration.ofNanos(823_422_670)));
        send(log, file("big.csv", FileState.DONE, 20_480_000_000L, 0, Duration.ofSeconds(12_345_678)));
        send(log, file("empty.csv", FileState.DONE, 0, 0, Duration.ofNanos(50_000)));
        send(log, file("bad.csv", FileState.FAILED, 2_560, 3, Duration.ofSeconds(1)));
        send(log, file("refused.csv", FileState.REFUSED, 2_560, 3, Duration.ofSeconds(1)));
        send(log, file("running.csv", FileState.RUNNING, 2_560, 3, Duration.ofSeconds(1)));

        assertThat(lines("logs/success.log"))
                .containsExactly(
                        "2019-10-31 15:16:22 - Ingestion of the file: Data1000lines.csv for customer-1"
                                + " - size: 128.7978515625 KB - 999 lines ingested in 0.82342267 seconds",
                        "2019-10-31 15:16:22 - Ingestion of the file: big.csv for customer-1"
                                + " - size: 20000000.0 KB - 0 lines ingested in 12345678.0 seconds",
                        "2019-10-31 15:16:22 - Ingestion of the file: empty.csv for customer-1"
                                + " - size: 0.0 KB - 0 lines ingested in 0.00005 seconds");
        assertThat(lines("logs/failure.log"))
                .containsExactly(
                        "2019-10-31 15:16:22 - Ingestion Failed for the file: bad.csv for customer-1 - size: 2.5 KB");
    }

    @Test
    void whatever_a_file_is_called_the_last_words_of_its_line_are_not_its_names() throws IOException {
        IngestLog log = IngestLog.in(directory, ZoneOffset.UTC);
        String name = "a.csv for other - size: 9.0 KB - 9 lines ingested in 9.0 seconds.csv";
        send(log, file(name, FileState.DONE, 1_024, 5, Duration.ofSeconds(1)));

        Matcher line = Pattern.compile(
                        "(.{19}) - Ingestion of the file: (.*) for ([a-z][a-z0-9_-]*) - size: ([0-9.]+) KB"
                                + " - ([0-9]+) lines ingested in ([0-9.]+) seconds")
                .matcher(lines("success.log").get(0));
        assertThat(line.matches()).isTrue();
        assertThat(line.group(2)).isEqualTo(name);
        assertThat(List.of(line.group(3), line.group(4), line.group(5), line.group(6)))
                .containsExactly("customer-1", "1.0", "5", "1.0");
    }

    @Test
    void a_name_cannot_forge_a_line() throws IOException {
        IngestLog log = IngestLog.in(directory, ZoneOffset.UTC);
        send(log, file("a\n2019-10-31 - \u2028\u001b[2J.csv", FileState.FAILED, 1_024, 0, Duration.ZERO));

        assertThat(lines("failure.log"))
                .containsExactly("2019-10-31 13:16:22 - Ingestion Failed for the file: a?2019-10-31 - ??[2J.csv"
                        + " for customer-1 - size: 1.0 KB");
    }

    @Test
    void a_log_that_becomes_too_large_is_kept_under_another_name() throws IOException {
        IngestLog log = IngestLog.in(directory, ZoneOffset.UTC, 250, 2);
        for (int i = 0; i < 9; i++) {
            send(log, file("file-" + i, FileState.FAILED, 1_024, 0, Duration.ZERO));
        }

        assertThat(lines("failure.log")).singleElement().asString().contains("file-8");
        assertThat(lines("failure.log.1")).hasSize(2).last().asString().contains("file-7");
        assertThat(lines("failure.log.2")).hasSize(2).first().asString().contains("file-4");
        assertThat(directory.resolve("failure.log.3")).doesNotExist();
    }

    @Test
    void many_threads_write_whole_lines() throws IOException {
        IngestLog log = IngestLog.in(directory, ZoneOffset.UTC);
        IntStream.range(0, 400)
                .parallel()
                .forEach(i -> send(log, file("file-" + i, FileState.DONE, 1_024, i, Duration.ofSeconds(1))));

        assertThat(lines("success.log"))
                .hasSize(400)
                .allMatch(line -> line.matches("2019-10-31 13:16:22 - Ingestion of the file: file-\\d+ for customer-1"
                        + " - size: 1\\.0 KB - \\d+ lines ingested in 1\\.0 seconds"))
                .doesNotHaveDuplicates();
    }

    @Test
    void a_directory_that_cannot_be_written_disturbs_nobody() throws IOException {
        Path taken = Files.writeString(directory.resolve("taken"), "a file");
        IngestLog log = IngestLog.in(taken, ZoneOffset.UTC);

        assertThatCode(() -> send(log, file("a.csv", FileState.DONE, 1, 1, Duration.ZERO)))
                .doesNotThrowAnyException();
        Files.delete(taken);
        send(log, file("b.csv", FileState.DONE, 1, 1, Duration.ZERO));

        assertThat(lines("taken/success.log")).singleElement().asString().contains("b.csv");
    }

    @Test
    void sizes_that_make_no_sense_are_refused() {
        assertThatThrownBy(() -> IngestLog.in(directory, ZoneOffset.UTC, 0, 1)).hasMessageContaining("0 and 1");
        assertThatThrownBy(() -> IngestLog.in(directory, ZoneOffset.UTC, 1, 0)).hasMessageContaining("1 and 0");
    }
}
