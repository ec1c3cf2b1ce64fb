package io.github.keywharf.cassandra;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.cassandra.UnloadPlan.PlanColumn;
import io.github.keywharf.cassandra.UnloadReport.UnloadedFile;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.testing.GoldenCopies;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Notes of loads and records of unloads of version 0.1.0 are read, and written no differently. */
class GoldenLoadsTest {
    private static final String FOLDER = "unload";

    private static BulkNote note(Map<String, String> nodes, boolean finished) {
        return new BulkNote(
                "shop.\"Örders\"",
                "orders \"of\" März\\",
                "ab12",
                1_767_225_600_000_001L,
                3,
                BulkPlan.LIST_SPACING - 1,
                new BulkTotals(1L << 40, 7, 1L << 50),
                new BulkTotals(0, 0, 0),
                nodes,
                finished,
                Duration.ofMillis(1_234_567),
                null);
    }

    private static void check(String name, BulkNote note) {
        GoldenCopies.assertWritten(name, BulkNote.FORMAT.write(note));
        assertThat(BulkNote.FORMAT.read("note", GoldenCopies.read(name))).isEqualTo(note);
    }

    @Test
    void notes_of_loads_are_read_and_written_as_before() {
        check("loads/note.json", note(Map.of("b-2", "1767225000", "a-1", "1767225001"), false));
        check("loads/note-finished.json", note(Map.of(), true));
    }

    @Test
    void a_finished_load_reports_the_rows_that_were_left_out_before_it() {
        LeftOut before = LeftOut.byFilter(3).plus(LeftOut.byRejection(2));
        BulkNote note = new BulkNote(
                "t",
                "s",
                "f",
                1,
                1,
                1,
                new BulkTotals(10, 1, 99),
                BulkTotals.NONE,
                Map.of(),
                true,
                Duration.ZERO,
                before);
        BulkNote read = BulkNote.FORMAT.read("note", BulkNote.FORMAT.write(note));
        assertThat(read).isEqualTo(note);
        assertThat(read.report().read()).isEqualTo(15);
        assertThat(read.report().written()).isEqualTo(9);
        assertThat(read.report().leftOut()).isEqualTo(LeftOut.byFilter(3).plus(LeftOut.byRejection(3)));
    }

    @Test
    void a_note_of_before_sendings_were_counted_is_read_as_one_whose_lists_may_not_be_sent_again() {
        String before = new String(GoldenCopies.read("loads/note-finished.json"), UTF_8)
                .replaceFirst("\"attempt\" : \\d+,", "");
        assertThat(before).doesNotContain("attempt");
        assertThat(BulkNote.FORMAT.read("note", before.getBytes(UTF_8))).isEqualTo(note(Map.of(), true));
    }

    @Test
    void the_objects_of_an_unload_are_read_and_written_as_before() {
        UnloadPlan plan = new UnloadPlan(
                "shop.\"Örders\"",
                UUID.fromString("5d5a6b2e-2222-4000-8000-000000000002"),
                "csv",
                List.of(new PlanColumn("id", "int"), new PlanColumn("\"Nöte\"", "frozen<map<text, list<int>>>")),
                List.of(List.of(List.of("-9223372036854775808", "0"), List.of("5", "9223372036854775807")), List.of()));
        GoldenCopies.assertWritten("unloads/plan.json", UnloadFolder.PLANNED.write(plan));
        assertThat(UnloadFolder.PLANNED.read(FOLDER, GoldenCopies.read("unloads/plan.json")))
                .isEqualTo(plan);

        GoldenCopies.assertWritten("unloads/attempt.json", UnloadFolder.ATTEMPT.write(new UnloadFolder.Attempt(12)));

        UnloadedFile file = new UnloadedFile("part-00000-0001 ü.parquet", 1L << 40, 1L << 50);
        GoldenCopies.assertWritten("unloads/file.json", UnloadFolder.FILE.write(file));
        assertThat(UnloadFolder.FILE.read(FOLDER, GoldenCopies.read("unloads/file.json")))
                .isEqualTo(file);

        UnloadReport report = new UnloadReport(
                "shop.\"Örders\"",
                "",
                "csv",
                List.of("id", "\"Nöte\""),
                List.of(file, new UnloadedFile("b", 0, 0)),
                1L << 40,
                1L << 50,
                2,
                1,
                3,
                Instant.parse("2026-01-01T00:00:00.123456789Z"),
                Duration.ofMillis(98_765));
        GoldenCopies.assertWritten("unloads/manifest.json", UnloadFolder.REPORT.write(report));
        assertThat(UnloadFolder.REPORT.read(FOLDER, GoldenCopies.read("unloads/manifest.json")))
                .isEqualTo(report);
    }
}
