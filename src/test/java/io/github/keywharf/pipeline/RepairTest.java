package io.github.keywharf.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import io.github.keywharf.format.DeadLetterFile;
import io.github.keywharf.pipeline.zone.RejectedFile;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.RejectedRow;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RepairTest {

    @Test
    void the_key_of_a_table_with_a_slash_in_its_name_is_understood() {
        ObjectStore zone = ObjectStore.inMemory();
        try (StepRejects rejects = new StepRejects(zone, 7, "extract")) {
            rejects.of("a/b").rejected(new RejectedRow("source", 1, "", "reason", Map.of("id", 5)));
            rejects.commit(EventListener.NONE, Work.NONE);
        }
        zone.createIfAbsent("_keywharf/rejected/by hand/extract/c.jsonl", new byte[0]);

        try (Stream<DeadLetterFile> files = StepRejects.letters(zone).files()) {
            assertThat(files.map(Repair::named).flatMap(Optional::stream))
                    .containsExactly(new RejectedFile(
                            7, "extract", "a/b", "_keywharf/rejected/9223372036854775800-7/extract/a/b.jsonl"));
        }
    }
}
