package io.github.keywharf.format.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.LossyWriter;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Condition;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.ForwardingStore;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is appended is there, once, whatever happens meanwhile. */
class DeltaSinkTest {

    private final ObjectStore store = ObjectStore.inMemory();

    private DeltaTable usage() {
        DeltaTable table = DeltaTable.at(store, "usage");
        table.create(SampleTable.USAGE, List.of("tenant"));
        return table;
    }

    private static List<Long> numbers(long to) {
        return LongStream.range(0, to).boxed().toList();
    }

    private static Rows rows(Schema schema, Object... values) {
        List<ColumnVector.Builder> builders = ColumnBatch.builders(schema, 16);
        for (int i = 0; i < values.length; i++) {
            builders.get(i % schema.size()).appendValue(values[i]);
        }
        return Rows.of(schema, List.of(ColumnBatch.build(schema, builders)));
    }

    @Test
    void rows_of_each_type_come_back_from_partitions_of_any_name() {
        DeltaTable table = DeltaTable.at(store, "all");
        table.create(SampleTable.ALL_TYPES, SampleTable.PARTITIONS);

        WriteReport report = table.sink().write(SampleTable.allTypes());

        assertThat(report.written()).isEqualTo(21);
        assertThat(SampleTable.lines(table.rows())).isEqualTo(SampleTable.lines(SampleTable.allTypes()));
        for (String tenant : SampleTable.TENANTS) {
            assertThat(table.snapshot().files("tenant", tenant)).isNotEmpty();
        }
    }

    @Test
    void a_writer_that_loses_a_row_leaves_no_version_and_no_file() {
        DeltaTable table = usage();
        table.sink().write(SampleTable.usage("a", 0, 3));
        table.sink().write(SampleTable.usage("a", 3, 6));
        List<StoredObject> before = store.list("").toList();
        DeltaLog log = new DeltaLog(store.under("usage"));
        InstantSource clock = InstantSource.system();
        AppendFiles.Opener lossy =
                (files, key, schema) -> new LossyWriter(AppendFiles.Opener.PARQUET.open(files, key, schema));

        for (Runnable loss : List.<Runnable>of(
                () -> new DeltaSink(table, log, clock, lossy, Optional.empty()).write(SampleTable.usage("a", 6, 9)),
                () -> new DeltaCompaction(table, log, clock, lossy).run(2))) {
            assertThatThrownBy(loss::run)
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo(LeftOut.COUNTS_OPEN));
            assertThat(store.list("").toList()).isEqualTo(before);
        }
    }

    @Test
    void a_table_is_created_once() {
        DeltaTable table = usage();
        table.sink().write(SampleTable.usage("a", 0, 3));

        assertThat(table.create(SampleTable.USAGE, List.of("tenant")).version()).isEqualTo(1);
        assertThatThrownBy(() -> table.create(SampleTable.USAGE, List.of()))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("delta.conflict"));
        assertThatThrownBy(() -> DeltaTable.at(store, "other")
                        .create(Schema.of(Column.required("t", ColumnType.TIME)), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("retype it to string");
        assertThatThrownBy(() -> DeltaTable.at(store, "other").create(SampleTable.USAGE, List.of("tenant", "n")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("leave at least one");
    }

    @Test
    void writers_at_the_same_time_lose_nothing() throws Exception {
        usage();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (int writer = 0; writer < 4; writer++) {
                long first = writer * 60L;
                // Each has a table object of its own, as processes have.
                DeltaTable own = DeltaTable.at(store, "usage");
                writers.add(threads.submit(() -> {
                    for (long from = first; from < first + 60; from += 10) {
                        own.sink().write(SampleTable.usage("t" + from % 3, from, from + 10));
                    }
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        } finally {
            threads.shutdown();
        }

        DeltaTable fresh = DeltaTable.at(store, "usage");
        assertThat(fresh.snapshot().version()).isEqualTo(24);
        assertThat(SampleTable.numbers(fresh.rows())).isEqualTo(numbers(240));
    }

    @Test
    void every_tenth_version_is_readable_without_the_commits_before() {
        DeltaTable table = usage();
        for (int i = 0; i < 21; i++) {
            table.sink("job", i).write(SampleTable.usage(i % 2 == 0 ? null : "t", i, i + 1));
        }
        for (int version = 0; version < 20; version++) {
            store.delete("usage/" + LogListing.commit(version));
        }

        DeltaTable fresh = DeltaTable.at(store, "usage");
        assertThat(SampleTable.numbers(fresh.rows())).isEqualTo(numbers(21));
        assertThat(fresh.snapshot().transaction("job")).hasValue(20);
        assertThat(store.find("usage/_delta_log/_last_checkpoint"))
                .hasValueSatisfying(hint -> assertThat(hint).asString().contains("\"version\":20"));
    }

    /** Fails on a certain write, before it or after it, as when the process ends there. */
    static final class CrashingStore extends ForwardingStore {
        private final int crashAt;
        private final boolean afterwards;
        private int writes;

        CrashingStore(ObjectStore real, int crashAt, boolean afterwards) {
            super(real);
            this.crashAt = crashAt;
            this.afterwards = afterwards;
        }

        private boolean crashesNow(boolean after) {
            if (!after) {
                writes++;
            }
            return writes >= crashAt && (writes > crashAt || after == afterwards);
        }

        private static KeywharfException crash() {
            return KeywharfException.retryable("store.unavailable", "test", "The store is away");
        }

        @Override
        public boolean createIfAbsent(String key, byte[] content) {
            if (crashesNow(false)) {
                throw crash();
            }
            boolean created = super.createIfAbsent(key, content);
            if (crashesNow(true)) {
                throw crash();
            }
            return created;
        }

        @Override
        public Optional<byte[]> find(String key, int maxBytes) {
            if (writes >= crashAt) {
                throw crash();
            }
            return super.find(key, maxBytes);
        }

        @Override
        public void delete(String key) {
            if (writes >= crashAt) {
                throw crash();
            }
            super.delete(key);
        }

        @Override
        public ObjectWriter create(String key) {
            ObjectWriter real = super.create(key);
            return new ObjectWriter() {
                @Override
                public void write(int b) throws IOException {
                    real.write(b);
                }

                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    real.write(bytes, offset, length);
                }

                @Override
                public StoredObject commit() {
                    if (crashesNow(false)) {
                        throw crash();
                    }
                    StoredObject stored = real.commit();
                    if (crashesNow(true)) {
                        throw crash();
                    }
                    return stored;
                }

                @Override
                public void close() {
                    real.close();
                }
            };
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void after_a_crash_at_any_write_the_same_transaction_leaves_each_row_once(boolean afterwards) {
        // Three files, the commit, its checkpoint and the hint.
        for (int crashAt = 1; crashAt <= 6; crashAt++) {
            ObjectStore fresh = ObjectStore.inMemory();
            DeltaTable before = DeltaTable.at(fresh, "usage");
            before.create(SampleTable.USAGE, List.of("tenant"));
            for (int i = 0; i < 9; i++) {
                before.sink("job", i).write(SampleTable.usage("t", i, i + 1));
            }
            DeltaTable crashing = DeltaTable.at(new CrashingStore(fresh, crashAt, afterwards), "usage");
            List<KeywharfException> failures = new ArrayList<>();
            try {
                crashing.sink("job", 9).write(threeTenants());
            } catch (KeywharfException e) {
                failures.add(e);
            }
            assertThat(failures).hasSize(crashAt <= 4 ? 1 : 0);
            DeltaTable after = DeltaTable.at(fresh, "usage");
            assertThat(SampleTable.numbers(after.rows())).isIn(numbers(9), numbers(12));

            after.sink("job", 9).write(threeTenants());

            assertThat(SampleTable.numbers(after.rows())).isEqualTo(numbers(12));
            assertThat(SampleTable.numbers(DeltaTable.at(fresh, "usage").rows()))
                    .isEqualTo(numbers(12));
        }
    }

    private static Rows threeTenants() {
        return rows(SampleTable.USAGE, "a", 9L, "b", 10L, "c", 11L);
    }

    @Test
    void a_commit_whose_answer_is_lost_is_recognised() {
        usage();
        ObjectStore forgetful = new ForwardingStore(store) {
            @Override
            public boolean createIfAbsent(String key, byte[] content) {
                super.createIfAbsent(key, content);
                throw new KeywharfException("store.outcome_unknown", key, "The answer was lost");
            }
        };

        WriteReport report = DeltaTable.at(forgetful, "usage").sink().write(SampleTable.usage("t", 0, 5));

        assertThat(report.written()).isEqualTo(5);
        assertThat(SampleTable.numbers(usage().rows())).isEqualTo(numbers(5));
    }

    @Test
    void a_transaction_that_is_in_the_table_writes_nothing() {
        DeltaTable table = usage();
        table.sink("job", 7).write(SampleTable.usage("t", 0, 5));

        assertThat(table.sink("job", 7).write(SampleTable.usage("t", 0, 5)).written())
                .isZero();
        assertThat(table.sink("job", 6).write(SampleTable.usage("t", 0, 5)).written())
                .isZero();
        assertThat(table.snapshot().version()).isEqualTo(1);
        assertThat(table.sink("other", 7).write(SampleTable.usage("t", 5, 6)).written())
                .isOne();
    }

    @Test
    void a_transaction_that_another_commits_first_leaves_no_files() {
        DeltaTable table = usage();
        Rows during = new Rows() {
            private final Rows real = SampleTable.usage("t", 0, 5);

            @Override
            public Schema schema() {
                return real.schema();
            }

            @Override
            public ColumnBatch next() {
                ColumnBatch batch = real.next();
                if (batch == null) {
                    DeltaTable.at(store, "usage").sink("job", 1).write(SampleTable.usage("t", 0, 5));
                }
                return batch;
            }

            @Override
            public void close() {
                real.close();
            }
        };

        assertThat(table.sink("job", 1).write(during).written()).isZero();
        assertThat(SampleTable.numbers(table.rows())).isEqualTo(numbers(5));
        assertThat(store.list("usage/tenant=")).hasSize(1);
    }

    @Test
    void a_table_that_changes_meanwhile_refuses_the_rows_and_keeps_no_files() {
        DeltaTable table = usage();
        DeltaSnapshot before = table.snapshot();
        ObjectStore racing = new ForwardingStore(store) {
            @Override
            public boolean createIfAbsent(String key, byte[] content) {
                HandMadeLog.commit(
                        store.under("usage"),
                        before.version() + 1,
                        HandMadeLog.metadata("{\"delta.appendOnly\":\"true\"}"));
                return super.createIfAbsent(key, content);
            }
        };

        assertThatThrownBy(() -> DeltaTable.at(racing, "usage").sink().write(SampleTable.usage("t", 0, 5)))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("delta.conflict"))
                .hasMessageContaining("changed while rows were written");
        assertThat(store.list("usage/tenant=")).isEmpty();
    }

    @Test
    void rows_that_the_table_does_not_take_are_reported_with_their_origin() {
        DeltaTable table = DeltaTable.at(store, "strict");
        Column list = new Column(
                "l",
                new ColumnType(ColumnType.Kind.LIST, 0, 0, List.of(Column.required("element", ColumnType.INT32))),
                true);
        table.create(
                Schema.of(Column.nullable("tenant", ColumnType.STRING), Column.required("id", ColumnType.INT32), list),
                List.of("tenant"));
        Schema given = Schema.of(
                Column.nullable("id", ColumnType.INT32),
                Column.nullable("tenant", ColumnType.STRING),
                Column.nullable("l", ColumnType.list(ColumnType.INT32)));

        WriteReport report = table.sink()
                .write(
                        rows(
                                given,
                                1,
                                "a",
                                List.of(1),
                                null,
                                "a",
                                null,
                                3,
                                "",
                                null,
                                4,
                                null,
                                Arrays.asList(1, null),
                                5,
                                "b",
                                null),
                        RejectListener.keep(1_000));

        assertThat(report.written()).isEqualTo(2);
        assertThat(report.rejects().stream().map(Object::toString))
                .containsExactly(
                        "[memory/strict:2] id: is null, but the column is not nullable",
                        "[memory/strict:3] tenant: is empty, which Delta keeps as an absent value in a partition column",
                        "[memory/strict:4] l: has a null within where the table requires a value");
        assertThat(table.rows().stream().map(row -> row.intValue("id")).sorted())
                .containsExactly(1, 5);
    }

    @Test
    void rows_of_other_columns_are_refused() {
        DeltaTable table = usage();

        assertThatThrownBy(() -> table.sink().write(rows(Schema.of(Column.nullable("m", ColumnType.INT64)), 1L)))
                .hasMessageContaining("which the table of");
        assertThatThrownBy(() -> table.sink().write(rows(Schema.of(Column.nullable("n", ColumnType.STRING)), "1")))
                .hasMessageContaining("The rows have 'n string' where the table has 'n int64'");
        table.sink().write(rows(Schema.of(Column.nullable("n", ColumnType.INT64)), 1L));
        assertThat(table.snapshot().files("tenant", null)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"delta.constraints.positive\":\"n > 0\"}|checkConstraints",
                "{}|rowTracking",
                "{}|icebergCompatV2"
            })
    void rules_that_an_append_would_break_are_refused(String rule) {
        String[] parts = rule.split("\\|");
        HandMadeLog.commit(
                store,
                0,
                "{\"protocol\":{\"minReaderVersion\":1,\"minWriterVersion\":7,\"writerFeatures\":[\"" + parts[1]
                        + "\"]}}",
                HandMadeLog.metadata(parts[0]));

        assertThatThrownBy(() -> DeltaTable.at(store, "").sink().write(SampleTable.usage("t", 0, 1)))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("delta.unsupported"));
        assertThat(store.list("")).hasSize(1);
    }

    @Test
    void files_that_are_kept_apart_by_bytes_are_left_to_others() {
        String schema = "{\"type\":\"struct\",\"fields\":[{\"name\":\"b\",\"type\":\"binary\",\"nullable\":true,"
                + "\"metadata\":{}},{\"name\":\"n\",\"type\":\"long\",\"nullable\":true,\"metadata\":{}}]}";
        HandMadeLog.commit(store, 0, HandMadeLog.PROTOCOL, HandMadeLog.metadata(schema, "[\"b\"]", "{}"));
        Schema both = Schema.of(Column.nullable("b", ColumnType.BYTES), Column.nullable("n", ColumnType.INT64));

        assertThatThrownBy(() -> DeltaTable.at(store, "").sink().write(rows(both, new byte[] {1, 2}, 7L)))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("delta.unsupported"))
                .hasMessageContaining("partition column 'b'");
        assertThat(store.list("")).hasSize(1);
    }

    @Test
    void small_numbers_stay_small() {
        HandMadeLog.commit(
                store,
                0,
                HandMadeLog.PROTOCOL,
                HandMadeLog.metadata(
                        "{\"type\":\"struct\",\"fields\":[{\"name\":\"b\",\"type\":\"byte\",\"nullable\":true,\"metadata\":{}}]}",
                        "[]",
                        "{}"));
        Schema schema = Schema.of(Column.nullable("b", ColumnType.INT32));

        WriteReport report =
                DeltaTable.at(store, "").sink().write(rows(schema, -128, 127, 128, -129), RejectListener.keep(1_000));

        assertThat(report.rejects()).hasSize(2);
        assertThat(DeltaTable.at(store, "").rows().stream().map(row -> row.intValue("b")))
                .containsExactly(-128, 127);
    }

    @Test
    void statistics_bound_what_is_in_a_file_however_long_or_fine_it_is() {
        DeltaTable table = DeltaTable.at(store, "stats");
        Schema schema = Schema.of(
                Column.nullable("text", ColumnType.STRING),
                Column.nullable("x", ColumnType.FLOAT64),
                Column.nullable("at", ColumnType.TIMESTAMP_UTC));
        table.create(schema, List.of());
        String least = "a".repeat(40);
        String most = "z".repeat(31) + "\uFFFF\uD83D\uDE00 and more";
        Instant fine = Instant.parse("2026-11-23T10:00:00.000999Z");
        table.sink().write(rows(schema, least, 1.0, fine, most, Double.NaN, fine, null, null, null));
        DeltaSnapshot snapshot = table.snapshot();
        String stats = snapshot.files().findFirst().orElseThrow().stats().orElseThrow();

        assertThat(stats)
                .contains("\"numRecords\":3")
                .contains("\"text\":\"" + "a".repeat(32) + "\"")
                .contains("\"text\":\"" + "z".repeat(30) + "{\"")
                .contains("\"at\":\"2026-11-23T10:00:00.000Z\"")
                .contains("\"at\":\"2026-11-23T10:00:00.001Z\"")
                .contains("\"nullCount\":{\"text\":1,\"x\":1,\"at\":1}")
                .doesNotContain("NaN");
        for (Condition condition :
                List.of(Condition.eq("text", most), Condition.eq("text", least), Condition.eq("at", fine))) {
            assertThat(snapshot.files(condition)).hasSize(1);
        }
        assertThat(snapshot.files(Condition.gt("text", "{"))).isEmpty();
        assertThat(snapshot.files(Condition.lt("text", "a"))).isEmpty();
    }

    @Test
    void many_mixed_partitions_become_few_files_in_bounded_memory() {
        List<String> files = new ArrayList<>();
        long[] waiting = {0};
        PartitionBuffers buffers = new PartitionBuffers(1_000_000, (partition, pieces) -> {
            int rows = pieces.stream().mapToInt(ColumnBatch::size).sum();
            waiting[0] -= rows;
            files.add(partition.get(0) + " " + rows);
        });
        for (int round = 0; round < 100; round++) {
            for (int tenant = 0; tenant < 50; tenant++) {
                ColumnBatch batch = Objects.requireNonNull(
                        SampleTable.usage(null, 0, tenant == 0 ? 200 : 20).next());
                buffers.add(List.of("t" + tenant), batch);
                waiting[0] += batch.size();
                assertThat(waiting[0]).isLessThan(60_000);
            }
        }
        buffers.end();

        assertThat(waiting[0]).isZero();
        assertThat(files.get(0)).startsWith("t0 ");
        assertThat(files).hasSizeLessThan(50 * 10);
        assertThat(IntStream.range(0, 50))
                .allMatch(tenant -> files.stream().anyMatch(file -> file.startsWith("t" + tenant + " ")));
    }

    @Test
    void no_rows_make_no_version() {
        DeltaTable table = usage();

        assertThat(table.sink().write(Rows.empty(SampleTable.USAGE)).written()).isZero();
        assertThat(table.snapshot().version()).isZero();
    }
}
