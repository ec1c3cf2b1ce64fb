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
 * Differences between two dictionaries: of two clusters, or of one cluster at two times.
 *
 * <p>Compares keyspaces, tables, columns, indexes, types, functions, aggregates, comments, options, newest notes, roles and
 * grants. Does not compare the cluster's name, times, the server's version and sizes, which differ between any two.
 *
 * @param before scope of the earlier dictionary
 * @param after scope of the later dictionary
 * @param changes differences in the order of the dictionaries, parents before their parts; removed objects are last
 */
public record DictionaryDiff(DictionaryScope before, DictionaryScope after, List<DictionaryChange> changes) {

    /** Copies the changes. */
    public DictionaryDiff {
        changes = List.copyOf(changes);
    }

    /** Compares two dictionaries. */
    public static DictionaryDiff between(DataDictionary before, DataDictionary after) {
        Map<FactKey, DictionaryFact> earlier = byKey(before);
        Map<FactKey, DictionaryFact> later = byKey(after);
        List<DictionaryChange> changes = new ArrayList<>();
        later.forEach((key, fact) -> {
            DictionaryFact counterpart = earlier.get(key);
            if (counterpart != null) {
                addAttributes(counterpart, fact, changes);
            } else if (fact.parent().equals(key)
                    || earlier.containsKey(fact.parent())
                    || !later.containsKey(fact.parent())) {
                changes.add(new DictionaryChange(Kind.ADDED, key.object(), key.path(), "", "", fact.brief()));
            }
        });
        earlier.forEach((key, fact) -> {
            boolean parentRemoved = !fact.parent().equals(key)
                    && !later.containsKey(fact.parent())
                    && earlier.containsKey(fact.parent());
            if (!later.containsKey(key) && !parentRemoved) {
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

    private static void addAttributes(DictionaryFact earlier, DictionaryFact later, List<DictionaryChange> changes) {
        Set<String> names = new LinkedHashSet<>(later.attributes().keySet());
        names.addAll(earlier.attributes().keySet());
        for (String name : names) {
            String before = earlier.attribute(name);
            String after = later.attribute(name);
            if (!before.equals(after)) {
                FactKey key = later.key();
                changes.add(new DictionaryChange(Kind.CHANGED, key.object(), key.path(), name, before, after));
            }
        }
    }

    /** Returns true if nothing differs. */
    public boolean isEmpty() {
        return changes.isEmpty();
    }

    /**
     * Returns true if both dictionaries show the same part of the cluster. If not, an added or removed object may only be hidden
     * in one of them.
     */
    public boolean sameScope() {
        return before.equals(after) || (before.complete() && after.complete());
    }

    /** Returns the differences of one kind. */
    public List<DictionaryChange> changes(Kind kind) {
        return changes.stream().filter(change -> change.kind() == kind).toList();
    }

    /** Returns a line for each difference, or {@code no difference}. */
    @Override
    public String toString() {
        String lines = isEmpty()
                ? "no difference"
                : changes.stream().map(DictionaryChange::toString).collect(Collectors.joining("\n"));
        return sameScope() ? lines : lines + "\n(compared: " + before + ", with: " + after + ")";
    }
}
