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
 * Keyspace with its tables, types, functions and aggregates.
 *
 * @param name name, without quotes
 * @param kind kind
 * @param whole true if nothing is hidden; false if only the objects are shown on which the session's roles have a right
 * @param options options of the keyspace
 * @param tables tables and materialised views, sorted by name
 * @param types types, sorted by name
 * @param functions functions, sorted by name and types of arguments
 * @param aggregates aggregates, sorted by name and types of arguments
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

    /** Kind of a keyspace. */
    public enum Kind {
        /** Created by users. */
        USER,
        /** Built into the server, on disk. */
        SYSTEM,
        /** Built into the server, computed when it is read. */
        VIRTUAL
    }

    /**
     * Options of a keyspace for the storage of rows.
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

    /** Returns the materialised views among the tables. */
    public List<DictionaryTable> views() {
        return tables.stream().filter(DictionaryTable::isView).toList();
    }

    /** Returns the table or view of that name, if there is one. */
    public Optional<DictionaryTable> findTable(String table) {
        return tables.stream()
                .filter(candidate -> candidate.name().equals(table))
                .findFirst();
    }

    /**
     * Returns the table or view of that name.
     *
     * @throws KeywharfException with code {@code dictionary.no_table}
     */
    public DictionaryTable table(String table) {
        return findTable(table)
                .orElseThrow(() -> Texts.absent(
                        "dictionary.no_table", name, table, tables.stream().map(DictionaryTable::name)));
    }

    /** Returns the type of that name, if there is one. */
    public Optional<DictionaryType> findType(String type) {
        return types.stream().filter(candidate -> candidate.name().equals(type)).findFirst();
    }

    /** Returns the types of this keyspace that a CQL type refers to: {@code list<frozen<address>>} refers to {@code address}. */
    public List<DictionaryType> typesIn(String cqlType) {
        Set<DictionaryType> found = new LinkedHashSet<>();
        for (String word : CqlNames.in(cqlType)) {
            findType(word).ifPresent(found::add);
        }
        return List.copyOf(found);
    }

    /** Returns the name, the options, and a line for each table, type, function and aggregate. */
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
