package io.github.keywharf.format.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.testing.ForwardingStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fewer files, the same rows. */
class DeltaCompactionTest {

    private final ObjectStore store = ObjectStore.inMemory();

    /** Twelve files of rows 0 to 119, five or six of each of two tenants and one of a third. */
    private static DeltaTable usage(ObjectStore store) {
        DeltaTable table = DeltaTable.at(store, "usage");
        table.create(SampleTable.USAGE, List.of("tenant"));
        for (int i = 0; i < 12; i++) {
            String tenant = i == 11 ? "c" : i % 2 == 0 ? "a" : null;
            table.sink("job", i).write(SampleTable.usage(tenant, i * 10L, i * 10L + 10));
        }
        return table;
    }

    private static List<Long> numbers(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }

    private long parquetFiles() {
        return store.list("usage/tenant")
                .filter(object -> object.key().endsWith(".parquet"))
                .count();
    }

    @Test
    void small_files_become_one_for_each_partition_and_rows_stay() {
        DeltaTable table = usage(store);
        RoaringBytes.delete(store, "usage", table.snapshot(), 1, 3, 4);
        DeltaSnapshot before = table.snapshot();
        List<String> rows = SampleTable.lines(before.rows());
        List<String> changes = SampleTable.lines(table.changeRows(0, before.version()));

        assertThat(table.compact(2)).isEqualTo(11);
        DeltaSnapshot after = table.snapshot();
        assertThat(after.version()).isEqualTo(before.version() + 1);
        assertThat(after.files("tenant", "a")).hasSize(1);
        assertThat(after.files("tenant", null)).hasSize(1);
        assertThat(after.files("tenant", "c")).isEqualTo(before.files("tenant", "c"));
        assertThat(after.files()
                        .mapToLong(file -> file.rowCount().orElseThrow())
                        .sum())
                .isEqualTo(117);
        assertThat(SampleTable.lines(after.rows())).isEqualTo(rows);
        assertThat(after.transaction("job")).hasValue(11);

        assertThat(SampleTable.lines(table.snapshot(before.version()).rows())).isEqualTo(rows);
        assertThat(SampleTable.numbers(table.snapshot(3).rows())).isEqualTo(numbers(0, 30));
        assertThat(table.changes(after.version(), after.version())).isEmpty();
        assertThat(SampleTable.lines(table.changeRows(0, after.version()))).isEqualTo(changes);
        assertThat(table.compact(2)).isZero();
        assertThat(table.snapshot().version()).isEqualTo(after.version());
    }

    @Test
    void partitions_of_fewer_files_are_left_alone_and_a_checkpoint_knows_what_was_merged() {
        DeltaTable table = usage(store);
        assertThat(table.compact(6)).isEqualTo(6);
        assertThat(table.compact(6)).isZero();
        for (int i = 12; i < 20; i++) {
            table.sink("job", i).write(SampleTable.usage("a", i * 10L, i * 10L + 10));
        }
        for (int version = 0; version < 20; version++) {
            store.delete("usage/" + LogListing.commit(version));
        }

        DeltaTable fresh = DeltaTable.at(store, "usage");
        assertThat(SampleTable.numbers(fresh.rows())).isEqualTo(numbers(0, 200));
        assertThat(fresh.snapshot().files("tenant", null)).hasSize(5);
        assertThatThrownBy(() -> table.compact(1)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Lets another do something just before the commit. */
    private DeltaTable interrupted(Runnable meanwhile) {
        return DeltaTable.at(
                new ForwardingStore(store) {
                    private boolean done;

                    @Override
                    public boolean createIfAbsent(String key, byte[] content) {
                        if (!done && key.endsWith(".json")) {
                            done = true;
                            meanwhile.run();
                        }
                        return super.createIfAbsent(key, content);
                    }
                },
                "usage");
    }

    @Test
    void an_append_in_the_meantime_is_kept() {
        DeltaTable other = usage(store);
        DeltaTable table = interrupted(() -> other.sink().write(SampleTable.usage("a", 120, 130)));

        assertThat(table.compact(2)).isEqualTo(11);
        assertThat(SampleTable.numbers(table.rows())).isEqualTo(numbers(0, 130));
        assertThat(table.snapshot().files("tenant", "a")).hasSize(2);
        assertThat(SampleTable.numbers(DeltaTable.at(store, "usage").rows())).isEqualTo(numbers(0, 130));
    }

    @Test
    void of_two_that_merge_the_same_files_one_does_and_the_other_leaves_nothing() {
        DeltaTable other = usage(store);
        DeltaTable table = interrupted(() -> assertThat(other.compact(2)).isEqualTo(11));

        assertThat(table.compact(2)).isZero();
        assertThat(SampleTable.numbers(table.rows())).isEqualTo(numbers(0, 120));
        assertThat(parquetFiles()).isEqualTo(12 + 2);
    }

    @Test
    void rows_that_another_deletes_in_the_meantime_do_not_come_back() {
        DeltaSnapshot before = usage(store).snapshot();
        DeltaFile first = before.files().findFirst().orElseThrow();
        DeltaTable table = interrupted(() -> store.createIfAbsent(
                "usage/" + LogListing.commit(before.version() + 1),
                DeltaCommit.lines(List.of(Map.of("remove", first.toRemoval(Instant.EPOCH))))));

        assertThat(table.compact(2)).isZero();
        assertThat(SampleTable.numbers(table.rows())).isEqualTo(numbers(10, 120));
        assertThat(parquetFiles()).isEqualTo(12);
        assertThat(table.compact(2)).isEqualTo(10);
        assertThat(SampleTable.numbers(table.rows())).isEqualTo(numbers(10, 120));
    }

    @Test
    void a_table_that_changes_in_the_meantime_stays_as_it_is() {
        DeltaTable other = usage(store);
        DeltaTable table = interrupted(() -> RoaringBytes.delete(store, "usage", other.snapshot(), 1));

        assertThatThrownBy(() -> table.compact(2))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("delta.conflict"));
        assertThat(SampleTable.numbers(table.rows())).hasSize(119);
        assertThat(parquetFiles()).isEqualTo(12);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_crash_at_any_write_leaves_all_rows_once(boolean afterwards) {
        // Two files and the commit.
        for (int crashAt = 1; crashAt <= 3; crashAt++) {
            ObjectStore fresh = ObjectStore.inMemory();
            usage(fresh);
            DeltaTable crashing = DeltaTable.at(new DeltaSinkTest.CrashingStore(fresh, crashAt, afterwards), "usage");
            List<KeywharfException> failures = new ArrayList<>();
            try {
                crashing.compact(2);
            } catch (KeywharfException e) {
                failures.add(e);
            }
            assertThat(failures).hasSize(1);
            DeltaTable after = DeltaTable.at(fresh, "usage");
            assertThat(SampleTable.numbers(after.rows())).isEqualTo(numbers(0, 120));

            after.compact(2);
            assertThat(after.snapshot().fileCount()).isEqualTo(3);
            assertThat(SampleTable.numbers(after.rows())).isEqualTo(numbers(0, 120));
        }
    }
}
