package io.github.keywharf.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.CountingStore;
import io.github.keywharf.testing.GrowthCheck;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A run of a copy asks the org, and keeps of itself, as much as ever. */
class CopyGrowthTest {
    private final ObjectOrg org = new ObjectOrg();
    private final CountingStore store = CountingStore.inMemory();

    @Test
    void runs_of_a_copy() throws Exception {
        RowSink sink = (rows, rejects) -> {
            long read = rows.toTable().size();
            return WriteReport.of(read, read, 0, 0, Duration.ZERO);
        };
        SalesforceCopy copy =
                org.object("Contact").copyInto(sink).fields("LastName", "Title").state(store, "contact");
        String ada = org.fake.insert("Contact", Map.of("LastName", "Ada"));
        copy.run();
        GrowthCheck.of("a run")
                .store(store)
                .spent("calls", () -> org.fake.calls().size())
                .last(1_000)
                .run(number -> {
                    org.fake.update("Contact", ada, Map.of("Title", "Title " + number % 10));
                    org.pass(Duration.ofMinutes(20));
                    assertThat(copy.run().written()).isEqualTo(1);
                });
    }
}
