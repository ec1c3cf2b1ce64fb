package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import io.github.keywharf.testing.Batches;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/** What was written comes back, whatever it was. */
class CsvRoundTripTest {

    @Provide
    Arbitrary<ColumnBatch> batches() {
        return Batches.of(Batches.types());
    }

    @Provide
    Arbitrary<Character> separators() {
        return Arbitraries.of(',', ';', '\t', '|');
    }

    @Provide
    Arbitrary<String> nullTexts() {
        return Arbitraries.of("", "\\N", "NULL", "null");
    }

    @Property(tries = 200, shrinking = ShrinkingMode.BOUNDED)
    void any_batch_comes_back(
            @ForAll("batches") ColumnBatch batch,
            @ForAll("separators") char separator,
            @ForAll("nullTexts") String nullText,
            @ForAll boolean header,
            @ForAll boolean windows) {
        MapStore store = new MapStore();
        CsvWriter writer = Csv.writer(store, "a.csv")
                .separator(separator)
                .nullText(nullText)
                .header(header);
        (windows ? writer.windowsLineEnds() : writer).sink().write(Rows.of(batch.schema(), List.of(batch)));

        CsvReader reader = Csv.reader(store, "a.csv")
                .schema(batch.schema())
                .separator(separator)
                .nullText(nullText)
                .header(header)
                .batchRows(64);
        List<List<Object>> read = reader.rows().toTable().batches().stream()
                .flatMap(part -> Batches.values(part).stream())
                .toList();
        assertThat(read).isEqualTo(Batches.values(batch));
        assertThat(store.open).isZero();
    }
}
