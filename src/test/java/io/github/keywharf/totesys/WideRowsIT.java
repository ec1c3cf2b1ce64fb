package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.pipeline.zone.BatchFile;
import io.github.keywharf.pipeline.zone.IngestionFormat;
import io.github.keywharf.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Properties;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A table of rows of a megabyte each passes through a pipeline in a process whose heap is smaller than they are. */
class WideRowsIT {

    private static final int ROWS = Integer.getInteger("keywharf.wide.rows", 300);
    private static final int CHANGED = ROWS / 4;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(IngestionFormat.class)
    void rows_of_a_megabyte_need_less_memory_than_all_of_them(IngestionFormat format) throws SQLException, IOException {
        try (PipelineFixture fixture = PipelineFixture.start()) {
            fixture.inSource(
                    "CREATE TABLE scan (scan_id int PRIMARY KEY, page bytea, last_updated timestamp DEFAULT now())",
                    "ALTER TABLE scan ALTER COLUMN page SET STORAGE EXTERNAL",
                    "INSERT INTO scan SELECT i, decode(repeat(md5(i::text) || md5((-i)::text), 32768), 'hex')"
                            + " FROM generate_series(1, " + ROWS + ") i");
            fixture.builder().build().createWarehouse();
            Path log = directory.resolve("log");
            try (PipelineProcess process = PipelineProcess.start(properties(fixture, format), log)) {
                assertThat(process.ask("run")).as(Files.readString(log)).isEqualTo("done 1");
                fixture.inSource("UPDATE scan SET page = page || '\\x00' WHERE scan_id <= " + CHANGED);
                assertThat(process.ask("run")).as(Files.readString(log)).isEqualTo("done 1");
                assertThat(process.ask("reconcile")).as(Files.readString(log)).startsWith("done");
            }
            assertThat(fixture.differences()).isEmpty();
            TotesysPipeline read = fixture.builder()
                    .ingestion(ObjectStore.ofDirectory(directory.resolve("ingestion")))
                    .build();
            assertThat(read.listBatches(3))
                    .extracting(batch -> batch.files().stream()
                            .filter(file -> file.table().equals("scan"))
                            .mapToLong(BatchFile::rows)
                            .sum())
                    .containsExactly((long) ROWS, (long) CHANGED, (long) ROWS);
        }
    }

    private Path properties(PipelineFixture fixture, IngestionFormat format) throws IOException {
        Properties p = PipelineProcess.properties(fixture, "wide", directory);
        p.setProperty("format", format.name());
        return PipelineProcess.write(p);
    }
}
