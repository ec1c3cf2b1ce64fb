package io.github.keywharf.format.delta;

import io.github.keywharf.testing.CountingStore;
import io.github.keywharf.testing.GrowthCheck;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** An append to a Delta table takes as many requests as ever; only every tenth writes of all files of the table. */
class DeltaGrowthTest {
    private final CountingStore store = CountingStore.inMemory();
    private final AtomicLong files = new AtomicLong();

    private DeltaTable table() {
        DeltaTable table = DeltaTable.at(store, "usage");
        table.create(SampleTable.USAGE, List.of());
        return table;
    }

    private GrowthCheck check(String operation) {
        return GrowthCheck.of(operation).store(store).linear("bytes written", "files", files::get);
    }

    private void append(DeltaTable table, int number) {
        table.sink().write(SampleTable.usage("t", number, number + 1));
        files.set(number);
    }

    @Test
    void an_append() throws Exception {
        DeltaTable table = table();
        check("an append").run(number -> append(table, number));
    }

    @Test
    void an_append_by_another_process_that_is_read() throws Exception {
        DeltaTable writer = table();
        DeltaTable reader = DeltaTable.at(store, "usage");
        reader.snapshot();
        check("an append, read").run(number -> {
            append(writer, number);
            reader.snapshot();
        });
    }
}
