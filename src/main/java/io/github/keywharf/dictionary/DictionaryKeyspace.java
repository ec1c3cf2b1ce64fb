package io.github.keywharf.dictionary;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.github.keywharf.KeywharfException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A keyspace and what is in it.
 *
 * @param name as it is, without quotes
 * @param kind whose it is
 * @param whole whether all of it is shown, and not only what the session's roles have a right on
 * @param options how rows are kept
 * @param tables tables and materialised views, by name
 * @param types by name
 * @param functions by name and types of arguments
 * @param aggregates by name and types of arguments
 */
public record DictionaryKeyspace(
        String name,
        Kind kind,
        boolean whole,
        @JsonUnwrapped Options options,
        List<DictionaryTable> tables,
        List<DictionaryType> types,
        List<DictionaryFunction> functions,
        List<DictionaryAggregate> aggregates) {

    /** Copies and sorts. */
    public DictionaryKeyspace {
        tables = tables.stream()
                .sorted(Comparator.comparing(DictionaryTable::name))
                .toList();
        types = types.stream()
                .sorted(Comparator.comparing(DictionaryType::name))
                .toList();
        functions = functions.stream()
                .sorted(Comparator.comparing(DictionaryFunction::signature))
                .toList();
        aggregates = aggregates.stream()
                .sorted(Comparator.comparing(DictionaryAggregate::signature))
                .toList();
    }

    /** Whose a keyspace is. */
    public enum Kind {
        /** Made by someone. */
        USER,
        /** The server's own, on disk. */
        SYSTEM,
        /** The server's own, made up as it is read. */
        VIRTUAL
    }

    /**
     * How a keyspace keeps its rows.
     *
     * @param durableWrites true if writes go through the commit log
     * @param replication the replication strategy ({@code class}) and its options, such as the number of copies
     */
    public record Options(boolean durableWrites, Map<String, String> replication) {

        /** Copies and sorts. */
        public Options {
            replication = Texts.sorted(replication);
        }

        /** Returns a line such as {@code SimpleStrategy, replication_factor 3}. */
        @Override
        public String toString() {
            List<String> parts = new ArrayList<>();
            replication.forEach((option, value) -> {
                if (option.equals("class")) {
                    parts.add(0, value.substring(value.lastIndexOf('.') + 1));
                } else {
                    parts.add(option + " " + value);
                }
            });
            if (!durableWrites) {
                parts.add("without commit log");
            }
            return Texts.line(String.join(", ", parts));
        }
    }

    /** The materialised views among the tables. */
    public List<DictionaryTable> views() {
        return tables.stream().filter(DictionaryTable::isView).toList();
    }

    /** The table or view of that name, if there is one. */
    public Optional<DictionaryTable> findTable(String table) {
        return tables.stream()
                .filter(candidate -> candidate.name().equals(table))
                .findFirst();
    }

    /**
     * The table or view of that name.
     *
     * @throws KeywharfException with code {@code dictionary.no_table}
     */
    public DictionaryTable table(String table) {
        return findTable(table)
                .orElseThrow(() -> Texts.absent(
                        "dictionary.no_table", name, table, tables.stream().map(DictionaryTable::name)));
    }

    /** The type of that name, if there is one. */
    public Optional<DictionaryType> findType(String type) {
        return types.stream().filter(candidate -> candidate.name().equals(type)).findFirst();
    }

    /** The types of this keyspace that a CQL type names: {@code list<frozen<address>>} names {@code address}. */
    public List<DictionaryType> typesIn(String cqlType) {
        Set<DictionaryType> found = new LinkedHashSet<>();
        for (String word : CqlNames.in(cqlType)) {
            findType(word).ifPresent(found::add);
        }
        return List.copyOf(found);
    }

    /** The name, how it is kept, and its tables below each other. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(Texts.line(name)).append(": ").append(options);
        if (!whole) {
            text.append(", in part");
        }
        tables.forEach(table -> text.append("\n  ")
                .append(Texts.line(table.name() + " " + table.key()))
                .append(table.view().map(view -> ", " + view).orElse("")));
        types.forEach(type -> text.append("\n  type ").append(type));
        functions.forEach(function -> text.append("\n  function ").append(function));
        aggregates.forEach(aggregate -> text.append("\n  aggregate ").append(aggregate));
        return text.toString();
    }
}
