package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.cassandra.UnloadPlan.PlanColumn;
import io.github.keywharf.cassandra.UnloadReport.UnloadedFile;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.testing.StoredProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Loads and unloads that earlier versions began are continued, and their files written no differently. */
class ProgressFormatTest {
    private static final UnloadedFile FIRST = new UnloadedFile("part-00000-0001.parquet", 120, 4567);
    private static final UnloadedFile SECOND = new UnloadedFile("part-00001-0002.parquet", 80, 3456);
    private static final UnloadedFile NONE = new UnloadedFile("", 0, 0);
    private static final UnloadPlan PLAN = new UnloadPlan(
            "shop.orders",
            UUID.fromString("5d5a6b2e-2222-4000-8000-000000000002"),
            "parquet",
            List.of(new PlanColumn("id", "int"), new PlanColumn("note", "text")),
            List.of(
                    List.of(List.of("-9223372036854775808", "0")),
                    List.of(List.of("0", "9223372036854775807")),
                    List.of()));

    private static BulkNote note(int number) {
        return new BulkNote(
                "shop.orders",
                "orders of May",
                "ab12",
                1767225600000000L,
                1,
                2,
                new BulkTotals(number * 1000L, number, number * 50_000L),
                new BulkTotals(number * 900L, 0, number * 45_000L),
                Map.of("5d5a6b2e-1111-4000-8000-000000000001", "1767225000"),
                number == 5,
                Duration.ofMillis(1234L * number),
                null);
    }

    private static UnloadReport report(String folder) {
        return new UnloadReport(
                "shop.orders",
                folder,
                "parquet",
                List.of("id", "note"),
                List.of(FIRST, SECOND),
                200,
                8023,
                2,
                1,
                3,
                Instant.parse("2026-01-01T00:00:00Z"),
                Duration.ofMillis(98765));
    }

    @Test
    void the_notes_of_a_load_of_an_earlier_version_are_continued() {
        ObjectStore store = StoredProgress.store();
        BulkNotes notes = new BulkNotes(store, "load");

        assertThat(notes.latest()).contains(note(5));
        notes.write(note(6));

        assertThat(new BulkNotes(store, "load").latest()).contains(note(6));
        assertThat(store.list("load/").map(object -> object.key()))
                .containsExactly(
                        "load/00000000000000000004.json",
                        "load/00000000000000000005.json",
                        "load/00000000000000000006.json");
    }

    @Test
    void notes_are_written_as_before() {
        ObjectStore store = ObjectStore.inMemory();
        BulkNotes notes = new BulkNotes(store, "load");
        for (int number = 1; number <= 5; number++) {
            notes.write(note(number));
        }
        StoredProgress.assertSame(store, "load/");
    }

    @Test
    void an_unload_of_an_earlier_version_is_continued() {
        ObjectStore store = StoredProgress.store();
        UnloadFolder folder = UnloadFolder.of(store, "unload");

        assertThat(folder.plan()).contains(PLAN);
        assertThat(folder.finished()).isEqualTo(Map.of(0, FIRST, 1, SECOND, 2, NONE));
        assertThat(folder.attempt()).isEqualTo(3);
        UnloadedFile mine = new UnloadedFile("part-00001-0003.parquet", 80, 3400);
        store.createIfAbsent("unload/" + mine.key(), new byte[1]);
        assertThat(folder.record(1, mine)).as("the one that counts").isEqualTo(SECOND);
        assertThat(store.find("unload/" + mine.key()))
                .as("the one that does not")
                .isEmpty();
        assertThat(folder.record(1, SECOND)).isEqualTo(SECOND);
        assertThat(UnloadReport.find(store, "unload"))
                .hasValueSatisfying(found -> assertThat(found.files()).containsExactly(FIRST, SECOND));
    }

    @Test
    void an_unload_is_written_as_before() {
        ObjectStore store = ObjectStore.inMemory();
        UnloadFolder folder = UnloadFolder.of(store, "unload");
        folder.begin(PLAN);
        folder.attempt();
        folder.attempt();
        folder.record(0, FIRST);
        folder.record(1, SECOND);
        folder.record(2, NONE);
        folder.commit(report("unload"));
        StoredProgress.assertSame(store, "unload/");
    }
}
