package io.github.keywharf.table;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The columns of rows, in order, with distinct names.
 *
 * <p>Immutable and thread-safe. Two schemas are equal if their columns are, in the same order.
 */
public final class Schema implements Iterable<Column> {

    private final List<Column> columns;
    private final Map<String, Integer> positions = new HashMap<>();

    private Schema(List<Column> columns) {
        this.columns = List.copyOf(columns);
        for (int i = 0; i < this.columns.size(); i++) {
            if (positions.put(this.columns.get(i).name(), i) != null) {
                throw new IllegalArgumentException(
                        "Column '" + this.columns.get(i).name() + "' occurs twice in the schema");
            }
        }
    }

    /**
     * A schema of these columns.
     *
     * @throws IllegalArgumentException if two columns have the same name
     */
    public static Schema of(List<Column> columns) {
        return new Schema(columns);
    }

    /**
     * A schema of these columns.
     *
     * @throws IllegalArgumentException if two columns have the same name
     */
    public static Schema of(Column... columns) {
        return new Schema(List.of(columns));
    }

    /** The columns, in order. */
    public List<Column> columns() {
        return columns;
    }

    /** The column at a position, counted from 0. */
    public Column column(int position) {
        return columns.get(position);
    }

    /**
     * The column of that name.
     *
     * @throws IllegalArgumentException if there is none; the message lists the existing ones
     */
    public Column column(String name) {
        return columns.get(position(name));
    }

    /** The names, in order. */
    public List<String> names() {
        return columns.stream().map(Column::name).toList();
    }

    /** Number of columns. */
    public int size() {
        return columns.size();
    }

    /** True if there is a column of that name. */
    public boolean contains(String name) {
        return positions.containsKey(name);
    }

    /**
     * The position of the column of that name, counted from 0.
     *
     * @throws IllegalArgumentException if there is none; the message lists the existing ones
     */
    public int position(String name) {
        Integer position = positions.get(name);
        if (position == null) {
            throw new IllegalArgumentException("There is no column '" + name + "' among " + names());
        }
        return position;
    }

    /**
     * The schema of the named columns only, in this order.
     *
     * @throws IllegalArgumentException if one of them does not exist
     */
    public Schema select(List<String> names) {
        List<Column> chosen = new ArrayList<>(names.size());
        for (String name : names) {
            chosen.add(column(name));
        }
        return new Schema(chosen);
    }

    @Override
    public Iterator<Column> iterator() {
        return columns.iterator();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Schema schema && schema.columns.equals(columns);
    }

    @Override
    public int hashCode() {
        return columns.hashCode();
    }

    @Override
    public String toString() {
        return columns.stream().map(Column::toString).collect(Collectors.joining(", ", "(", ")"));
    }
}
