package io.github.keywharf.postgres.source;

import io.github.keywharf.postgres.internal.copy.TextValues;
import io.github.keywharf.postgres.internal.copy.Unreadable;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.RejectedRow;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Some columns of a row of the change feed.
 *
 * @param table whose row it is
 * @param columns their names
 * @param values their values; the server's text where one cannot be held by its column's type
 * @param badColumn the first column whose value cannot be held; empty when all can
 * @param reason why it cannot
 */
record ChangedRow(PgTable table, List<String> columns, List<@Nullable Object> values, String badColumn, String reason) {

    static ChangedRow of(PgTable table, PgOutput.Relation relation, PgOutput.Value[] row, List<String> columns) {
        List<@Nullable Object> values = new ArrayList<>(columns.size());
        String badColumn = "";
        String reason = "";
        for (String name : columns) {
            int position = relation.columns().indexOf(name);
            String text = position < 0 ? null : row[position].text();
            Object value = text;
            if (text != null) {
                Column column = table.table().schema().column(name);
                try {
                    value = TextValues.parse(column.type(), text);
                } catch (ArithmeticException | IllegalArgumentException | DateTimeException e) {
                    if (badColumn.isEmpty()) {
                        badColumn = name;
                        reason = Unreadable.reason(
                                e instanceof Unreadable known ? known : new ArithmeticException("not in a known form"),
                                column.type());
                    }
                }
            }
            values.add(value);
        }
        return new ChangedRow(table, columns, values, badColumn, reason);
    }

    boolean isUnreadable() {
        return !badColumn.isEmpty();
    }

    RejectedRow rejected() {
        return rejected(badColumn, reason);
    }

    RejectedRow rejected(String column, String why) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            row.put(columns.get(i), values.get(i));
        }
        return new RejectedRow(table.table().name(), 0, column, why, row);
    }
}
