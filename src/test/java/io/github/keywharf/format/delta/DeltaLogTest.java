package io.github.keywharf.format.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.Condition;
import io.github.keywharf.testing.ForwardingStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs after the protocol's text, with all that may be odd about them. */
class DeltaLogTest {

    private static final String LOG = "_delta_log/";

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-23T10:00:00Z"));
    private final ObjectStore store = ObjectStore.inMemory(now::get);

    private DeltaTable table() {
        return DeltaTable.at(store, "");
    }

    private static List<String> paths(DeltaSnapshot snapshot) {
        return snapshot.files().map(DeltaFile::path).sorted().toList();
    }

    private static void assertFails(String code, String message, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    @Test
    void versions_are_what_was_added_and_not_removed() {
        HandMadeLog.versions(store, 3);
        HandMadeLog.commit(store, 3, HandMadeLog.remove("f1"));

        assertThat(paths(table().snapshot())).containsExactly("f0", "f2");
        assertThat(paths(table().snapshot(2))).containsExactly("f0", "f1", "f2");
        assertFails("delta.no_version", "newest is 3", () -> table().snapshot(4));
    }

    @Test
    void a_folder_without_a_log_is_not_a_table() {
        HandMadeLog.put(store, LOG + "readme.txt", "nothing");

        assertFails("delta.not_a_table", "create the table", () -> table().snapshot());
        assertThat(table().exists()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{\"version\":10", "{\"version\":7,\"size\":1}", "{\"version\":-3}", "{\"version\":\"x\"}"})
    void the_hint_of_the_last_checkpoint_may_be_wrong(String hint) {
        HandMadeLog.versions(store, 4);
        HandMadeLog.put(store, LOG + "_last_checkpoint", hint);

        assertThat(table().snapshot().version()).isEqualTo(3);
    }

    @Test
    void a_checkpoint_in_parts_counts_when_all_parts_are_there() {
        HandMadeLog.versions(store, 6);
        String part = LOG + "00000000000000000003.checkpoint.000000000%d.0000000002.parquet";
        HandMadeLog.headAsParquet(store, String.format(part, 1));

        assertThat(paths(table().snapshot())).contains("f0");

        HandMadeLog.addsAsParquet(store, String.format(part, 2), "c1", "c2");
        HandMadeLog.put(store, LOG + "_last_checkpoint", "{\"version\":3,\"size\":4,\"parts\":2}");

        assertThat(paths(table().snapshot())).containsExactly("c1", "c2", "f4", "f5");
    }

    @Test
    void statistics_that_a_checkpoint_has_as_columns_choose_files_as_well() {
        HandMadeLog.versions(store, 4);
        String part = LOG + "00000000000000000003.checkpoint.000000000%d.0000000002.parquet";
        HandMadeLog.headAsParquet(store, String.format(part, 1));
        HandMadeLog.addsAsParquet(store, String.format(part, 2), "c1");
        DeltaSnapshot snapshot = table().snapshot();

        assertThat(snapshot.files(Condition.gt("n", 200L))).isEmpty();
        assertThat(snapshot.files(Condition.eq("n", 150L))).hasSize(1);
        assertThat(snapshot.files().findFirst().orElseThrow().rowCount()).hasValue(3);
    }

    @Test
    void a_checkpoint_of_version_2_names_its_sidecars() {
        HandMadeLog.versions(store, 5);
        HandMadeLog.addsAsParquet(store, LOG + "_sidecars/one.parquet", "s1", "s2");
        HandMadeLog.addsAsParquet(store, LOG + "_sidecars/two.parquet", "s3");
        HandMadeLog.put(
                store,
                LOG + "00000000000000000003.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.json",
                String.join(
                        "\n",
                        "{\"checkpointMetadata\":{\"version\":3}}",
                        "{\"protocol\":{\"minReaderVersion\":3,\"minWriterVersion\":7,\"readerFeatures\":[\"v2Checkpoint\"],"
                                + "\"writerFeatures\":[\"v2Checkpoint\"]}}",
                        HandMadeLog.metadata("{}"),
                        "{\"sidecar\":{\"path\":\"one.parquet\",\"sizeInBytes\":1,\"modificationTime\":1}}",
                        "{\"sidecar\":{\"path\":\"two.parquet\",\"sizeInBytes\":1,\"modificationTime\":1}}"));

        assertThat(paths(table().snapshot())).containsExactly("f4", "s1", "s2", "s3");
    }

    @Test
    void a_missing_version_is_an_error_and_not_fewer_rows() {
        HandMadeLog.versions(store, 5);
        store.delete(LOG + "00000000000000000002.json");

        assertFails("delta.corrupt", "version 2 is missing", () -> table().snapshot());
        assertThat(table().snapshot(1).fileCount()).isEqualTo(2);
    }

    @Test
    void versions_before_the_oldest_checkpoint_are_gone_when_the_log_was_cleaned_up() {
        HandMadeLog.versions(store, 6);
        String part = LOG + "00000000000000000003.checkpoint.000000000%d.0000000002.parquet";
        HandMadeLog.headAsParquet(store, String.format(part, 1));
        HandMadeLog.addsAsParquet(store, String.format(part, 2), "c1");
        store.delete(LOG + "00000000000000000000.json");
        store.delete(LOG + "00000000000000000001.json");

        assertFails("delta.no_version", "cleaned up", () -> table().snapshot(2));
        assertThat(paths(table().snapshot(4))).containsExactly("c1", "f4");
        assertFails(
                "delta.no_version", "cleaned up", () -> table().changes(1, 4).toList());
    }

    @Test
    void features_that_a_reader_lacks_are_named() {
        HandMadeLog.commit(
                store,
                0,
                "{\"protocol\":{\"minReaderVersion\":3,\"minWriterVersion\":7,\"readerFeatures\":[\"deletionVectors\","
                        + "\"variantType\"],\"writerFeatures\":[]}}",
                HandMadeLog.metadata("{}"));
        assertFails("delta.unsupported", "[variantType]", () -> table().snapshot());

        HandMadeLog.commit(
                store, 0, "{\"protocol\":{\"minReaderVersion\":4,\"minWriterVersion\":7}}", HandMadeLog.metadata("{}"));
        assertFails("delta.unsupported", "reader version 4", () -> table().snapshot());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../secret.parquet",
                "a/../../secret",
                "/etc/passwd",
                "s3://elsewhere/f",
                "%2e%2e/secret",
                "file:///etc/passwd",
                "a//b",
                "memory-of-others:/x"
            })
    void a_path_out_of_the_table_is_refused(String path) {
        HandMadeLog.commit(
                store, 0, HandMadeLog.PROTOCOL, HandMadeLog.metadata("{}"), HandMadeLog.add(path, "t", 0, 1));

        assertFails("delta.unsupported", "outside of the table", () -> table().snapshot());
    }

    @Test
    void a_path_is_decoded_and_may_be_absolute_within_the_table() {
        ObjectStore named = new ForwardingStore(store) {
            @Override
            public String name() {
                return "s3://bucket/usage";
            }
        };
        HandMadeLog.commit(
                store,
                0,
                HandMadeLog.PROTOCOL,
                HandMadeLog.metadata("{}"),
                HandMadeLog.add("tenant=a%2520b/%C3%BC.parquet", "a b", 0, 1),
                HandMadeLog.add("s3a://bucket/usage/f", "t", 0, 1));

        assertThat(DeltaTable.at(named, "").snapshot().files().map(DeltaFile::key))
                .containsExactlyInAnyOrder("tenant=a%20b/ü.parquet", "f");
    }

    @Test
    void damage_is_named_by_its_file() {
        HandMadeLog.versions(store, 2);
        HandMadeLog.commit(store, 1, "{\"add\":{\"path\":\"f\"");
        assertFails("delta.corrupt", "00000000000000000001.json", () -> table().snapshot());

        HandMadeLog.commit(store, 1, "{\"add\":{\"path\":17,\"size\":1}}");
        assertFails("delta.corrupt", "'path' is 17", () -> table().snapshot());

        HandMadeLog.commit(store, 1, HandMadeLog.metadata("{\"type\":\"struct\",\"fields\":[]}", "[]", "{}"));
        assertFails("delta.corrupt", "schema", () -> table().snapshot());
    }

    @Test
    void a_known_version_costs_one_request_until_there_is_a_newer_one() {
        HandMadeLog.versions(store, 3);
        List<String> asked = new ArrayList<>();
        ObjectStore counting = new ForwardingStore(store) {
            @Override
            public ObjectReader open(String key) {
                asked.add(key);
                return super.open(key);
            }

            @Override
            public Stream<StoredObject> list(String prefix) {
                asked.add("list");
                return super.list(prefix);
            }
        };
        DeltaTable table = DeltaTable.at(counting, "", now::get);
        DeltaSnapshot first = table.snapshot();
        asked.clear();

        assertThat(table.snapshot()).isSameAs(first);
        assertThat(asked).containsExactly(LOG + "00000000000000000003.json");

        HandMadeLog.commit(store, 3, HandMadeLog.add("new", "t1", 0, 1), HandMadeLog.remove("f0"));
        assertThat(paths(table.snapshot())).containsExactly("f1", "f2", "new");
        assertThat(paths(first)).containsExactly("f0", "f1", "f2");
        assertThat(table.snapshot(2)).isSameAs(first);
    }

    @Test
    void a_table_that_was_made_again_is_noticed_after_an_hour() {
        HandMadeLog.versions(store, 3);
        DeltaTable table = DeltaTable.at(store, "", now::get);
        assertThat(table.snapshot().version()).isEqualTo(2);

        store.delete(LOG + "00000000000000000001.json");
        store.delete(LOG + "00000000000000000002.json");
        now.set(now.get().plusSeconds(3_601));

        assertThat(table.snapshot().version()).isZero();
    }

    @Test
    void times_of_files_that_go_back_still_find_versions_in_order() {
        Instant start = now.get();
        long[] seconds = {0, 10, 5, 20};
        for (int version = 0; version < seconds.length; version++) {
            now.set(start.plusSeconds(seconds[version]));
            String add = HandMadeLog.add("f" + version, "t", 0, 1);
            HandMadeLog.commit(
                    store,
                    version,
                    version == 0
                            ? new String[] {HandMadeLog.PROTOCOL, HandMadeLog.metadata("{}"), add}
                            : new String[] {add});
        }

        assertThat(table().snapshotAt(start.plusSeconds(7)).version()).isZero();
        assertThat(table().snapshotAt(start.plusSeconds(10)).version()).isEqualTo(1);
        assertThat(table().snapshotAt(start.plusSeconds(15)).version()).isEqualTo(2);
        assertThat(table().snapshotAt(start.plusSeconds(20)).version()).isEqualTo(3);
        assertFails("delta.no_version", "as old as", () -> table().snapshotAt(start.minusSeconds(1)));
    }

    @Test
    void in_commit_timestamps_count_from_the_version_that_began_them() {
        HandMadeLog.commit(store, 0, HandMadeLog.PROTOCOL, HandMadeLog.metadata("{}"));
        Instant begun = now.get().plusSeconds(100);
        String configuration = "{\"delta.enableInCommitTimestamps\":\"true\","
                + "\"delta.inCommitTimestampEnablementVersion\":\"1\","
                + "\"delta.inCommitTimestampEnablementTimestamp\":\"" + begun.toEpochMilli() + "\"}";
        for (int version = 1; version < 4; version++) {
            String info = "{\"commitInfo\":{\"inCommitTimestamp\":"
                    + begun.plusSeconds(10L * (version - 1)).toEpochMilli() + "}}";
            HandMadeLog.commit(
                    store,
                    version,
                    version == 1 ? new String[] {info, HandMadeLog.metadata(configuration)} : new String[] {info});
        }

        assertThat(table().snapshot().timestamp()).isEqualTo(begun.plusSeconds(20));
        assertThat(table().snapshotAt(begun.plusSeconds(19)).version()).isEqualTo(2);
        assertThat(table().snapshotAt(begun.plusSeconds(10)).version()).isEqualTo(2);
        assertThat(table().snapshotAt(begun.plusSeconds(9)).version()).isEqualTo(1);
        assertThat(table().snapshotAt(begun.minusSeconds(1)).version()).isZero();
    }

    @Test
    void files_are_found_by_partition_value_and_by_statistics() {
        HandMadeLog.versions(store, 6);
        DeltaSnapshot snapshot = table().snapshot();

        assertThat(snapshot.files("tenant", "t1").stream().map(DeltaFile::path)).containsExactly("f1", "f3", "f5");
        assertThat(snapshot.files("tenant", "t9")).isEmpty();
        assertThat(snapshot.files(Condition.and(Condition.eq("tenant", "t1"), Condition.ge("n", 40L)))
                        .map(DeltaFile::path))
                .containsExactly("f5");
        assertThat(snapshot.files(Condition.isNull("n"))).isEmpty();
        assertThat(snapshot.files().filter(snapshot.mayFit(Condition.lt("n", 10L))))
                .hasSize(1);
        assertThatThrownBy(() -> snapshot.files("n", "1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[tenant]");
    }

    @Test
    void an_empty_text_is_an_absent_partition_value() {
        HandMadeLog.commit(store, 0, HandMadeLog.PROTOCOL, HandMadeLog.metadata("{}"), HandMadeLog.add("f", "", 0, 1));
        DeltaSnapshot snapshot = table().snapshot();

        assertThat(snapshot.files("tenant", null)).hasSize(1);
        assertThat(snapshot.files(Condition.isNull("tenant"))).hasSize(1);
    }

    @Test
    void statistics_never_leave_out_a_file_that_they_do_not_rule_out() {
        String schema = """
                {"type":"struct","fields":[{"name":"at","type":"timestamp","nullable":true,"metadata":{}},\
                {"name":"name","type":"string","nullable":true,"metadata":{}}]}""";
        HandMadeLog.commit(
                store,
                0,
                HandMadeLog.PROTOCOL,
                HandMadeLog.metadata(schema, "[]", "{}"),
                "{\"add\":{\"path\":\"f\",\"partitionValues\":{},\"size\":1,\"modificationTime\":1,\"dataChange\":true,"
                        + "\"stats\":\"{\\\"numRecords\\\":1,"
                        + "\\\"minValues\\\":{\\\"at\\\":\\\"2026-11-23T23:00:00.000+13:00\\\"},"
                        + "\\\"maxValues\\\":{\\\"at\\\":\\\"2026-11-23T10:00:00.123Z\\\",\\\"name\\\":\\\"a\\\"}}\"}}",
                "{\"add\":{\"path\":\"g\",\"partitionValues\":{},\"size\":1,\"modificationTime\":1,\"dataChange\":true,"
                        + "\"stats\":\"not JSON\"}}");
        DeltaSnapshot snapshot = table().snapshot();
        Instant cut = Instant.parse("2026-11-23T10:00:00.123456Z");

        assertThat(snapshot.files(Condition.eq("at", cut))).hasSize(2);
        assertThat(snapshot.files(Condition.gt("at", cut.plusSeconds(1)))).hasSize(1);
        assertThat(snapshot.files(Condition.lt("at", Instant.parse("2026-11-23T09:59:59Z"))))
                .hasSize(1);
        assertThat(snapshot.files(Condition.eq("name", "b"))).hasSize(2);
    }

    @Test
    void changes_are_the_files_of_changed_rows_or_else_those_added_and_removed() {
        HandMadeLog.versions(store, 2);
        HandMadeLog.commit(
                store,
                2,
                HandMadeLog.add("rewritten", "t1", 0, 1).replace("\"dataChange\":true", "\"dataChange\":false"),
                "{\"remove\":{\"path\":\"f1\",\"dataChange\":false}}");
        HandMadeLog.commit(
                store,
                3,
                HandMadeLog.add("g", "t1", 0, 1),
                "{\"remove\":{\"path\":\"f0\",\"dataChange\":true,\"partitionValues\":{\"tenant\":\"t0\"},\"size\":10}}",
                "{\"cdc\":{\"path\":\"_change_data/c\",\"partitionValues\":{\"tenant\":\"t0\"},\"size\":7,"
                        + "\"dataChange\":false}}");
        HandMadeLog.commit(
                store,
                4,
                "{\"commitInfo\":{\"inCommitTimestamp\":1234}}",
                "{\"remove\":{\"path\":\"g\",\"dataChange\":true,\"partitionValues\":{\"tenant\":\"t1\"},\"size\":10}}");
        HandMadeLog.commit(store, 5, HandMadeLog.remove("rewritten"));

        assertThat(table().changes(1, 4)
                        .map(change -> change.version() + " " + change.kind() + " "
                                + change.file().path() + " " + change.file().partitionValues()))
                .containsExactly("1 ADD f1 {tenant=t1}", "3 CDC _change_data/c {tenant=t0}", "4 REMOVE g {tenant=t1}");
        assertThat(table().changes(4, 4).findFirst().orElseThrow().timestamp()).isEqualTo(Instant.ofEpochMilli(1234));
        assertFails(
                "delta.unsupported",
                "without its partition values",
                () -> table().changes(5, 5).toList());
        assertFails("delta.no_version", "newest is 5", () -> table().changes(5, 6));
    }

    @Test
    void the_schema_is_kept_as_written_and_read_with_all_types() {
        String schema = "{\"type\":\"struct\",\"fields\":["
                + String.join(
                        ",",
                        Stream.of(
                                        "string",
                                        "long",
                                        "integer",
                                        "short",
                                        "byte",
                                        "float",
                                        "double",
                                        "boolean",
                                        "binary",
                                        "date",
                                        "timestamp",
                                        "decimal(10, 2)",
                                        "decimal")
                                .map(type -> "{\"name\":\"" + type.replaceAll("\\W", "") + "\",\"type\":\"" + type
                                        + "\",\"nullable\":true,\"metadata\":{\"comment\":\"c\"}}")
                                .toList())
                + ",{\"name\":\"deep\",\"type\":{\"type\":\"array\",\"elementType\":{\"type\":\"map\",\"keyType\":"
                + "\"string\",\"valueType\":{\"type\":\"struct\",\"fields\":[{\"name\":\"x\",\"type\":\"long\","
                + "\"nullable\":false,\"metadata\":{}}]},\"valueContainsNull\":false},\"containsNull\":true},"
                + "\"nullable\":false,\"metadata\":{}}]}";
        HandMadeLog.commit(store, 0, HandMadeLog.PROTOCOL, HandMadeLog.metadata(schema, "[]", "{\"a\":\"b\"}"));
        DeltaSnapshot snapshot = table().snapshot();

        assertThat(snapshot.metadata().schemaJson()).isEqualTo(schema);
        assertThat(snapshot.metadata().configuration()).containsEntry("a", "b");
        assertThat(snapshot.schema().columns().stream()
                        .map(column -> column.type().toString()))
                .containsExactly(
                        "string",
                        "int64",
                        "int32",
                        "int32",
                        "int32",
                        "float32",
                        "float64",
                        "boolean",
                        "bytes",
                        "date",
                        "timestamp_utc",
                        "decimal(10,2)",
                        "decimal(10,0)",
                        "list<map<string,struct[x int64 not null]>>");
        assertThat(snapshot.schema().column("deep").nullable()).isFalse();
    }

    @Test
    void columns_of_an_unknown_type_are_named() {
        HandMadeLog.commit(
                store,
                0,
                HandMadeLog.PROTOCOL,
                HandMadeLog.metadata(
                        "{\"type\":\"struct\",\"fields\":[{\"name\":\"v\",\"type\":\"variant\"}]}", "[]", "{}"));

        assertFails("delta.unsupported", "variant", () -> table().snapshot());
    }

    @Test
    void columns_mapped_by_id_are_refused() {
        HandMadeLog.commit(
                store,
                0,
                "{\"protocol\":{\"minReaderVersion\":2,\"minWriterVersion\":5}}",
                HandMadeLog.metadata("{\"delta.columnMapping.mode\":\"id\"}"));

        assertFails("delta.unsupported", "'id'", () -> table().snapshot());
    }
}
