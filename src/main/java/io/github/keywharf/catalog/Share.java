package io.github.keywharf.catalog;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Named set of tables, which recipients are granted as a whole.
 *
 * @param name name; case is ignored
 * @param tables tables, sorted by their shared names
 */
public record Share(String name, List<SharedTable> tables) {

    /** Checks the name, and that no two tables are shared under one name. */
    public Share {
        ShareNames.check("share", name);
        tables = tables.stream().sorted(Comparator.comparing(SharedTable::key)).toList();
        Set<String> seen = new HashSet<>();
        for (SharedTable table : tables) {
            if (!seen.add(table.key())) {
                throw new IllegalArgumentException(
                        "Two tables of the share " + name + " have the name " + table.sharedAs() + "; case is ignored");
            }
        }
    }

    /** Creates a share of these tables. */
    public static Share of(String name, SharedTable... tables) {
        return new Share(name, Arrays.asList(tables));
    }

    @Override
    public String toString() {
        return name + " " + tables;
    }
}
