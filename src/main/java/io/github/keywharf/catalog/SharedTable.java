package io.github.keywharf.catalog;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.github.keywharf.CheckReturnValue;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Table in a share. The {@code with} methods copy.
 *
 * @param source name of the table in the catalog: {@code catalog.schema.table} in Unity Catalog, or a folder of a store
 * @param name name that recipients see
 * @param history true if recipients may read earlier versions and the change feed
 * @param filter partitions that recipients may read; absent for all
 */
public record SharedTable(String source, @JsonUnwrapped Name name, boolean history, Optional<TenantFilter> filter) {
    /** Longest source, in characters. */
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
     * Shares a whole table, without its history.
     *
     * @param source name of the table in the catalog
     * @param as name that recipients see, {@code schema.table}
     */
    public static SharedTable of(String source, String as) {
        String[] parts = as.split("\\.", -1);
        if (parts.length != 2) {
            throw new IllegalArgumentException("'" + as + "' is not a name of a shared table; use schema.table");
        }
        return new SharedTable(source, new Name(parts[0], parts[1]), false, Optional.empty());
    }

    /** Returns the name that recipients see, {@code schema.table}. */
    public String sharedAs() {
        return name.toString();
    }

    /** Returns the shared name in lower case: catalogs and the protocol ignore case. */
    String key() {
        return sharedAs().toLowerCase(Locale.ROOT);
    }

    /** Returns a copy with or without history. */
    @CheckReturnValue
    public SharedTable withHistory(boolean shared) {
        return new SharedTable(source, name, shared, filter);
    }

    /** Returns a copy that limits each recipient to the partitions of a filter. */
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
