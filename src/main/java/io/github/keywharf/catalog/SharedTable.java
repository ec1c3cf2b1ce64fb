package io.github.keywharf.catalog;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.github.keywharf.CheckReturnValue;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * A table as it is in a share. The {@code with} methods copy.
 *
 * @param source the table as the catalog knows it: {@code catalog.schema.table} of Unity Catalog, or a folder of a store
 * @param name the name that recipients see
 * @param history whether recipients may read earlier versions and the change feed
 * @param filter which partitions of it recipients may read; all of them when empty
 */
public record SharedTable(String source, @JsonUnwrapped Name name, boolean history, Optional<TenantFilter> filter) {
    /** The most characters of a source. */
    public static final int MAX_SOURCE = 1_024;

    /** Checks the names. */
    public SharedTable {
        ShareNames.checkText("source of a table", source, MAX_SOURCE);
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(filter, "filter");
    }

    /**
     * Name of a table in a share.
     *
     * @param schema the schema that recipients see
     * @param table the name in it
     */
    public record Name(String schema, String table) {
        /** Checks both names. */
        public Name {
            ShareNames.check("schema", schema);
            ShareNames.check("table", table);
        }

        /** Returns {@code schema.table}. */
        @Override
        public String toString() {
            return schema + "." + table;
        }
    }

    /**
     * A table shared as a whole, without its history.
     *
     * @param source the table as the catalog knows it
     * @param as the two names that recipients see, {@code schema.table}
     */
    public static SharedTable of(String source, String as) {
        String[] parts = as.split("\\.", -1);
        if (parts.length != 2) {
            throw new IllegalArgumentException("'" + as + "' is not a name of a shared table; use schema.table");
        }
        return new SharedTable(source, new Name(parts[0], parts[1]), false, Optional.empty());
    }

    /** The names that recipients see, {@code schema.table}. */
    public String sharedAs() {
        return name.toString();
    }

    /** The shared name in lower case: catalogs and the protocol ignore case. */
    String key() {
        return sharedAs().toLowerCase(Locale.ROOT);
    }

    /** A copy with, or without, its history. */
    @CheckReturnValue
    public SharedTable withHistory(boolean with) {
        return new SharedTable(source, name, with, filter);
    }

    /** A copy of which recipients may read these partitions only. */
    @CheckReturnValue
    public SharedTable withFilter(TenantFilter only) {
        return new SharedTable(source, name, history, Optional.of(only));
    }

    @Override
    public String toString() {
        return source + " as " + sharedAs()
                + filter.map(only -> " where " + only).orElse("") + (history ? " with history" : "");
    }
}
