package io.github.keywharf.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.Rows;
import io.github.keywharf.testing.GoldenCopies;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Checkpoints of copies and notes of loads of version 0.1.0 are read, and written no differently. */
class GoldenSalesforceTest {

    @Test
    void checkpoints_are_read_and_written_as_before() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("Name", "string");
        fields.put("Id", "id");
        fields.put("Amount__c", "double");
        check(
                "salesforce/checkpoint.json",
                new SalesforceCheckpoint(
                        "Contact",
                        Instant.parse("2026-03-01T10:20:30.405Z"),
                        Instant.parse("2026-03-01T10:20:00Z"),
                        List.of("Id", "Name"),
                        fields));
        check(
                "salesforce/checkpoint-without-types.json",
                new SalesforceCheckpoint("My_Object__c", Instant.EPOCH, Instant.EPOCH, List.of("Id"), Map.of()));
    }

    private static void check(String name, SalesforceCheckpoint checkpoint) {
        GoldenCopies.assertSameJson(name, checkpoint.toJson().getBytes(StandardCharsets.UTF_8));
        SalesforceCheckpoint read = SalesforceCheckpoint.parse(GoldenCopies.text(name));
        assertThat(read).isEqualTo(checkpoint);
        assertThat(read.fields().keySet())
                .containsExactlyElementsOf(checkpoint.fields().keySet());
    }

    @Test
    void notes_of_loads_are_read_and_written_as_before() {
        for (SalesforceSinkNote.Stage stage : SalesforceSinkNote.Stage.values()) {
            boolean before = stage == SalesforceSinkNote.Stage.BEFORE;
            SalesforceSinkNote note = new SalesforceSinkNote(
                    "ab12",
                    "orders \"of\" März",
                    7,
                    "cd34",
                    stage,
                    before ? "" : "7501x0000012345AAA 7501x0000012346AAA",
                    before ? "" : "ef56",
                    before
                            ? SalesforceSinkNote.Totals.NONE
                            : new SalesforceSinkNote.Totals(
                                    1L << 40, 5, 6, LeftOut.NONE, 1L << 50, Duration.ofMillis(123_456)));
            String name = "salesforce/note-" + stage.name().toLowerCase(java.util.Locale.ROOT) + ".json";
            GoldenCopies.assertWritten(name, note.json());
            assertThat(SalesforceSinkNote.parse("note", GoldenCopies.read(name)))
                    .isEqualTo(note);
        }
    }

    @Test
    void the_folder_of_a_copy_is_read_and_continued() {
        ObjectStore store = GoldenCopies.store("salesforce/folder");
        SalesforceFolder folder = SalesforceFolder.of(store, "contact");

        try (Rows rows = folder.current()) {
            assertThat(rows.stream()
                            .map(row -> row.value("Id") + " " + row.value("Name") + " " + row.value("Amount__c")))
                    .containsExactlyInAnyOrder("001A Zoë \"Z\" 1.5", "001B b 2.25", "001E e null");
        }
        folder.target().begin(2);
        assertThat(store.list("contact/").map(StoredObject::key))
                .containsExactly(
                        "contact/0000000000-whole.parquet",
                        "contact/0000000001-changes.parquet",
                        "contact/0000000001-deleted.parquet",
                        "contact/state/checkpoints/00000000000000000000.json",
                        "contact/state/checkpoints/00000000000000000001.json");
    }
}
