package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.cql.ColumnDefinition;
import com.datastax.oss.driver.api.core.cql.Row;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Columns of the server's schema tables, which differ between versions, as texts in CQL. */
final class DictionaryCql {
    private static final Set<String> SYSTEM = Set.of(
            "system",
            "system_auth",
            "system_cluster_metadata",
            "system_distributed",
            "system_schema",
            "system_traces",
            // of Amazon Keyspaces
            "system_mcs",
            "system_multiregion_info",
            "system_schema_mcs",
            // of Astra and DataStax Enterprise
            "data_endpoint_auth",
            "datastax_sla",
            "solr_admin");

    private static final String OF_DATASTAX = "dse_";

    /** What is shown elsewhere, means nothing to people, or has had no effect since Cassandra 4.0. */
    private static final Set<String> NO_OPTIONS = Set.of(
            "keyspace_name",
            "table_name",
            "view_name",
            "id",
            "flags",
            "comment",
            "base_table_id",
            "base_table_name",
            "include_all_columns",
            "where_clause",
            "read_repair_chance",
            "dclocal_read_repair_chance");

    private static final Set<String> BARE = Set.of(
            "tinyint",
            "smallint",
            "int",
            "bigint",
            "varint",
            "float",
            "double",
            "decimal",
            "boolean",
            "uuid",
            "timeuuid",
            "blob",
            "counter",
            "duration");

    private DictionaryCql() {}

    static boolean isSystem(String keyspace) {
        return SYSTEM.contains(keyspace) || keyspace.startsWith(OF_DATASTAX);
    }

    static String text(Row row, String column) {
        String text = row.getColumnDefinitions().contains(column) ? row.getString(column) : null;
        return text == null ? "" : text;
    }

    static boolean flag(Row row, String column) {
        return row.getColumnDefinitions().contains(column) && row.getBoolean(column);
    }

    static List<String> list(Row row, String column) {
        List<String> list = row.getList(column, String.class);
        return list == null ? List.of() : list;
    }

    static Map<String, String> texts(Row row, String column) {
        Map<String, String> map = row.getMap(column, String.class, String.class);
        return map == null ? Map.of() : map;
    }

    /** The settings of a table that are set, whatever this version of the server has of them. */
    static Map<String, String> options(Row row) {
        Map<String, String> options = new LinkedHashMap<>();
        for (ColumnDefinition column : row.getColumnDefinitions()) {
            String name = column.getName().asInternal();
            Object value = NO_OPTIONS.contains(name) ? null : row.getObject(column.getName());
            if (value != null && !(value instanceof Map<?, ?> map && map.isEmpty())) {
                options.put(name, literal(value));
            }
        }
        return options;
    }

    private static String literal(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, String> sorted = new TreeMap<>();
            map.forEach((key, one) -> sorted.put(String.valueOf(key), literal(one)));
            return sorted.entrySet().stream()
                    .map(entry -> quoted(entry.getKey()) + ": " + entry.getValue())
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        return value instanceof Number || value instanceof Boolean
                ? value.toString()
                : value instanceof String text
                        ? quoted(text)
                        : quoted("a " + value.getClass().getSimpleName());
    }

    /** The call of a mask's function, as CQL writes it after {@code MASKED WITH}. */
    static String mask(Row row) {
        List<String> types = list(row, "function_argument_types");
        List<String> values = list(row, "function_argument_values");
        List<Boolean> nulls = row.getList("function_argument_nulls", Boolean.class);
        StringBuilder call = new StringBuilder(text(row, "function_keyspace"))
                .append('.')
                .append(text(row, "function_name"))
                .append('(');
        for (int i = 0; i < values.size(); i++) {
            boolean isNull = nulls != null && i < nulls.size() && nulls.get(i);
            String value = BARE.contains(types.get(i)) ? values.get(i) : quoted(values.get(i));
            call.append(i == 0 ? "" : ", ").append(isNull ? "null" : value);
        }
        return call.append(')').toString();
    }

    static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
