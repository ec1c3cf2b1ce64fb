package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.TextValues;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.RowStep;
import io.github.keywharf.table.Schema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the columns of a run from those of each of its files. */
final class FlowColumns {
    private FlowColumns() {}

    /**
     * All columns of several files, in the order in which they are first seen. Those that a file lacks may be absent.
     *
     * @param schemas by the file's name
     * @param chosen the columns that are read; empty for all
     * @throws KeywharfException with code {@code aws.schema_conflict} when two files have different types for a column that is
     *     read
     */
    static Schema union(Map<String, Schema> schemas, List<String> chosen) {
        Map<String, Column> columns = new LinkedHashMap<>();
        Map<String, String> firsts = new LinkedHashMap<>();
        schemas.forEach((file, schema) -> {
            for (Column column : schema) {
                Column first = columns.putIfAbsent(column.name(), column);
                if (first == null) {
                    firsts.put(column.name(), file);
                } else if (!first.type().equals(column.type()) && isRead(column.name(), chosen)) {
                    throw new KeywharfException(
                            "aws.schema_conflict",
                            file,
                            "Its column '" + column.name() + "' is " + column.type() + ", but " + first.type() + " in "
                                    + firsts.get(column.name()) + "; read the run with typed(…)");
                } else if (column.nullable()) {
                    columns.put(column.name(), column);
                }
            }
        });
        return Schema.of(columns.values().stream()
                .map(column -> schemas.values().stream().allMatch(schema -> schema.contains(column.name()))
                        ? column
                        : Column.nullable(column.name(), column.type()))
                .toList());
    }

    private static boolean isRead(String column, List<String> chosen) {
        return chosen.isEmpty() || chosen.contains(column);
    }

    /** The names of all columns, for messages. */
    static String names(Collection<Schema> schemas) {
        return schemas.stream()
                .flatMap(schema -> schema.names().stream())
                .distinct()
                .toList()
                .toString();
    }

    /** Adds the columns that a file lacks, and makes text typed: empty text is an absent value there. */
    static RowStep step(Schema from, Schema to, boolean typed) {
        List<RowStep> steps = new ArrayList<>();
        List<String> required = new ArrayList<>();
        for (Column column : to) {
            if (!from.contains(column.name())) {
                steps.add(RowStep.column(
                        Column.nullable(column.name(), column.type()),
                        (batch, rejected) -> ColumnVector.ofNulls(column.type(), batch.size())));
                if (!column.nullable()) {
                    required.add(column.name());
                }
            } else if (typed) {
                Column own = from.column(column.name());
                boolean isText = own.type().kind() == ColumnType.Kind.STRING;
                if (isText) {
                    steps.add(emptyIsAbsent(column.name()));
                }
                if (!own.type().equals(column.type())) {
                    steps.add(TextValues.STANDARD.retype(column.name(), column.type()));
                }
                if (!column.nullable() && (isText || own.nullable())) {
                    required.add(column.name());
                }
            }
        }
        if (!required.isEmpty()) {
            steps.add(RowStep.require(required));
        }
        steps.add(RowStep.select(to.names()));
        return RowStep.all(steps);
    }

    private static RowStep emptyIsAbsent(String name) {
        return RowStep.column(Column.nullable(name, ColumnType.STRING), (batch, rejected) -> {
            BytesVector text = (BytesVector) batch.column(name);
            boolean anyEmpty = false;
            for (int row = 0; row < text.size() && !anyEmpty; row++) {
                anyEmpty = text.length(row) == 0 && !text.isNull(row);
            }
            if (!anyEmpty) {
                return text;
            }
            BytesVector.Builder rest = (BytesVector.Builder) ColumnVector.builder(ColumnType.STRING, text.size());
            for (int row = 0; row < text.size(); row++) {
                if (text.isNull(row) || text.length(row) == 0) {
                    rest.appendNull();
                } else {
                    rest.append(text.bytes(), text.offset(row), text.length(row));
                }
            }
            return rest.build();
        });
    }
}
