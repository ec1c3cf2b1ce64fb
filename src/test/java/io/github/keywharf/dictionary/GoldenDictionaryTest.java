package io.github.keywharf.dictionary;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.testing.GoldenCopies;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Snapshots of dictionaries of version 0.1.0 are read, and written no differently. */
class GoldenDictionaryTest {
    private static final DataDictionary SMALL = new DataDictionary(
            "small",
            "4.1.3",
            Dictionaries.READ.plusNanos(1),
            new DictionaryScope(DictionaryScope.Kind.UNENFORCED, List.of("b", "a")),
            List.of(
                    new DictionaryKeyspace(
                            "system",
                            DictionaryKeyspace.Kind.SYSTEM,
                            true,
                            new DictionaryKeyspace.Options(false, Map.of()),
                            List.of(Dictionaries.table(
                                    "system",
                                    "t",
                                    "",
                                    Dictionaries.partition("id", "uuid"),
                                    new DictionaryColumn(
                                            "c",
                                            "int",
                                            DictionaryColumn.Kind.CLUSTERING,
                                            Optional.of(1),
                                            Optional.of(DictionaryColumn.Order.ASC),
                                            Optional.empty()),
                                    new DictionaryColumn(
                                            "s",
                                            "int",
                                            DictionaryColumn.Kind.STATIC,
                                            Optional.empty(),
                                            Optional.empty(),
                                            Optional.of("mask")))),
                            List.of(),
                            List.of(),
                            List.of(new DictionaryAggregate(
                                    "system", "a", List.of(), "int", "f", "int", Optional.empty(), Optional.empty()))),
                    new DictionaryKeyspace(
                            "virtual",
                            DictionaryKeyspace.Kind.VIRTUAL,
                            false,
                            new DictionaryKeyspace.Options(true, Map.of()),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of())),
            List.of(
                    new DictionaryRole("known", false, false, Optional.of(List.of())),
                    new DictionaryRole("unknown", true, false, Optional.empty())),
            List.of(),
            List.of());

    @Test
    void snapshots_are_read_and_written_as_before() {
        check("dictionaries/shop.json", Dictionaries.shop());
        check("dictionaries/hostile.json", Dictionaries.hostile());
        check("dictionaries/small.json", SMALL);
    }

    private static void check(String name, DataDictionary dictionary) {
        GoldenCopies.assertWritten(name, dictionary.toJson().getBytes(StandardCharsets.UTF_8));
        assertThat(DataDictionary.parse(GoldenCopies.text(name))).isEqualTo(dictionary);
    }
}
