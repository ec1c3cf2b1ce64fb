package io.github.keywharf.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.aws.FlowDestination.PathPart;
import io.github.keywharf.aws.FlowDestination.PrefixFormat;
import io.github.keywharf.aws.FlowDestination.PrefixType;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.testing.ForwardingStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Which objects are a run's, for each way in which a flow lays them out. */
class FlowFilesTest {
    private static final Instant START = Instant.parse("2026-11-23T23:59:30.250Z");
    private static final Instant END = Instant.parse("2026-11-24T00:02:10.750Z");

    private Instant now = START;
    private final ObjectStore store = ObjectStore.inMemory(() -> now);
    private final List<String> listed = new ArrayList<>();
    private final List<FlowRun> runs = new ArrayList<>();

    private static FlowRun run(String id, Instant started, Instant updated, FlowStatus status) {
        return new FlowRun(
                id,
                status,
                Optional.of(started),
                updated,
                Optional.empty(),
                Optional.empty(),
                1,
                1,
                1,
                0,
                Optional.empty());
    }

    private static FlowRun withoutStart(String id, Instant updated, FlowStatus status) {
        return new FlowRun(
                id,
                status,
                Optional.empty(),
                updated,
                Optional.empty(),
                Optional.empty(),
                1,
                1,
                1,
                0,
                Optional.empty());
    }

    private static FlowRun run(String id) {
        return run(id, START, END, FlowStatus.SUCCESSFUL);
    }

    private static FlowDestination destination(PrefixType type, PrefixFormat format, PathPart... hierarchy) {
        return new FlowDestination(
                "lake",
                "crm/contact",
                FlowFileType.PARQUET,
                Optional.ofNullable(type),
                Optional.ofNullable(format),
                List.of(hierarchy),
                false,
                false);
    }

    private void put(String key) {
        RunFolder.text(store, key, "x");
    }

    private void put(Instant written, String key) {
        now = written;
        put(key);
    }

    private List<String> find(FlowDestination destination, FlowRun run) {
        listed.clear();
        ObjectStore listing = new ForwardingStore(store) {
            @Override
            public Stream<StoredObject> list(String prefix) {
                listed.add(prefix);
                return super.list(prefix);
            }
        };
        return new FlowFiles(listing, "contacts", destination, run, runs::stream)
                .find().stream().map(StoredObject::key).toList();
    }

    @Test
    void the_folder_of_the_run_alone_is_listed() {
        put("crm/contact/run-1/a");
        put("crm/contact/run-1/Country=DE/b");
        put("crm/contact/run-1/_temporary/c");
        put("crm/contact/run-10/a");
        put("crm/contact_old/run-1/a");

        assertThat(find(destination(null, null, PathPart.EXECUTION_ID), run("run-1")))
                .containsExactly("crm/contact/run-1/Country=DE/b", "crm/contact/run-1/a");
        assertThat(listed).containsExactly("crm/contact/run-1/", "crm/contact/contacts/run-1/");
        assertThat(find(destination(null, null, PathPart.EXECUTION_ID), run("run-10")))
                .containsExactly("crm/contact/run-10/a");
    }

    @Test
    void a_version_of_the_schema_may_stand_before_the_run() {
        for (int version = 1; version <= 12; version++) {
            for (int run = 1; run <= 20; run++) {
                put("crm/contact/" + version + "/run-" + version + "-" + run + "/a");
            }
        }
        put("crm/contact/loose");

        assertThat(find(destination(null, null, PathPart.SCHEMA_VERSION, PathPart.EXECUTION_ID), run("run-7-3")))
                .containsExactly("crm/contact/7/run-7-3/a");
    }

    @Test
    void a_version_of_the_schema_may_stand_after_the_run() {
        put("crm/contact/run-1/1/2026/11/23/a");
        put("crm/contact/run-2/1/2026/11/23/a");

        assertThat(find(
                        destination(PrefixType.PATH, PrefixFormat.DAY, PathPart.EXECUTION_ID, PathPart.SCHEMA_VERSION),
                        run("run-1")))
                .containsExactly("crm/contact/run-1/1/2026/11/23/a");
    }

    @Test
    void the_name_of_the_flow_may_be_a_folder() {
        put("crm/contact/contacts/run-1/a");

        assertThat(find(destination(null, null, PathPart.EXECUTION_ID), run("run-1")))
                .containsExactly("crm/contact/contacts/run-1/a");
    }

    @Test
    void a_layout_that_was_not_foreseen_is_found_by_the_id() {
        put("crm/contact/odd/place/run-1/a");
        put("crm/contact/odd/place/run-2/a");
        put("crm/contact/odd/2026-run-1.csv");
        put("crm/contact/odd/2026-run-11.csv");
        put("crm/contact/odd/rerun-1.csv");

        assertThat(find(destination(null, null, PathPart.EXECUTION_ID), run("run-1")))
                .containsExactly("crm/contact/odd/2026-run-1.csv", "crm/contact/odd/place/run-1/a");
    }

    @Test
    void a_run_whose_folder_does_not_exist_has_no_files_whatever_was_written_meanwhile() {
        put(START, "crm/contact/run-2/a");

        assertThat(find(destination(null, null, PathPart.EXECUTION_ID), run("run-1")))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = PrefixType.class,
            names = {"FILENAME", "PATH_AND_FILENAME", "PATH"})
    void the_id_in_a_name_decides_where_there_is_one(PrefixType type) {
        put(START, "crm/contact/2026/11/23/2026-11-23-run-1-part-0");
        put(START, "crm/contact/2026/11/24/2026-11-24-run-1-part-1");
        put(START, "crm/contact/2026/11/23/2026-11-23-run-2-part-0");

        assertThat(find(destination(type, PrefixFormat.DAY), run("run-1")))
                .containsExactly(
                        "crm/contact/2026/11/23/2026-11-23-run-1-part-0",
                        "crm/contact/2026/11/24/2026-11-24-run-1-part-1");
    }

    @ParameterizedTest
    @CsvSource({
        "YEAR,   2026,             2026",
        "MONTH,  2026/11,          2026/11",
        "DAY,    2026/11/23,       2026/11/24",
        "HOUR,   2026/11/23/23,    2026/11/24/00",
        "MINUTE, 2026/11/23/23/59, 2026/11/24/00/02"
    })
    void without_an_id_the_time_of_writing_decides_and_only_folders_of_its_dates_are_listed(
            PrefixFormat format, String first, String last) {
        put(START, "crm/contact/" + first + "/a");
        put(END, "crm/contact/" + last + "/b");
        put(START.minusSeconds(2), "crm/contact/" + first + "/before");
        put(END.plusSeconds(1), "crm/contact/" + last + "/after");

        assertThat(find(destination(PrefixType.PATH, format), run("run-1")))
                .containsExactly("crm/contact/" + first + "/a", "crm/contact/" + last + "/b");
        assertThat(listed)
                .doesNotContain("crm/contact/")
                .allMatch(prefix -> prefix.contains("2026") || prefix.contains("2025") || prefix.contains("_keywharf"));
    }

    @Test
    void a_long_run_lists_coarser_folders() {
        FlowRun run = run("run-1", START, START.plusSeconds(5 * 3_600), FlowStatus.SUCCESSFUL);
        put(START.plusSeconds(3 * 3_600), "crm/contact/2026/11/24/02/59/a");

        assertThat(find(destination(PrefixType.PATH, PrefixFormat.MINUTE), run))
                .containsExactly("crm/contact/2026/11/24/02/59/a");
        assertThat(listed).contains("crm/contact/2026/11/24/02/").hasSizeLessThan(20);
    }

    @Test
    void dates_that_are_spelled_in_another_way_are_found_all_the_same() {
        put(START, "crm/contact/2026-11-23/a");

        assertThat(find(destination(PrefixType.PATH, PrefixFormat.DAY), run("run-1")))
                .containsExactly("crm/contact/2026-11-23/a");
    }

    @Test
    void a_store_that_keeps_whole_seconds_loses_no_object() {
        put(Instant.parse("2026-11-23T23:59:30Z"), "crm/contact/a");
        put(Instant.parse("2026-11-24T00:02:10.999Z"), "crm/contact/b");

        assertThat(find(destination(null, null), run("run-1"))).containsExactly("crm/contact/a", "crm/contact/b");
    }

    @Test
    void files_without_an_id_are_not_found_by_the_time_of_a_run_whose_start_is_not_known() {
        FlowRun run = withoutStart("run-1", END, FlowStatus.SUCCESSFUL);
        assertThat(find(destination(null, null), run)).isEmpty();
        put(END, "crm/contact/a");
        assertThatThrownBy(() -> find(destination(null, null), run))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("aws.ambiguous_files"))
                .hasMessageContainingAll("run-1", "started", "EXECUTION_ID");
        put("crm/contact/run-1/b");
        assertThat(find(destination(null, null), run)).containsExactly("crm/contact/run-1/b");
    }

    @Test
    void another_run_whose_start_is_not_known_may_have_written_before_it_ended_unless_it_failed() {
        put(START.plusSeconds(1), "crm/contact/a");
        runs.add(run("run-1"));
        runs.add(withoutStart("failed", END, FlowStatus.FAILED));
        runs.add(withoutStart("earlier", START.minusSeconds(10), FlowStatus.SUCCESSFUL));
        assertThat(find(destination(null, null), run("run-1"))).containsExactly("crm/contact/a");

        runs.add(withoutStart("run-2", END.plusSeconds(60), FlowStatus.SUCCESSFUL));
        assertThatThrownBy(() -> find(destination(null, null), run("run-1")))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("aws.ambiguous_files"))
                .hasMessageContaining("run-2");
    }

    @Test
    void an_object_of_a_time_when_two_runs_were_at_work_is_an_error() {
        runs.add(run("run-1"));
        runs.add(run("run-2", END.minusSeconds(5), END.plusSeconds(60), FlowStatus.FAILED));
        put(START, "crm/contact/a");
        put(END.minusSeconds(2), "crm/contact/b");

        assertThatThrownBy(() -> find(destination(null, null), run("run-1")))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("aws.ambiguous_files"))
                .hasMessageContainingAll("crm/contact/b", "run-1", "run-2", "EXECUTION_ID");
    }

    @Test
    void a_run_that_still_writes_is_another_run_too() {
        runs.add(run("run-0", START.minusSeconds(50), START.minusSeconds(40), FlowStatus.IN_PROGRESS));
        put(START, "crm/contact/a");

        assertThatThrownBy(() -> find(destination(null, null), run("run-1"))).hasMessageContaining("run-0");
    }

    @Test
    void runs_that_follow_each_other_are_told_apart() {
        runs.add(run("run-0", START.minusSeconds(60), START.minusSeconds(2), FlowStatus.SUCCESSFUL));
        runs.add(run("run-1"));
        runs.add(run("run-2", END.plusSeconds(2), END.plusSeconds(60), FlowStatus.SUCCESSFUL));
        put(START.minusSeconds(2), "crm/contact/old");
        put(START, "crm/contact/a");
        put(END.plusSeconds(2), "crm/contact/new");

        assertThat(find(destination(null, null), run("run-1"))).containsExactly("crm/contact/a");
    }

    @Test
    void a_new_name_does_not_make_an_object_another_runs() {
        RunFolder.parquet(store, "crm/contact/a", "1");
        FlowDestination destination = destination(null, null);
        now = END.plusSeconds(100);
        Set<SparkFormatOption> none = EnumSet.noneOf(SparkFormatOption.class);
        new SparkFormat(store, "crm/contact/", "run-1", FlowFileType.PARQUET, none).run(store.list("crm/contact/"));
        runs.add(run("run-1"));
        FlowRun later = run("run-2", END.plusSeconds(90), END.plusSeconds(110), FlowStatus.SUCCESSFUL);

        assertThat(find(destination, run("run-1"))).containsExactly("crm/contact/a.parquet");
        assertThat(find(destination, later)).isEmpty();
    }

    @Test
    void a_bucket_without_a_prefix_is_listed_from_its_root() {
        put("run-1/a");
        FlowDestination destination = new FlowDestination(
                "lake",
                "",
                FlowFileType.CSV,
                Optional.empty(),
                Optional.empty(),
                List.of(PathPart.EXECUTION_ID),
                true,
                false);

        assertThat(find(destination, run("run-1"))).containsExactly("run-1/a");
    }

    @Test
    void an_id_in_the_name_of_a_file_may_be_a_part_of_another_runs_id() {
        runs.addAll(List.of(run("run-1"), run("run-1-2"), run("re_run-1")));
        put("crm/contact/2026-run-1");
        put("crm/contact/2026-run-1-2");
        put("crm/contact/2026-run-1-2-part-1");
        put("crm/contact/re_run-1-part-0");
        put("crm/contact/run-1/of-run-1-2");

        assertThat(find(destination(null, null), run("run-1")))
                .containsExactly("crm/contact/2026-run-1", "crm/contact/run-1/of-run-1-2");
        assertThat(find(destination(null, null), run("run-1-2")))
                .containsExactly(
                        "crm/contact/2026-run-1-2", "crm/contact/2026-run-1-2-part-1", "crm/contact/run-1/of-run-1-2");
    }

    @Test
    void another_flow_that_shares_the_folder_above_wrote_none_of_the_files() {
        runs.add(run("run-1"));
        put(START, "crm/contact/contacts/a");
        put(START, "crm/contact/accounts/a");

        assertThat(find(destination(null, null), run("run-1"))).containsExactly("crm/contact/contacts/a");
    }

    @Test
    void a_file_in_a_folder_that_may_be_another_flows_is_an_error() {
        runs.add(run("run-1"));
        put(START, "crm/contact/accounts/a");
        for (FlowDestination destination :
                List.of(destination(null, null), destination(PrefixType.PATH, PrefixFormat.DAY))) {
            assertThatThrownBy(() -> find(destination, run("run-1")))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("aws.ambiguous_files"))
                    .hasMessageContainingAll("accounts", "contacts", "EXECUTION_ID");
        }
        put(START, "crm/contact/Country=DE/b");
        store.delete("crm/contact/accounts/a");
        assertThat(find(destination(null, null), run("run-1"))).containsExactly("crm/contact/Country=DE/b");
    }

    @Test
    void a_run_without_records_has_no_files_whatever_another_flow_wrote_and_lists_nothing() {
        FlowRun empty = new FlowRun(
                "run-1",
                FlowStatus.SUCCESSFUL,
                Optional.of(START),
                END,
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                0,
                0,
                Optional.empty());
        put(START, "crm/contact/a");
        put(START, "crm/contact/accounts/a");

        assertThat(find(destination(null, null), empty)).isEmpty();
        assertThat(listed).isEmpty();
    }

    private void ensureSparkFormat(String run) {
        Set<SparkFormatOption> none = EnumSet.noneOf(SparkFormatOption.class);
        new SparkFormat(store, "crm/contact/", run, FlowFileType.PARQUET, none).run(store.list("crm/contact/"));
    }

    @Test
    void of_two_runs_that_wrote_the_same_key_the_later_one_has_the_file() {
        RunFolder.parquet(store, "crm/contact/a", "1");
        ensureSparkFormat("run-9");
        store.delete("crm/contact/a.parquet");
        now = END.plusSeconds(100);
        RunFolder.parquet(store, "crm/contact/a", "2");
        ensureSparkFormat("run-1");
        FlowRun later = run("run-1", END.plusSeconds(90), END.plusSeconds(110), FlowStatus.SUCCESSFUL);

        assertThat(find(destination(null, null), later)).containsExactly("crm/contact/a.parquet");
        assertThat(find(destination(null, null), run("run-9"))).isEmpty();
    }

    @Test
    void a_file_that_gets_its_name_while_files_are_looked_for_is_not_lost() {
        runs.add(run("run-1"));
        RunFolder.parquet(store, "crm/contact/a", "1");
        RunFolder.parquet(store, "crm/contact/b", "2");
        now = END.plusSeconds(100);
        ObjectStore renaming = new ForwardingStore(store) {
            @Override
            public Stream<StoredObject> list(String prefix) {
                if (prefix.equals("crm/contact/")) {
                    ensureSparkFormat("run-1");
                }
                return super.list(prefix);
            }
        };

        assertThat(new FlowFiles(renaming, "contacts", destination(null, null), run("run-1"), runs::stream).find())
                .extracting(StoredObject::key)
                .containsExactly("crm/contact/a.parquet", "crm/contact/b.parquet");
    }
}
