package io.github.keywharf.format;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnType.Kind;
import io.github.keywharf.table.ColumnVector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes a column of lists, maps or structs apart into its leaf columns, with the levels that put them together again. */
final class NestedShredder {

    private static final int ROWS_AT_ONCE = 1_000;

    private final Node root;
    private final List<Node> leaves = new ArrayList<>();
    private final List<ColumnEncoder> encoders;

    /** @param encoders those of the column's leaves, in order, filled by the caller */
    NestedShredder(Column column, List<ColumnEncoder> encoders) {
        root = new Node(column, 0, 0);
        this.encoders = encoders;
    }

    ColumnType leafType(int leaf) {
        return leaves.get(leaf).column.type();
    }

    void add(ColumnVector vector, int from, int to) {
        for (int at = from; at < to; at += ROWS_AT_ONCE) {
            int end = Math.min(to, at + ROWS_AT_ONCE);
            for (int i = at; i < end; i++) {
                root.write(vector.value(i), 0, 0);
            }
            for (int i = 0; i < leaves.size(); i++) {
                Node leaf = leaves.get(i);
                encoders.get(i).add(leaf.levels, leaf.values().build(), end - at);
                leaf.levels.clear();
            }
        }
    }

    private final class Node {
        final Column column;
        final int repetition;
        final List<Node> children = new ArrayList<>();
        final Levels levels = new Levels();
        private final ColumnVector.@Nullable Builder values;

        Node(Column column, int repetition, int definition) {
            this.column = column;
            int present = definition + (column.nullable() ? 1 : 0);
            Kind kind = column.type().kind();
            boolean repeated = kind == Kind.LIST || kind == Kind.MAP;
            this.repetition = repetition + (repeated ? 1 : 0);
            for (Column child : column.type().children()) {
                boolean key = kind == Kind.MAP && children.isEmpty();
                Column stored = key ? Column.required(child.name(), child.type()) : child;
                children.add(new Node(stored, this.repetition, present + (repeated ? 1 : 0)));
            }
            values = children.isEmpty() ? ColumnVector.builder(column.type(), ROWS_AT_ONCE) : null;
            if (values != null) {
                leaves.add(this);
            }
        }

        ColumnVector.Builder values() {
            if (values == null) {
                throw new IllegalStateException(column + " is not a leaf");
            }
            return values;
        }

        /** Writes a value that stands at these levels. */
        void write(@Nullable Object value, int repeated, int defined) {
            if (value == null) {
                if (!column.nullable()) {
                    throw new IllegalArgumentException("'" + column + "' is given a null inside of a value");
                }
                absent(repeated, defined);
                return;
            }
            int present = defined + (column.nullable() ? 1 : 0);
            switch (column.type().kind()) {
                case LIST -> writeList((List<?>) value, repeated, present);
                case MAP -> writeMap((Map<?, ?>) value, repeated, present);
                case STRUCT -> {
                    Map<?, ?> fields = (Map<?, ?>) value;
                    for (Node child : children) {
                        child.write(fields.get(child.column.name()), repeated, present);
                    }
                }
                default -> {
                    values().appendValue(value);
                    levels.add(repeated, present);
                }
            }
        }

        private void writeList(List<?> list, int repeated, int present) {
            if (list.isEmpty()) {
                absent(repeated, present);
                return;
            }
            int level = repeated;
            for (Object element : list) {
                children.get(0).write(element, level, present + 1);
                level = repetition;
            }
        }

        private void writeMap(Map<?, ?> map, int repeated, int present) {
            if (map.isEmpty()) {
                absent(repeated, present);
                return;
            }
            int level = repeated;
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                children.get(0).write(entry.getKey(), level, present + 1);
                children.get(1).write(entry.getValue(), level, present + 1);
                level = repetition;
            }
        }

        private void absent(int repeated, int defined) {
            if (children.isEmpty()) {
                levels.add(repeated, defined);
            }
            for (Node child : children) {
                child.absent(repeated, defined);
            }
        }
    }
}
