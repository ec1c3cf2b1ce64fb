package io.github.keywharf.dictionary;

import io.github.keywharf.dictionary.DictionaryChange.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What differs between two dictionaries: two clusters, or one cluster on two days.
 *
 * <p>Compared are keyspaces, tables, columns, indexes, types, functions, aggregates, comments, options, newest notes, roles
 * and grants. Not compared are the cluster's name, times, the server's version and sizes, which differ between any two.
 *
 * @param before the scope of the earlier dictionary
 * @param after the scope of the later one
 * @param changes parents before what is in them, as in the dictionaries; what was removed follows what is there
 */
public record DictionaryDiff(DictionaryScope before, DictionaryScope after, List<DictionaryChange> changes) {

    /** Copies the changes. */
    public DictionaryDiff {
        changes = List.copyOf(changes);
    }

    /** The way from one dictionary to another. */
    public static DictionaryDiff between(DataDictionary before, DataDictionary after) {
        Map<FactKey, DictionaryFact> old = byKey(before);
        Map<FactKey, DictionaryFact> now = byKey(after);
        List<DictionaryChange> changes = new ArrayList<>();
        now.forEach((key, fact) -> {
            DictionaryFact was = old.get(key);
            if (was != null) {
                attributes(was, fact, changes);
            } else if (fact.parent().equals(key) || old.containsKey(fact.parent()) || !now.containsKey(fact.parent())) {
                changes.add(new DictionaryChange(Kind.ADDED, key.object(), key.path(), "", "", fact.brief()));
            }
        });
        old.forEach((key, fact) -> {
            boolean shown =
                    !fact.parent().equals(key) && !now.containsKey(fact.parent()) && old.containsKey(fact.parent());
            if (!now.containsKey(key) && !shown) {
                changes.add(new DictionaryChange(Kind.REMOVED, key.object(), key.path(), "", fact.brief(), ""));
            }
        });
        return new DictionaryDiff(before.scope(), after.scope(), changes);
    }

    private static Map<FactKey, DictionaryFact> byKey(DataDictionary dictionary) {
        Map<FactKey, DictionaryFact> facts = new LinkedHashMap<>();
        DictionaryFacts.of(dictionary).forEach(fact -> facts.put(fact.key(), fact));
        return facts;
    }

    private static void attributes(DictionaryFact was, DictionaryFact is, List<DictionaryChange> changes) {
        Set<String> names = new LinkedHashSet<>(is.attributes().keySet());
        names.addAll(was.attributes().keySet());
        for (String name : names) {
            String before = was.attribute(name);
            String after = is.attribute(name);
            if (!before.equals(after)) {
                FactKey key = is.key();
                changes.add(new DictionaryChange(Kind.CHANGED, key.object(), key.path(), name, before, after));
            }
        }
    }

    /** Whether nothing differs. */
    public boolean isEmpty() {
        return changes.isEmpty();
    }

    /**
     * Whether both dictionaries were read with the same sight. If not, what was added or removed may only have been hidden
     * from one of them.
     */
    public boolean sameScope() {
        return before.equals(after) || (before.complete() && after.complete());
    }

    /** The changes of one kind. */
    public List<DictionaryChange> changes(Kind kind) {
        return changes.stream().filter(change -> change.kind() == kind).toList();
    }

    /** A line for each change, or {@code no difference}. */
    @Override
    public String toString() {
        String lines = isEmpty()
                ? "no difference"
                : changes.stream().map(DictionaryChange::toString).collect(Collectors.joining("\n"));
        return sameScope() ? lines : lines + "\n(compared: " + before + ", with: " + after + ")";
    }
}
