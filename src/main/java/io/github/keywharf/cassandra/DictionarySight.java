package io.github.keywharf.cassandra;

import io.github.keywharf.dictionary.DictionaryAggregate;
import io.github.keywharf.dictionary.DictionaryColumn;
import io.github.keywharf.dictionary.DictionaryFunction;
import io.github.keywharf.dictionary.DictionaryGrant;
import io.github.keywharf.dictionary.DictionaryKeyspace;
import io.github.keywharf.dictionary.DictionaryNote;
import io.github.keywharf.dictionary.DictionaryTable;
import io.github.keywharf.dictionary.DictionaryType;
import io.github.keywharf.dictionary.DictionaryView;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What of a schema may be shown to the holder of some rights, since the server itself shows all of it to everyone who can
 * log in. A right on a keyspace shows all of it. A right on a table shows the table, its views and the types it uses; one on
 * a function shows the function. The server's own keyspaces are the same everywhere and no secret.
 */
final class DictionarySight {
    /** CREATE lets nobody see what others created; UNMASK and SELECT_MASKED only add to SELECT. */
    private static final Set<String> SHOWING =
            Set.of("SELECT", "MODIFY", "ALTER", "DROP", "AUTHORIZE", "DESCRIBE", "EXECUTE");

    private static final String ALL_KEYSPACES = "all keyspaces";

    private final boolean all;
    private final Set<String> shown = new HashSet<>();
    private final Set<String> named = new HashSet<>();

    private DictionarySight(boolean all) {
        this.all = all;
    }

    static DictionarySight of(DictionaryRights rights) {
        DictionarySight sight = new DictionarySight(rights.scope().complete());
        for (DictionaryGrant grant : rights.grants()) {
            if (shows(grant)) {
                sight.shown.add(grant.resource());
            } else if (grant.permissions().contains("CREATE")) {
                sight.named.add(grant.resource());
            }
        }
        return sight;
    }

    static boolean seesAll(List<DictionaryGrant> grants) {
        return grants.stream().anyMatch(grant -> grant.resource().equals(ALL_KEYSPACES) && shows(grant));
    }

    private static boolean shows(DictionaryGrant grant) {
        return grant.permissions().stream().anyMatch(SHOWING::contains);
    }

    /** The part of a keyspace that may be shown, if any. */
    Optional<DictionaryKeyspace> of(DictionaryKeyspace keyspace) {
        if (seesWhole(keyspace)) {
            return Optional.of(keyspace);
        }
        String name = keyspace.name();
        List<DictionaryTable> tables = keyspace.tables().stream()
                .filter(table -> shown.contains("table " + name + "." + base(table)))
                .toList();
        List<DictionaryFunction> functions = keyspace.functions().stream()
                .filter(function -> seesFunction(name, function.name()))
                .toList();
        List<DictionaryAggregate> aggregates = keyspace.aggregates().stream()
                .filter(aggregate -> seesFunction(name, aggregate.name()))
                .toList();
        boolean nothing = tables.isEmpty() && functions.isEmpty() && aggregates.isEmpty();
        if (nothing && !named.contains("keyspace " + name) && !named.contains("all tables in " + name)) {
            return Optional.empty();
        }
        return Optional.of(new DictionaryKeyspace(
                name,
                keyspace.kind(),
                false,
                keyspace.options(),
                tables,
                used(keyspace, tables, functions, aggregates),
                functions,
                aggregates));
    }

    private boolean seesWhole(DictionaryKeyspace keyspace) {
        return all
                || keyspace.kind() != DictionaryKeyspace.Kind.USER
                || shown.contains("keyspace " + keyspace.name())
                || shown.contains("all tables in " + keyspace.name());
    }

    /** Rights on a view are those on its table. */
    private static String base(DictionaryTable table) {
        return table.view().map(DictionaryView::baseTable).orElse(table.name());
    }

    private boolean seesFunction(String keyspace, String function) {
        return shown.contains("all functions")
                || shown.contains("all functions in " + keyspace)
                || shown.stream().anyMatch(right -> right.startsWith("function " + keyspace + "." + function + "("));
    }

    private static List<DictionaryType> used(
            DictionaryKeyspace keyspace,
            List<DictionaryTable> tables,
            List<DictionaryFunction> functions,
            List<DictionaryAggregate> aggregates) {
        Deque<String> waiting = new ArrayDeque<>();
        tables.forEach(
                table -> table.columns().stream().map(DictionaryColumn::type).forEach(waiting::add));
        functions.forEach(function -> Stream.concat(
                        function.arguments().stream().map(DictionaryType.Field::type), Stream.of(function.returns()))
                .forEach(waiting::add));
        aggregates.forEach(aggregate -> Stream.concat(
                        aggregate.argumentTypes().stream(), Stream.of(aggregate.returns(), aggregate.stateType()))
                .forEach(waiting::add));
        Set<DictionaryType> used = new HashSet<>();
        while (!waiting.isEmpty()) {
            for (DictionaryType type : keyspace.typesIn(waiting.remove())) {
                if (used.add(type)) {
                    type.fields().forEach(field -> waiting.add(field.type()));
                }
            }
        }
        return List.copyOf(used);
    }

    /**
     * Whether a note may be shown: about what is shown, or about what no longer is in a keyspace that is shown whole or in a
     * table that is shown.
     */
    boolean sees(DictionaryNote note, List<DictionaryKeyspace> visible) {
        DictionaryPath path = DictionaryPath.parse(note.path());
        Optional<DictionaryKeyspace> keyspace = visible.stream()
                .filter(candidate -> candidate.name().equals(path.keyspace()))
                .findFirst();
        if (keyspace.isEmpty()) {
            return all;
        }
        return keyspace.get().whole()
                || path.table().isEmpty()
                || keyspace.get().findTable(path.table()).isPresent();
    }
}
