package io.github.keywharf.format;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnType.Kind;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapKeyValueTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * A column of a file, or a part of one, as our columns have it. The rules for lists that older writers made follow
 * "Backward-compatibility rules" of the Parquet format's LogicalTypes.md.
 *
 * @param column name, type and whether it may be absent
 * @param definition the level from which on it is there
 * @param repetition the level at which its elements repeat; that of its parent where it has none
 * @param children the element of a list, key and value of a map, the fields of a struct
 * @param leaf for a scalar, where it is stored
 * @param leafType for a scalar, what becomes of it
 */
record ParquetNode(
        Column column,
        int definition,
        int repetition,
        List<ParquetNode> children,
        @Nullable ColumnDescriptor leaf,
        @Nullable ParquetLeafType leafType) {

    /** Whether it is a scalar of its own, not part of a list, map or struct. */
    boolean isFlat() {
        return leaf != null;
    }

    /** The scalars below, in the order of the file. */
    List<ParquetNode> leaves() {
        if (leaf != null) {
            return List.of(this);
        }
        List<ParquetNode> leaves = new ArrayList<>();
        children.forEach(child -> leaves.addAll(child.leaves()));
        return leaves;
    }

    static ParquetNode of(MessageType schema, String name, String key) {
        return new Builder(schema, key).node(schema.getType(name), List.of(name), 0, 0, false);
    }

    private record Builder(MessageType schema, String key) {

        ParquetNode node(Type type, List<String> path, int definition, int repetition, boolean element) {
            if (type.isRepetition(Type.Repetition.REPEATED) && !element) {
                ParquetNode repeated = node(type, path, definition + 1, repetition + 1, true);
                return list(type.getName(), false, definition, repetition + 1, repeated);
            }
            boolean nullable = type.isRepetition(Type.Repetition.OPTIONAL);
            int present = definition + (nullable ? 1 : 0);
            if (type.isPrimitive()) {
                ParquetLeafType leafType = ParquetLeafType.of(type.asPrimitiveType(), key);
                return new ParquetNode(
                        named(type.getName(), leafType.type(), nullable),
                        present,
                        repetition,
                        List.of(),
                        schema.getColumnDescription(path.toArray(String[]::new)),
                        leafType);
            }
            GroupType group = type.asGroupType();
            LogicalTypeAnnotation logical = group.getLogicalTypeAnnotation();
            boolean wrapsRepeated =
                    group.getFieldCount() == 1 && group.getType(0).isRepetition(Type.Repetition.REPEATED);
            if (logical instanceof ListLogicalTypeAnnotation && wrapsRepeated) {
                ParquetNode element0 = element(group, path, present + 1, repetition + 1);
                return list(type.getName(), nullable, present, repetition + 1, element0);
            }
            boolean map = logical instanceof MapLogicalTypeAnnotation || logical instanceof MapKeyValueTypeAnnotation;
            if (map && wrapsRepeated && isKeyValue(group.getType(0))) {
                return map(group, path, nullable, present, repetition + 1);
            }
            return struct(group, path, nullable, present, repetition);
        }

        private ParquetNode element(GroupType list, List<String> path, int definition, int repetition) {
            Type repeated = list.getType(0);
            List<String> repeatedPath = below(path, repeated);
            if (repeated.isPrimitive()) {
                return node(repeated, repeatedPath, definition, repetition, true);
            }
            GroupType group = repeated.asGroupType();
            boolean itself = group.getFieldCount() != 1
                    || group.getName().equals("array")
                    || group.getName().equals(list.getName() + "_tuple")
                    || group.getLogicalTypeAnnotation() != null
                    || group.getType(0).isRepetition(Type.Repetition.REPEATED);
            if (itself) {
                return node(repeated, repeatedPath, definition, repetition, true);
            }
            Type only = group.getType(0);
            return node(only, below(repeatedPath, only), definition, repetition, false);
        }

        private static boolean isKeyValue(Type repeated) {
            return !repeated.isPrimitive() && repeated.asGroupType().getFieldCount() == 2;
        }

        private ParquetNode map(GroupType map, List<String> path, boolean nullable, int present, int repetition) {
            GroupType entry = map.getType(0).asGroupType();
            List<String> entryPath = below(path, entry);
            List<ParquetNode> parts = new ArrayList<>();
            for (Type part : entry.getFields()) {
                parts.add(node(part, below(entryPath, part), present + 1, repetition, false));
            }
            Column value = parts.get(1).column();
            ColumnType type = new ColumnType(
                    Kind.MAP,
                    0,
                    0,
                    List.of(
                            Column.required("key", parts.get(0).column().type()),
                            new Column("value", value.type(), value.nullable())));
            return new ParquetNode(named(map.getName(), type, nullable), present, repetition, parts, null, null);
        }

        private ParquetNode struct(GroupType group, List<String> path, boolean nullable, int present, int repetition) {
            List<ParquetNode> fields = new ArrayList<>();
            for (Type field : group.getFields()) {
                fields.add(node(field, below(path, field), present, repetition, false));
            }
            ColumnType type =
                    ColumnType.struct(fields.stream().map(ParquetNode::column).toList());
            return new ParquetNode(named(group.getName(), type, nullable), present, repetition, fields, null, null);
        }

        private ParquetNode list(String name, boolean nullable, int present, int repetition, ParquetNode element) {
            Column inner = element.column();
            ColumnType type =
                    new ColumnType(Kind.LIST, 0, 0, List.of(new Column("element", inner.type(), inner.nullable())));
            return new ParquetNode(named(name, type, nullable), present, repetition, List.of(element), null, null);
        }

        private Column named(String name, ColumnType type, boolean nullable) {
            if (name.isBlank()) {
                throw new KeywharfException("parquet.unsupported_type", key, "has a column without a name");
            }
            return new Column(name, type, nullable);
        }

        private static List<String> below(List<String> path, Type child) {
            List<String> longer = new ArrayList<>(path);
            longer.add(child.getName());
            return longer;
        }
    }
}
