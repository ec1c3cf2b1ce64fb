package io.github.keywharf.salesforce;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The columns of a query: one for each item of its select list, in that order.
 *
 * @param keys for each column, under which keys an answer has it
 * @param children for each column, whether it holds child records
 * @param fields for each column, whether it is a field, which each record of its object has, perhaps as null. Values of
 *     aggregates, and a parent that is not there, may be left out
 */
record QueryColumns(Schema schema, List<List<String>> keys, List<Boolean> children, List<Boolean> fields) {

    private static final Set<String> WHOLE_NUMBERS = Set.of("COUNT", "COUNT_DISTINCT");
    private static final Set<String> FRACTIONS = Set.of("SUM", "AVG", "DISTANCE", "CONVERTCURRENCY");
    private static final Set<String> TEXTS = Set.of("FORMAT", "TOLABEL");
    private static final Set<String> FIELD_AS_IT_IS = Set.of("MIN", "MAX", "CONVERTTIMEZONE");

    static QueryColumns of(SoqlSelect select, FieldTypes types) {
        List<Column> columns = new ArrayList<>();
        List<List<String>> keys = new ArrayList<>();
        List<Boolean> children = new ArrayList<>();
        List<Boolean> own = new ArrayList<>();
        for (SoqlSelect.Item item : select.items()) {
            if (item.shape() == SoqlSelect.Shape.FIELDS) {
                for (SalesforceField field :
                        types.fields(select.object(), item.functions().get(0))) {
                    columns.add(Column.nullable(field.name(), FieldTypes.columnType(field.type())));
                    keys.add(List.of(field.name()));
                    children.add(false);
                    own.add(true);
                }
            } else {
                columns.add(Column.nullable(item.name(), type(select, item, types)));
                keys.add(item.keys());
                children.add(item.shape() == SoqlSelect.Shape.CHILD);
                own.add(item.shape() == SoqlSelect.Shape.FIELD && !select.grouped());
            }
        }
        return new QueryColumns(Schema.of(columns), List.copyOf(keys), List.copyOf(children), List.copyOf(own));
    }

    private static ColumnType type(SoqlSelect select, SoqlSelect.Item item, FieldTypes types) {
        return switch (item.shape()) {
            case FIELD -> types.of(select.object(), item.path());
            case FUNCTION -> function(select, item, types);
            default -> ColumnType.JSON;
        };
    }

    private static ColumnType function(SoqlSelect select, SoqlSelect.Item item, FieldTypes types) {
        for (String function : item.functions()) {
            if (WHOLE_NUMBERS.contains(function)) {
                return ColumnType.INT64;
            } else if (FRACTIONS.contains(function)) {
                return ColumnType.FLOAT64;
            } else if (TEXTS.contains(function)) {
                return ColumnType.STRING;
            } else if (function.equals("DAY_ONLY")) {
                return ColumnType.DATE;
            } else if (function.equals("GROUPING") || function.contains("_")) {
                // CALENDAR_YEAR, DAY_IN_MONTH, HOUR_IN_DAY and their like.
                return ColumnType.INT32;
            } else if (!FIELD_AS_IT_IS.contains(function)) {
                return ColumnType.JSON;
            }
        }
        return types.of(select.object(), item.path());
    }

    /** Whether any column holds more than one value, as an address does. */
    boolean hasNested() {
        return schema.columns().stream().anyMatch(column -> column.type().equals(ColumnType.JSON));
    }
}
