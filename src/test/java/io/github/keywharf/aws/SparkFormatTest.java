package io.github.keywharf.aws;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.aws.SparkFormatReport.Action;
import io.github.keywharf.aws.SparkFormatReport.Item;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.Row;
import io.github.keywharf.testing.Background;
import io.github.keywharf.testing.ForwardingStore;
import io.github.keywharf.testing.S3Server;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects of a run become Parquet files by name and content, whatever stops the work in between. */
class SparkFormatTest {
    private static final String RUN = "contact/run-1/";

    private static SparkFormatReport ensure(ObjectStore store, SparkFormatOption... options) {
        return ensure(store, FlowFileType.UNKNOWN, options);
    }

    private static SparkFormatReport ensure(ObjectStore store, FlowFileType declared, SparkFormatOption... options) {
        Set<SparkFormatOption> chosen = EnumSet.noneOf(SparkFormatOption.class);
        chosen.addAll(Arrays.asList(options));
        return new SparkFormat(store, "contact/", "run-1", declared, chosen).run(store.list(RUN));
    }

    private static ObjectStore mixed() {
        ObjectStore store = ObjectStore.inMemory();
        RunFolder.parquet(store, RUN + "a", "1", "2");
        RunFolder.parquet(store, RUN + "b.parquet", "3");
        RunFolder.parquet(store, RUN + "c.csv", "4");
        RunFolder.text(store, RUN + "d", "Id,Name\n5,Ada\n6,\n");
        RunFolder.text(store, RUN + "e.json", "{\"Id\":7}\n{\"Id\":\"8\",\"Name\":null,\"Tags\":[1,2]}\n");
        return store;
    }

    private static List<String> actions(SparkFormatReport report) {
        return report.items().stream().map(Item::toString).toList();
    }

    @Test
    void parquet_is_known_by_its_content_and_gets_a_name() {
        ObjectStore store = mixed();
        Map<String, String> before = RunFolder.data(store);

        SparkFormatReport report = ensure(store);

        assertThat(actions(report))
                .containsExactly(
                        "renamed contact/run-1/a -> contact/run-1/a.parquet",
                        "renamed contact/run-1/c.csv -> contact/run-1/c.csv.parquet",
                        "left contact/run-1/d: It is text",
                        "left contact/run-1/e.json: It is JSON lines");
        assertThat(report).hasToString("1 ready, 2 renamed, 0 converted, 2 left");
        assertThat(report.isComplete()).isFalse();
        Map<String, String> after = RunFolder.data(store);
        assertThat(after.keySet())
                .containsExactly(
                        RUN + "a.parquet", RUN + "b.parquet", RUN + "c.csv.parquet", RUN + "d", RUN + "e.json");
        assertThat(after.get(RUN + "a.parquet")).isEqualTo(before.get(RUN + "a"));
        assertThat(after.get(RUN + "c.csv.parquet")).isEqualTo(before.get(RUN + "c.csv"));
    }

    @Test
    void text_becomes_parquet_where_it_is_asked_for() {
        ObjectStore store = mixed();

        SparkFormatReport report = ensure(store, SparkFormatOption.CONVERT);

        assertThat(report).hasToString("1 ready, 2 renamed, 2 converted, 0 left");
        assertThat(report.isComplete()).isTrue();
        assertThat(RunFolder.dataKeys(store))
                .containsExactly(
                        RUN + "a.parquet",
                        RUN + "b.parquet",
                        RUN + "c.csv.parquet",
                        RUN + "d.parquet",
                        RUN + "e.json.parquet");
        assertThat(rows(store, RUN + "d.parquet")).containsExactly("{Id=5, Name=Ada}", "{Id=6, Name=null}");
        assertThat(rows(store, RUN + "e.json.parquet"))
                .as("columns are the keys of all lines, as text")
                .containsExactly("{Id=7, Name=null, Tags=null}", "{Id=8, Name=null, Tags=[1,2]}");
        assertThat(RunFolder.keys(store)).noneMatch(key -> key.contains("/converting/"));
    }

    private static List<String> rows(ObjectStore store, String key) {
        try (Stream<Row> rows = Parquet.reader(store, key).rows().stream()) {
            return rows.map(row -> row.toMap().toString()).toList();
        }
    }

    @Test
    void a_second_call_finds_all_ready() {
        ObjectStore store = mixed();
        ensure(store, SparkFormatOption.CONVERT);
        List<String> keys = RunFolder.keys(store);

        assertThat(ensure(store, SparkFormatOption.CONVERT)).hasToString("5 ready, 0 renamed, 0 converted, 0 left");
        assertThat(RunFolder.keys(store)).isEqualTo(keys);
    }

    @Test
    void a_dry_run_writes_nothing() {
        ObjectStore store = mixed();
        List<String> keys = RunFolder.keys(store);

        SparkFormatReport report = ensure(store, SparkFormatOption.DRY_RUN, SparkFormatOption.CONVERT);

        assertThat(report).hasToString("dry run: 1 ready, 2 renamed, 2 converted, 0 left");
        assertThat(report.items().get(0))
                .isEqualTo(new Item(RUN + "a", Action.RENAMED, Optional.of(RUN + "a.parquet"), ""));
        assertThat(RunFolder.keys(store)).isEqualTo(keys);
    }

    @Test
    void an_empty_folder_is_complete() {
        ObjectStore store = ObjectStore.inMemory();

        assertThat(ensure(store)).hasToString("0 ready, 0 renamed, 0 converted, 0 left");
        assertThat(RunFolder.keys(store)).isEmpty();
    }

    @Test
    void what_is_no_data_or_cannot_be_read_is_left() throws IOException {
        ObjectStore store = ObjectStore.inMemory();
        RunFolder.parquet(store, RUN + "whole", "1");
        byte[] whole = store.readSmall(RUN + "whole");
        store.delete(RUN + "whole");
        RunFolder.bytes(store, RUN + "cut", Arrays.copyOf(whole, whole.length - 4));
        RunFolder.bytes(store, RUN + "ends-only", "PAR1PAR1".getBytes(UTF_8));
        RunFolder.bytes(store, RUN + "empty_$folder$", new byte[0]);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write("Id\n1\n".getBytes(UTF_8));
        }
        RunFolder.bytes(store, RUN + "packed.csv", packed.toByteArray());
        RunFolder.text(store, RUN + "lies.parquet", "[1, 2]");
        RunFolder.text(store, RUN + "letter", "Dear all, the run was late");
        RunFolder.text(store, RUN + "notes", "Run by hand on Monday");
        RunFolder.text(store, RUN + "twice", "Id,Id\n1,2\n");
        RunFolder.text(store, RUN + "short", "Id,Name\n1,Ada\n2\n");
        RunFolder.text(store, RUN + "_SUCCESS", "");
        RunFolder.text(store, RUN + ".part-1.crc", "crc");
        RunFolder.text(store, RUN + "_temporary/x", "Id,Name\n1,Ada\n");
        Map<String, String> before = RunFolder.data(store);

        SparkFormatReport report = ensure(store, SparkFormatOption.CONVERT);

        assertThat(actions(report))
                .hasSize(9)
                .anyMatch(item -> item.equals("left contact/run-1/cut: It is Parquet that was cut short"))
                .anyMatch(item -> item.equals("left contact/run-1/ends-only: It is Parquet that was cut short"))
                .anyMatch(item -> item.equals("left contact/run-1/empty_$folder$: It is empty"))
                .anyMatch(item -> item.equals("left contact/run-1/packed.csv: It is neither Parquet nor text in UTF-8"))
                .contains("left contact/run-1/lies.parquet: It is a JSON array, in spite of its name")
                .anyMatch(item -> item.startsWith("left contact/run-1/letter: It has no rows"))
                .anyMatch(item -> item.startsWith("left contact/run-1/notes: It has a single column"))
                .anyMatch(
                        item -> item.startsWith("left contact/run-1/twice: It cannot be read: ") && item.contains("Id"))
                .anyMatch(item ->
                        item.startsWith("left contact/run-1/short: A row cannot be read: ") && item.contains(":3]"));
        assertThat(RunFolder.data(store)).as("nothing is lost or added").isEqualTo(before);
        assertThat(RunFolder.keys(store)).noneMatch(key -> key.contains("/converting/"));
        assertThat(ensure(store, SparkFormatOption.CONVERT).items()).isEqualTo(report.items());
    }

    @Test
    void one_column_is_csv_where_the_flow_says_so() {
        ObjectStore store = ObjectStore.inMemory();
        RunFolder.text(store, RUN + "part", "Id\n1\n");

        assertThat(ensure(store, FlowFileType.CSV, SparkFormatOption.CONVERT).converted())
                .isEqualTo(1);
        assertThat(rows(store, RUN + "part.parquet")).containsExactly("{Id=1}");
    }

    @Test
    void an_object_that_has_the_name_already_is_not_touched() {
        ObjectStore store = ObjectStore.inMemory();
        RunFolder.parquet(store, RUN + "a", "1");
        RunFolder.parquet(store, RUN + "a.parquet", "1");
        RunFolder.parquet(store, RUN + "b", "2");
        RunFolder.text(store, RUN + "b.parquet", "mine");
        RunFolder.text(store, RUN + "c", "Id,Name\n1,Ada\n");
        RunFolder.parquet(store, RUN + "c.parquet", "3");
        Map<String, String> before = RunFolder.data(store);

        SparkFormatReport report = ensure(store, SparkFormatOption.CONVERT);

        assertThat(report.ready()).isEqualTo(2);
        assertThat(actions(report))
                .contains(
                        "left contact/run-1/a: There is an object contact/run-1/a.parquet already",
                        "left contact/run-1/b: There is an object contact/run-1/b.parquet already",
                        "left contact/run-1/c: There is an object contact/run-1/c.parquet already");
        assertThat(RunFolder.data(store)).isEqualTo(before);
    }

    @Test
    void a_key_that_is_written_again_after_it_was_renamed_is_an_error_of_the_report() {
        ObjectStore store = ObjectStore.inMemory();
        RunFolder.parquet(store, RUN + "a", "1");
        ensure(store);
        RunFolder.parquet(store, RUN + "a", "2");
        SparkFormat rerun = new SparkFormat(
                store, "contact/", "run-2", FlowFileType.UNKNOWN, EnumSet.noneOf(SparkFormatOption.class));

        SparkFormatReport report = rerun.run(store.list(RUN));

        assertThat(report.isComplete()).isFalse();
        assertThat(report).hasToString("1 ready, 0 renamed, 0 converted, 0 left, 1 doubled");
        assertThat(report.items().get(0).action()).isEqualTo(Action.DOUBLED);
        assertThat(report.items().get(0).reason()).contains(RUN + "a.parquet", "Spark reads both");
        store.delete(RUN + "a.parquet");
        assertThat(ensure(store)).hasToString("0 ready, 1 renamed, 0 converted, 0 left");
        assertThat(rows(store, RUN + "a.parquet")).containsExactly("{Id=2}");
    }

    @Test
    void another_run_whose_name_begins_the_same_is_not_touched() {
        ObjectStore store = ObjectStore.inMemory();
        RunFolder.parquet(store, "contact/run-1/a", "1");
        RunFolder.parquet(store, "contact/run-10/a", "2");

        ensure(store);

        assertThat(RunFolder.dataKeys(store)).containsExactly("contact/run-1/a.parquet", "contact/run-10/a");
    }

    @Test
    void a_key_that_has_no_room_for_the_suffix_is_left() {
        ObjectStore store = ObjectStore.inMemory();
        RunFolder.parquet(store, RUN + "k".repeat(1_005), "1");

        assertThat(ensure(store).items().get(0).reason()).startsWith("Its key is too long");
    }

    @Test
    void a_kill_at_any_call_is_made_good_by_the_next_one() {
        ObjectStore clean = mixed();
        Map<String, String> before = RunFolder.data(clean);
        ensure(clean, SparkFormatOption.CONVERT);
        Map<String, String> expected = RunFolder.data(clean);
        int calls = 0;
        for (boolean done = false; !done; calls++) {
            ObjectStore store = mixed();
            CrashingStore crashing = new CrashingStore(store, calls);
            try {
                ensure(crashing, SparkFormatOption.CONVERT);
                done = true;
            } catch (KeywharfException e) {
                assertThat(e.code()).isEqualTo("test.killed");
            }
            Set<String> left = Set.copyOf(RunFolder.dataKeys(store));
            assertThat(before.keySet())
                    .as("after call %s each object is there under one name at least", calls)
                    .allMatch(key -> left.contains(key) || left.contains(key + ".parquet"));

            // The next call is killed too, somewhere else; the one after that is not.
            CrashingStore again = new CrashingStore(store, calls / 2);
            try {
                ensure(again, SparkFormatOption.CONVERT);
            } catch (KeywharfException e) {
                assertThat(e.code()).isEqualTo("test.killed");
            }
            assertThat(ensure(store, SparkFormatOption.CONVERT).isComplete()).isTrue();
            assertThat(RunFolder.data(store)).as("after call %s", calls).isEqualTo(expected);
            assertThat(RunFolder.keys(store)).noneMatch(key -> key.contains("/converting/"));
        }
        assertThat(calls).isGreaterThan(40);
    }

    @Test
    void what_was_to_be_converted_is_left_once_it_is_not_asked_for() {
        ObjectStore store = ObjectStore.inMemory();
        RunFolder.text(store, RUN + "d", "Id,Name\n5,Ada\n");
        CrashingStore crashing = new CrashingStore(store, 12);
        assertThatThrownBy(() -> ensure(crashing, SparkFormatOption.CONVERT)).hasMessageContaining("killed");
        assertThat(RunFolder.keys(store)).as("a move is noted").hasSizeGreaterThan(1);

        assertThat(actions(ensure(store))).containsExactly("left contact/run-1/d: It is text");
    }

    @Test
    void two_calls_do_the_same_work_once_wherever_they_meet() {
        ObjectStore clean = mixed();
        ensure(clean, SparkFormatOption.CONVERT);
        Map<String, String> expected = RunFolder.data(clean);
        boolean reached = true;
        for (int calls = 0; reached; calls++) {
            ObjectStore store = mixed();
            CrashingStore meeting = new CrashingStore(store, calls) {
                @Override
                void happen() {
                    ensure(store, SparkFormatOption.CONVERT);
                }
            };
            SparkFormatReport report = ensure(meeting, SparkFormatOption.CONVERT);
            reached = meeting.reached();
            assertThat(report.left()).as("call %s: %s", calls, report.items()).isZero();
            assertThat(RunFolder.data(store)).as("call %s", calls).isEqualTo(expected);
            ensure(store, SparkFormatOption.CONVERT);
            assertThat(RunFolder.keys(store)).noneMatch(key -> key.contains("/converting/"));
        }
    }

    @Test
    void two_calls_at_the_same_time_agree() {
        ObjectStore clean = mixed();
        ensure(clean, SparkFormatOption.CONVERT);
        Map<String, String> expected = RunFolder.data(clean);
        for (int round = 0; round < 10; round++) {
            ObjectStore store = mixed();
            List<CompletableFuture<SparkFormatReport>> calls = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                calls.add(Background.supply(() -> ensure(store, SparkFormatOption.CONVERT)));
            }
            for (CompletableFuture<SparkFormatReport> call : calls) {
                assertThat(call.join().left()).isZero();
            }
            assertThat(RunFolder.data(store)).isEqualTo(expected);
        }
    }

    @Test
    void an_object_that_is_replaced_meanwhile_is_not_deleted() {
        ObjectStore store = ObjectStore.inMemory();
        RunFolder.parquet(store, RUN + "a", "1");
        ObjectStore replacing = new ForwardingStore(store) {
            @Override
            public boolean copy(StoredObject version, String to) {
                boolean copied = store.copy(version, to);
                RunFolder.parquet(store, version.key(), "2");
                return copied;
            }
        };

        SparkFormatReport report = ensure(replacing);

        assertThat(report.items().get(0).reason()).isEqualTo("It was replaced meanwhile");
        assertThat(rows(store, RUN + "a")).containsExactly("{Id=2}");
    }

    @Test
    void a_copy_that_is_not_the_same_keeps_the_object() {
        ObjectStore store = ObjectStore.inMemory();
        RunFolder.parquet(store, RUN + "a", "1");
        ObjectStore damaging = new ForwardingStore(store) {
            @Override
            public boolean copy(StoredObject version, String to) {
                byte[] content = store.readSmall(version.key());
                return store.createIfAbsent(to, Arrays.copyOf(content, content.length - 1));
            }
        };

        assertThat(ensure(damaging).items().get(0).reason()).startsWith("Its copy contact/run-1/a.parquet");
        assertThat(rows(store, RUN + "a")).containsExactly("{Id=1}");
    }

    @Test
    void a_journal_that_is_damaged_is_an_error() {
        ObjectStore store = mixed();
        ensure(store);
        RunFolder.keys(store).stream()
                .filter(key -> key.contains("_keywharf/"))
                .forEach(key -> RunFolder.text(
                        store, key, "[{\"from\":\"a\",\"to\":\"elsewhere\",\"modified\":\"2026-11-23T12:00:00Z\"}]"));

        assertThatThrownBy(() -> ensure(store))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("aws.bad_journal"));
    }

    @Test
    void a_bucket_and_a_directory_do_the_same(@TempDir Path directory) {
        ObjectStore clean = mixed();
        ensure(clean, SparkFormatOption.CONVERT);
        try (S3Server server = S3Server.start();
                AWSManager aws = S3Managers.of(server)) {
            server.createBucket("lake");
            for (ObjectStore store : List.of(aws.store("lake"), ObjectStore.ofDirectory(directory))) {
                RunFolder.data(mixed())
                        .forEach((key, content) -> RunFolder.bytes(store, key, content.getBytes(ISO_8859_1)));

                assertThat(ensure(store, SparkFormatOption.CONVERT))
                        .hasToString("1 ready, 2 renamed, 2 converted, 0 left");
                assertThat(RunFolder.dataKeys(store)).isEqualTo(RunFolder.dataKeys(clean));
                assertThat(rows(store, RUN + "d.parquet")).isEqualTo(rows(clean, RUN + "d.parquet"));
                assertThat(ensure(store)).hasToString("5 ready, 0 renamed, 0 converted, 0 left");
            }
        }
    }

    @Test
    void a_large_object_is_copied_inside_the_bucket() {
        try (S3Server server = S3Server.start();
                AWSManager aws = S3Managers.of(server)) {
            server.createBucket("lake");
            ObjectStore store = aws.store("lake");
            Random random = new Random(8);
            List<List<String>> rows = new ArrayList<>();
            for (int i = 0; i < 40_000; i++) {
                byte[] noise = new byte[250];
                random.nextBytes(noise);
                rows.add(List.of(String.valueOf(i), Base64.getEncoder().encodeToString(noise)));
            }
            RunFolder.parquet(store, RUN + "large", List.of("Id", "Text"), rows);
            long size = store.list(RUN).findFirst().orElseThrow().size();
            assertThat(size).isGreaterThan(S3Copy.SMALL);

            assertThat(ensure(store).renamed()).isEqualTo(1);

            assertThat(RunFolder.dataKeys(store)).containsExactly(RUN + "large.parquet");
            assertThat(Parquet.reader(store, RUN + "large.parquet").rowCount()).isEqualTo(40_000);
        }
    }

    @Test
    void an_object_that_is_replaced_before_it_is_copied_is_not_there_twice() {
        ObjectStore store = ObjectStore.inMemory();
        RunFolder.parquet(store, RUN + "a", "1");
        ObjectStore replacing = new ForwardingStore(store) {
            @Override
            public boolean copy(String from, String to) {
                RunFolder.parquet(store, from, "2");
                return store.copy(from, to);
            }

            @Override
            public boolean copy(StoredObject version, String to) {
                RunFolder.parquet(store, version.key(), "2");
                return store.copy(version, to);
            }
        };

        assertThat(ensure(replacing).items().get(0).reason()).isEqualTo("It was replaced meanwhile");
        assertThat(RunFolder.dataKeys(store)).containsExactly(RUN + "a");
        assertThat(rows(store, RUN + "a")).containsExactly("{Id=2}");
    }
}
