package io.github.keywharf.format;

import io.github.keywharf.table.ColumnVector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Puts a column of lists, maps or structs together from its leaf columns. */
final class NestedAssembler {

    private final Part root;
    private final List<Part> leaves = new ArrayList<>();
    private final List<LeafReader> readers;
    private final ColumnVector.Builder builder;

    /** @param readers those of the column's leaves, in order */
    NestedAssembler(ParquetNode node, List<LeafReader> readers, int capacity) {
        this.readers = readers;
        root = new Part(node);
        builder = ColumnVector.builder(node.column().type(), capacity);
    }

    ColumnVector read(int rows) throws IOException {
        for (int i = 0; i < leaves.size(); i++) {
            leaves.get(i).fill(readers.get(i), rows);
        }
        for (int i = 0; i < rows; i++) {
            builder.appendValue(root.next());
        }
        return builder.build();
    }

    private final class Part {
        private final ParquetNode node;
        private final List<Part> children = new ArrayList<>();
        private final List<Part> ownLeaves;
        private final Levels levels = new Levels();
        private @Nullable ColumnVector values;
        private int entry;
        private int value;

        Part(ParquetNode node) {
            this.node = node;
            int first = leaves.size();
            if (node.isFlat()) {
                leaves.add(this);
            }
            for (ParquetNode child : node.children()) {
                children.add(new Part(child));
            }
            ownLeaves = List.copyOf(leaves.subList(first, leaves.size()));
        }

        void fill(LeafReader reader, int rows) throws IOException {
            levels.clear();
            entry = 0;
            value = 0;
            LeafTarget dense = LeafTarget.of(new LeafChange(Objects.requireNonNull(node.leafType())))
                    .begin(rows);
            reader.read(rows, levels, dense);
            values = dense.build();
        }

        @Nullable
        Object next() {
            if (values != null) {
                boolean present = levels.definition(entry++) >= node.definition();
                return present ? values.value(value++) : null;
            }
            Part first = ownLeaves.get(0);
            int defined = first.defined();
            if (defined < node.definition()) {
                skip();
                return null;
            }
            return switch (node.column().type().kind()) {
                case STRUCT -> struct();
                case LIST -> list(first, defined);
                default -> map(first, defined);
            };
        }

        private Map<String, @Nullable Object> struct() {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            for (Part child : children) {
                fields.put(child.node.column().name(), child.next());
            }
            return fields;
        }

        private List<@Nullable Object> list(Part first, int defined) {
            List<@Nullable Object> list = new ArrayList<>();
            if (defined == node.definition()) {
                skip();
                return list;
            }
            do {
                list.add(children.get(0).next());
            } while (first.continues(node.repetition()));
            return list;
        }

        private Map<Object, @Nullable Object> map(Part first, int defined) {
            Map<Object, @Nullable Object> map = new LinkedHashMap<>();
            if (defined == node.definition()) {
                skip();
                return map;
            }
            do {
                Object key = children.get(0).next();
                Object content = children.get(1).next();
                if (key != null) {
                    map.put(key, content);
                }
            } while (first.continues(node.repetition()));
            return map;
        }

        private int defined() {
            return levels.definition(entry);
        }

        private boolean continues(int repetition) {
            return entry < levels.size() && levels.repetition(entry) >= repetition;
        }

        private void skip() {
            for (Part leaf : ownLeaves) {
                leaf.entry++;
            }
        }
    }
}
