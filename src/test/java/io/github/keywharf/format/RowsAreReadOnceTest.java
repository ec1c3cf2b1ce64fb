package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Condition;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Rows that are used up must not pass for a source without rows. */
class RowsAreReadOnceTest {
    @TempDir
    Path folder;

    record Client(long id) {}

    @TestFactory
    Stream<DynamicTest> rows_that_were_read_or_closed_are_refused() throws IOException {
        Path csv = Files.writeString(folder.resolve("clients.csv"), "id\n1\n2\n");
        Path json = Files.writeString(folder.resolve("clients.jsonl"), "{\"id\":1}\n{\"id\":2}\n");
        Path parquet = folder.resolve("clients.parquet");
        List<Client> clients = List.of(new Client(1), new Client(2));
        Parquet.writer(parquet).sink().write(Rows.ofRecords(Client.class, clients));
        Schema schema = Rows.ofRecords(Client.class, clients).schema();
        List<ColumnBatch> batches =
                Rows.ofRecords(Client.class, clients).toTable().batches();

        Supplier<Rows> step = () -> Parquet.reader(parquet).rows().filter(Condition.gt("id", 0));
        return Stream.of(
                refused("CSV", () -> Csv.reader(csv).rows()),
                refused("JSON", () -> JsonLines.reader(json).rows()),
                refused("Parquet", () -> Parquet.reader(parquet).rows()),
                refused("a step", step),
                refused("sources one after the other", () -> Rows.concat(schema, List.of(step, step))),
                refused("read ahead", () -> step.get().readAhead(2)),
                refused("records", () -> Rows.ofRecords(Client.class, clients)),
                refused("batches", () -> Rows.of(schema, batches)));
    }

    private static DynamicTest refused(String name, Supplier<Rows> open) {
        return DynamicTest.dynamicTest(name, () -> {
            Rows read = open.get();
            assertThat(read.toTable().size()).isGreaterThan(1);
            refuses(read);

            Rows streamed = open.get();
            Iterator<Row> iterator = streamed.stream().iterator();
            while (iterator.hasNext()) {
                assertThat(iterator.next()).isNotNull();
            }
            assertThat(iterator.hasNext()).isFalse();
            refuses(streamed);

            Rows closed = open.get();
            closed.close();
            closed.close();
            refuses(closed);

            try (Rows ended = open.get()) {
                while (ended.next() != null) {}
                assertThat(ended.next()).isNull();
            }
        });
    }

    private static void refuses(Rows rows) {
        assertThatThrownBy(rows::next)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("open them once more");
        assertThatThrownBy(rows::toTable).isInstanceOf(IllegalStateException.class);
    }
}
