package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import io.github.keywharf.dictionary.DictionaryAggregate;
import io.github.keywharf.dictionary.DictionaryColumn;
import io.github.keywharf.dictionary.DictionaryFunction;
import io.github.keywharf.dictionary.DictionaryIndex;
import io.github.keywharf.dictionary.DictionaryKeyspace;
import io.github.keywharf.dictionary.DictionaryTable;
import io.github.keywharf.dictionary.DictionaryType;
import io.github.keywharf.dictionary.DictionaryType.Field;
import io.github.keywharf.dictionary.DictionaryView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reads the schema from the server's own tables of it, which know more than the driver keeps (masks, newer options), and are
 * there also when the host has turned the driver's metadata off.
 */
final class DictionaryReader {
    private final DictionaryRows rows;
    private final Optional<String> only;
    private final DictionarySizes sizes;

    /** Reads one keyspace only, if one is given. */
    DictionaryReader(DictionaryRows rows, Optional<String> only, DictionarySizes sizes) {
        this.rows = rows;
        this.only = only;
        this.sizes = sizes;
    }

    /** All keyspaces but virtual ones. */
    List<DictionaryKeyspace> keyspaces() {
        Map<String, List<Row>> tables = from("system_schema.tables");
        Map<String, List<Row>> views = from("system_schema.views");
        Map<String, List<Row>> columns = from("system_schema.columns");
        Map<String, List<Row>> masks = from("system_schema.column_masks");
        Map<String, List<Row>> indexes = from("system_schema.indexes");
        Map<String, List<Row>> types = from("system_schema.types");
        Map<String, List<Row>> functions = from("system_schema.functions");
        Map<String, List<Row>> aggregates = from("system_schema.aggregates");
        List<DictionaryKeyspace> keyspaces = new ArrayList<>();
        for (Row row : all("system_schema.keyspaces")) {
            String name = DictionaryCql.text(row, "keyspace_name");
            Map<String, List<Row>> columnsOf = by(columns, name, "table_name");
            Map<String, List<Row>> masksOf = by(masks, name, "table_name");
            Map<String, List<Row>> indexesOf = by(indexes, name, "table_name");
            List<DictionaryTable> tablesAndViews = new ArrayList<>();
            for (Row table : tables.getOrDefault(name, List.of())) {
                tablesAndViews.add(table(table, "table_name", Optional.empty(), columnsOf, masksOf, indexesOf));
            }
            for (Row view : views.getOrDefault(name, List.of())) {
                tablesAndViews.add(table(view, "view_name", Optional.of(view(view)), columnsOf, masksOf, indexesOf));
            }
            keyspaces.add(new DictionaryKeyspace(
                    name,
                    DictionaryCql.isSystem(name) ? DictionaryKeyspace.Kind.SYSTEM : DictionaryKeyspace.Kind.USER,
                    true,
                    new DictionaryKeyspace.Options(
                            DictionaryCql.flag(row, "durable_writes"), DictionaryCql.texts(row, "replication")),
                    tablesAndViews,
                    each(types, name, DictionaryReader::type),
                    each(functions, name, DictionaryReader::function),
                    each(aggregates, name, DictionaryReader::aggregate)));
        }
        return keyspaces;
    }

    /** The keyspaces that the server makes up as they are read; none before Cassandra 4.0. */
    List<DictionaryKeyspace> virtualKeyspaces() {
        Map<String, List<Row>> tables = from("system_virtual_schema.tables");
        Map<String, List<Row>> columns = from("system_virtual_schema.columns");
        List<DictionaryKeyspace> keyspaces = new ArrayList<>();
        for (Row row : all("system_virtual_schema.keyspaces")) {
            String name = DictionaryCql.text(row, "keyspace_name");
            Map<String, List<Row>> columnsOf = by(columns, name, "table_name");
            keyspaces.add(new DictionaryKeyspace(
                    name,
                    DictionaryKeyspace.Kind.VIRTUAL,
                    true,
                    new DictionaryKeyspace.Options(true, Map.of()),
                    each(
                            tables,
                            name,
                            table -> table(table, "table_name", Optional.empty(), columnsOf, Map.of(), Map.of())),
                    List.of(),
                    List.of(),
                    List.of()));
        }
        return keyspaces;
    }

    private List<Row> all(String table) {
        return only.isPresent()
                ? rows.allIfThere("SELECT * FROM " + table + " WHERE keyspace_name = ?", only.get())
                : rows.allIfThere("SELECT * FROM " + table);
    }

    private Map<String, List<Row>> from(String table) {
        return grouped(all(table), "keyspace_name");
    }

    private static Map<String, List<Row>> by(Map<String, List<Row>> rows, String keyspace, String column) {
        return grouped(rows.getOrDefault(keyspace, List.of()), column);
    }

    private static Map<String, List<Row>> grouped(List<Row> rows, String column) {
        return rows.stream().collect(Collectors.groupingBy(row -> DictionaryCql.text(row, column)));
    }

    private static <T> List<T> each(Map<String, List<Row>> rows, String keyspace, Function<Row, T> reader) {
        return rows.getOrDefault(keyspace, List.of()).stream().map(reader).toList();
    }

    private DictionaryTable table(
            Row row,
            String nameColumn,
            Optional<DictionaryView> view,
            Map<String, List<Row>> columns,
            Map<String, List<Row>> masks,
            Map<String, List<Row>> indexes) {
        String keyspace = DictionaryCql.text(row, "keyspace_name");
        String name = DictionaryCql.text(row, nameColumn);
        Map<String, String> masked = new LinkedHashMap<>();
        for (Row mask : masks.getOrDefault(name, List.of())) {
            masked.put(DictionaryCql.text(mask, "column_name"), DictionaryCql.mask(mask));
        }
        return new DictionaryTable(
                keyspace,
                name,
                DictionaryCql.text(row, "comment"),
                each(columns, name, column -> column(column, masked)),
                each(indexes, name, DictionaryReader::index),
                DictionaryCql.options(row),
                view,
                sizes.of(keyspace, name));
    }

    private static DictionaryColumn column(Row row, Map<String, String> masks) {
        String name = DictionaryCql.text(row, "column_name");
        DictionaryColumn.Kind kind = switch (DictionaryCql.text(row, "kind")) {
            case "partition_key" -> DictionaryColumn.Kind.PARTITION_KEY;
            case "clustering" -> DictionaryColumn.Kind.CLUSTERING;
            case "static" -> DictionaryColumn.Kind.STATIC;
            default -> DictionaryColumn.Kind.REGULAR;
        };
        boolean inKey = kind == DictionaryColumn.Kind.PARTITION_KEY || kind == DictionaryColumn.Kind.CLUSTERING;
        Optional<DictionaryColumn.Order> order = switch (DictionaryCql.text(row, "clustering_order")) {
            case "asc" -> Optional.of(DictionaryColumn.Order.ASC);
            case "desc" -> Optional.of(DictionaryColumn.Order.DESC);
            default -> Optional.empty();
        };
        return new DictionaryColumn(
                name,
                DictionaryCql.text(row, "type"),
                kind,
                inKey ? Optional.of(row.getInt("position")) : Optional.empty(),
                order,
                Optional.ofNullable(masks.get(name)));
    }

    private static DictionaryIndex index(Row row) {
        Map<String, String> options = new LinkedHashMap<>(DictionaryCql.texts(row, "options"));
        String target = options.getOrDefault("target", "");
        Optional<String> className = Optional.ofNullable(options.get("class_name"));
        options.remove("target");
        options.remove("class_name");
        boolean custom = DictionaryCql.text(row, "kind").equals("CUSTOM");
        boolean sai = className
                .filter(type -> type.equalsIgnoreCase("sai") || type.endsWith("StorageAttachedIndex"))
                .isPresent();
        DictionaryIndex.Kind kind =
                !custom ? DictionaryIndex.Kind.SECONDARY : sai ? DictionaryIndex.Kind.SAI : DictionaryIndex.Kind.CUSTOM;
        return new DictionaryIndex(DictionaryCql.text(row, "index_name"), kind, target, className, options);
    }

    private static DictionaryView view(Row row) {
        return new DictionaryView(
                DictionaryCql.text(row, "base_table_name"),
                DictionaryCql.text(row, "where_clause"),
                DictionaryCql.flag(row, "include_all_columns"));
    }

    private static DictionaryType type(Row row) {
        return new DictionaryType(
                DictionaryCql.text(row, "keyspace_name"),
                DictionaryCql.text(row, "type_name"),
                fields(DictionaryCql.list(row, "field_names"), DictionaryCql.list(row, "field_types")));
    }

    private static DictionaryFunction function(Row row) {
        return new DictionaryFunction(
                DictionaryCql.text(row, "keyspace_name"),
                DictionaryCql.text(row, "function_name"),
                fields(DictionaryCql.list(row, "argument_names"), DictionaryCql.list(row, "argument_types")),
                DictionaryCql.text(row, "return_type"),
                DictionaryCql.text(row, "language"),
                DictionaryCql.text(row, "body"),
                DictionaryCql.flag(row, "called_on_null_input"));
    }

    private static DictionaryAggregate aggregate(Row row) {
        return new DictionaryAggregate(
                DictionaryCql.text(row, "keyspace_name"),
                DictionaryCql.text(row, "aggregate_name"),
                DictionaryCql.list(row, "argument_types"),
                DictionaryCql.text(row, "return_type"),
                DictionaryCql.text(row, "state_func"),
                DictionaryCql.text(row, "state_type"),
                Optional.ofNullable(row.getString("final_func")),
                Optional.ofNullable(row.getString("initcond")));
    }

    private static List<Field> fields(List<String> names, List<String> types) {
        List<Field> fields = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            fields.add(new Field(i < names.size() ? names.get(i) : "", types.get(i)));
        }
        return fields;
    }
}
