package io.github.keywharf.format.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Condition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Delta Kernel reads what we write, and we read what it writes. One process of it does all, as its start takes longest. */
class DeltaKernelTest {

    @TempDir
    static Path directory;

    private static ObjectStore store;

    @BeforeAll
    static void both_write() throws IOException, InterruptedException {
        store = ObjectStore.ofDirectory(directory);
        DeltaTable ours = DeltaTable.at(store, "ours");
        ours.create(SampleTable.ALL_TYPES, SampleTable.PARTITIONS);
        ours.sink().write(SampleTable.allTypes());

        DeltaTable longer = DeltaTable.at(store, "longer");
        longer.create(SampleTable.USAGE, List.of("tenant"));
        for (int i = 0; i < 12; i++) {
            longer.sink("job", i).write(SampleTable.usage("t" + i % 3, i * 10L, i * 10L + 10));
        }
        RoaringBytes.delete(store, "longer", longer.snapshot(), 1, 3, 4);

        DeltaTable merged = DeltaTable.at(store, "merged");
        merged.create(SampleTable.ALL_TYPES, SampleTable.PARTITIONS);
        merged.sink().write(SampleTable.allTypes());
        merged.sink().write(SampleTable.allTypes());
        assertThat(merged.compact(2)).isPositive();

        DeltaKernel.run(
                directory,
                "read",
                path("merged"),
                path("merged.lines"),
                "read",
                path("ours"),
                path("ours.lines"),
                "read",
                path("longer"),
                path("longer.lines"),
                "copy",
                path("ours"),
                path("theirs"),
                "",
                "copy",
                path("longer"),
                path("timed"),
                "delta.enableInCommitTimestamps=true");
    }

    private static String path(String name) {
        return directory.resolve(name).toString();
    }

    private static List<String> linesOf(String name) throws IOException {
        return Files.readAllLines(directory.resolve(name)).stream().sorted().toList();
    }

    @Test
    void kernel_reads_each_type_and_partition_that_we_write() throws IOException {
        assertThat(linesOf("ours.lines"))
                .isEqualTo(SampleTable.lines(SampleTable.allTypes()))
                .isEqualTo(SampleTable.lines(DeltaTable.at(store, "ours").rows()));
    }

    @Test
    void kernel_reads_our_checkpoint_and_leaves_out_the_same_deleted_rows() throws IOException {
        assertThat(directory.resolve("longer/_delta_log/00000000000000000010.checkpoint.parquet"))
                .exists();
        assertThat(linesOf("longer.lines"))
                .hasSize(12 * 10 - 3)
                .isEqualTo(SampleTable.lines(DeltaTable.at(store, "longer").rows()));
    }

    @Test
    void kernel_reads_each_type_in_files_that_we_merged() throws IOException {
        List<String> twice = SampleTable.lines(SampleTable.allTypes()).stream()
                .flatMap(line -> Stream.of(line, line))
                .toList();
        assertThat(linesOf("merged.lines")).isEqualTo(twice);
        assertThat(SampleTable.lines(DeltaTable.at(store, "merged").rows())).isEqualTo(twice);
    }

    @Test
    void we_read_each_type_and_partition_that_kernel_writes_and_its_checkpoint() {
        DeltaSnapshot theirs = DeltaTable.at(store, "theirs").snapshot();

        assertThat(directory.resolve("theirs/_delta_log").toFile().list())
                .anyMatch(name -> name.endsWith("checkpoint.parquet"));
        assertThat(theirs.schema()).isEqualTo(SampleTable.ALL_TYPES);
        assertThat(SampleTable.lines(theirs.rows())).isEqualTo(SampleTable.lines(SampleTable.allTypes()));
    }

    @Test
    void files_are_chosen_by_the_statistics_that_kernel_writes() {
        DeltaSnapshot theirs = DeltaTable.at(store, "theirs").snapshot();
        Condition last = Condition.eq("id", 20L);

        assertThat(theirs.files(last).count()).isLessThan(theirs.fileCount());
        assertThat(theirs.rows(last).toTable().size()).isOne();
    }

    @Test
    void we_append_to_a_table_of_kernel_with_in_commit_timestamps_that_it_reads()
            throws IOException, InterruptedException {
        DeltaTable timed = DeltaTable.at(store, "timed");
        DeltaSnapshot before = timed.snapshot();
        timed.sink().write(SampleTable.usage("late", 1_000, 1_001));
        DeltaSnapshot after = timed.snapshot();

        DeltaKernel.run(directory, "read", path("timed"), path("timed.lines"));

        assertThat(linesOf("timed.lines"))
                .isEqualTo(SampleTable.lines(after.rows()))
                .hasSize(118);
        assertThat(after.timestamp()).isAfter(before.timestamp());
        assertThat(timed.snapshotAt(before.timestamp()).version()).isEqualTo(before.version());
        assertThat(timed.snapshotAt(Instant.now().plusSeconds(60)).version()).isEqualTo(after.version());
    }
}
