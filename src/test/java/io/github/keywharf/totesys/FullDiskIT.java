package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.testing.totesys.WarehouseComparison;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks that are really full: small file systems in memory, where this user may mount them. */
@Tag("each-jdk")
class FullDiskIT {

    @TempDir
    private Path directory;

    private PipelineFixture fixture;
    private Clarity clarity;

    @BeforeEach
    void mount() throws Exception {
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=32m,mode=0700", "tmpfs", directory.toString()) == 0,
                "file systems cannot be mounted here");
        fixture = PipelineFixture.start();
        clarity = new Clarity().secret(fixture.server.password());
    }

    @AfterEach
    void unmount() throws Exception {
        if (fixture != null) {
            fixture.close();
            run("umount", "-l", directory.toString());
        }
    }

    private static int run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException noSuchCommand) {
            return -1;
        }
    }

    /** Fills the disk but for so many bytes; deleting the file frees it again. */
    private Path fill(long left) throws IOException {
        Path filler = directory.resolve("filler");
        FileStore disk = Files.getFileStore(directory);
        long size = disk.getUsableSpace() - left;
        assertThat(size).as("bytes to fill").isPositive();
        Files.write(filler, new byte[(int) size]);
        return filler;
    }

    private void change() throws SQLException {
        fixture.inSource("UPDATE sales_order SET units_sold = units_sold + 1");
        try (Connection source = fixture.source()) {
            fixture.generator.advance(source, 2);
        }
    }

    @Test
    void a_store_whose_disk_is_full() throws Exception {
        Path zones = directory.resolve("zones");
        TotesysPipeline pipeline =
                fixture.pipeline(builder -> builder.ingestion(ObjectStore.ofDirectory(zones.resolve("ingestion")))
                        .processed(ObjectStore.ofDirectory(zones.resolve("processed"))));
        pipeline.run();
        change();
        Path filler = fill(40_000);
        KeywharfException failure = clarity.failure(fixture, pipeline::run);
        clarity.check(fixture, failure, "store.full", zones.toString(), "no space left", "free some");
        Files.delete(filler);

        pipeline.run();
        assertThat(fixture.differences()).isEmpty();
        assertThat(fixture.number("SELECT count(*) FROM fact_sales_order WHERE sales_order_id = 3"))
                .isEqualTo(2);
    }

    @Test
    void a_warehouse_whose_disk_is_full() throws Exception {
        String name = fixture.warehouseName + "_small";
        Path tablespace = Files.createDirectory(directory.resolve("tablespace"));
        fixture.server.execute(
                "postgres",
                "CREATE TABLESPACE " + name + " LOCATION '" + tablespace + "'",
                "CREATE DATABASE " + name + " TABLESPACE " + name);
        try (PostgresDatabase small = fixture.database(name)) {
            TotesysPipeline pipeline = fixture.pipeline(builder -> builder.warehouse(small.warehouse()));
            pipeline.run();
            change();
            Path filler = fill(40_000);
            KeywharfException failure = clarity.failure(fixture, pipeline::run);
            clarity.check(fixture, failure, "postgres.out_of_resources", "No space left on device", "free some");
            Files.delete(filler);

            pipeline.run();
            try (Connection source = fixture.source();
                    Connection warehouse = fixture.server.connection(name)) {
                assertThat(new WarehouseComparison().compare(source, warehouse)).isEmpty();
                assertThat(PipelineFixture.list(
                                warehouse, "SELECT count(*) FROM fact_sales_order WHERE sales_order_id = 3"))
                        .isEqualTo(List.of("2"));
            }
        } finally {
            fixture.server.execute("postgres", "DROP DATABASE " + name + " WITH (FORCE)", "DROP TABLESPACE " + name);
        }
    }
}
