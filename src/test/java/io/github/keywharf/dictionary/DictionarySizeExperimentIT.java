package io.github.keywharf.dictionary;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Measures a dictionary of many tables of 30 columns, and of twice as many: {@code -Dkeywharf.dictionaryTables=2000}. */
@EnabledIfSystemProperty(named = "keywharf.dictionaryTables", matches = "\\d+", disabledReason = "a measurement")
class DictionarySizeExperimentIT {
    private static final int COLUMNS = 30;

    private static DataDictionary dictionary(int tables, String suffix) {
        List<DictionaryTable> made = new ArrayList<>();
        List<DictionaryNote> notes = new ArrayList<>();
        for (int i = 0; i < tables; i++) {
            String name = "table_" + i + (i % 100 == 0 ? suffix : "");
            List<DictionaryColumn> columns = new ArrayList<>();
            for (int j = 0; j < COLUMNS; j++) {
                columns.add(new DictionaryColumn(
                        "column_" + j + (j == 29 && i % 10 == 0 ? suffix : ""),
                        j % 3 == 0 ? "frozen<map<text, int>>" : "text",
                        j == 0 ? DictionaryColumn.Kind.PARTITION_KEY : DictionaryColumn.Kind.REGULAR,
                        j == 0 ? Optional.of(0) : Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
                notes.add(Dictionaries.note("shop." + name + ".column_" + j, "says what it is #tag"));
            }
            made.add(new DictionaryTable(
                    "shop",
                    name,
                    "what is in it",
                    columns,
                    List.of(),
                    Map.of("compaction", "UnifiedCompactionStrategy", "gc_grace_seconds", "864000"),
                    Optional.empty(),
                    Optional.empty()));
        }
        return Dictionaries.noted(
                Dictionaries.of(Dictionaries.keyspace("shop", made, List.of())), notes.toArray(DictionaryNote[]::new));
    }

    @Test
    void search_diff_and_texts_take_time_in_proportion_to_the_schema() {
        int tables = Integer.getInteger("keywharf.dictionaryTables");
        measure(tables);
        long[] once = measure(tables);
        long[] twice = measure(2 * tables);
        for (int i = 0; i < once.length; i++) {
            assertThat(twice[i]).as("step " + i).isLessThan(5 * once[i] + 200_000_000);
        }
    }

    private static long[] measure(int tables) {
        DataDictionary before = dictionary(tables, "");
        long heap = heap();
        DataDictionary after = dictionary(tables, "_new");
        System.out.println("dictionary: " + tables + " tables take " + (heap() - heap) / 1024 + " KiB");
        List<Runnable> steps = List.of(
                () -> assertThat(after.search("column_29 new")).isNotEmpty(),
                () -> assertThat(after.search("text")).hasSizeGreaterThan(tables),
                () -> assertThat(before.diff(after).changes()).isNotEmpty(),
                () -> assertThat(before.diff(after).toString()).isNotEmpty(),
                () -> assertThat(after.strayNotes()).isNotEmpty(),
                () -> assertThat(DataDictionary.parse(after.toJson())).isEqualTo(after),
                () -> assertThat(after.toMarkdown()).isNotEmpty(),
                () -> assertThat(after.toHtml()).isNotEmpty());
        long[] nanos = new long[steps.size()];
        for (int i = 0; i < nanos.length; i++) {
            long start = System.nanoTime();
            steps.get(i).run();
            nanos[i] = System.nanoTime() - start;
        }
        System.out.print(
                "dictionary: " + tables + " tables, ms for search, wide search, diff, its text, stray notes, JSON"
                        + " there and back, Markdown, HTML:");
        for (long nano : nanos) {
            System.out.print(" " + nano / 1_000_000);
        }
        System.out.println();
        return nanos;
    }

    private static long heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
