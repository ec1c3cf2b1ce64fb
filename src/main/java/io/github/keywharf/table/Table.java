package io.github.keywharf.table;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Rows held in memory: they can be read many times, and are displayed as a table.
 *
 * <p>Immutable and thread-safe.
 */
public final class Table implements Iterable<Row> {

    private static final int PRINTED_ROWS = 20;
    private static final int MAX_WIDTH = 40;

    private final Schema schema;
    private final List<ColumnBatch> batches;
    private final int size;

    private Table(Schema schema, List<ColumnBatch> batches) {
        this.schema = schema;
        this.batches = List.copyOf(batches);
        this.size = this.batches.stream().mapToInt(ColumnBatch::size).reduce(0, Math::addExact);
    }

    /** A table of these batches, which must have that schema. */
    public static Table of(Schema schema, List<ColumnBatch> batches) {
        for (ColumnBatch batch : batches) {
            if (!batch.schema().equals(schema)) {
                throw new IllegalArgumentException(
                        "A batch of " + batch.schema() + " does not fit a table of " + schema);
            }
        }
        return new Table(schema, batches);
    }

    /** Names and types of the columns. */
    public Schema schema() {
        return schema;
    }

    /** Number of rows. */
    public int size() {
        return size;
    }

    /** The rows in batches. */
    public List<ColumnBatch> batches() {
        return batches;
    }

    /** A view of one row, counted from 0. */
    public Row row(int position) {
        int rest = Objects.checkIndex(position, size);
        for (ColumnBatch batch : batches) {
            if (rest < batch.size()) {
                return batch.row(rest);
            }
            rest -= batch.size();
        }
        throw new IndexOutOfBoundsException(position);
    }

    /** The rows as records; see {@link Rows#records}. */
    public <R extends Record> List<R> records(Class<R> type) {
        return rows().records(type).toList();
    }

    /** The rows as a stream to hand to a sink; can be called many times. */
    public Rows rows() {
        return Rows.of(schema, batches);
    }

    @Override
    public Iterator<Row> iterator() {
        return rows().stream().iterator();
    }

    /**
     * The first rows drawn as a table, the way a terminal shows a query's result: numbers to the right, everything else to the
     * left.
     *
     * @param rows maximum number of rows
     */
    public String print(int rows) {
        int shown = Math.min(size, rows);
        List<List<String>> columns = IntStream.range(0, schema.size())
                .mapToObj(column -> lines(column, shown))
                .toList();
        StringBuilder text = new StringBuilder();
        for (int line = 0; !columns.isEmpty() && line < shown + 2; line++) {
            int position = line;
            text.append(columns.stream()
                            .map(lines -> lines.get(position))
                            .collect(Collectors.joining(line == 1 ? "-+-" : " | ")))
                    .append('\n');
        }
        text.append(String.format(Locale.ROOT, "(%,d %s", size, size == 1 ? "row" : "rows"));
        return text.append(shown < size ? ", the first " + shown + " shown)" : ")")
                .toString();
    }

    /** The first 20 rows drawn as a table, the way a terminal shows a query's result. */
    @Override
    public String toString() {
        return print(PRINTED_ROWS);
    }

    /** A column's name, a rule and its cells, all of one width. */
    private List<String> lines(int position, int rows) {
        Column column = schema.column(position);
        String name = clipped(column.name());
        List<String> cells = IntStream.range(0, rows)
                .mapToObj(row -> clipped(text(row(row).value(position))))
                .toList();
        int width = Math.max(
                width(name), cells.stream().mapToInt(Table::width).max().orElse(0));
        boolean number = isNumber(column.type());
        List<String> lines = new ArrayList<>();
        lines.add(name + blanks(name, width));
        lines.add("-".repeat(width));
        cells.forEach(cell -> lines.add(number ? blanks(cell, width) + cell : cell + blanks(cell, width)));
        return lines;
    }

    private static String blanks(String cell, int width) {
        return " ".repeat(width - width(cell));
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }

    private static boolean isNumber(ColumnType type) {
        return switch (type.kind()) {
            case INT32, INT64, FLOAT32, FLOAT64, DECIMAL -> true;
            default -> false;
        };
    }

    private static String text(@Nullable Object value) {
        return value instanceof byte[] bytes ? bytes.length + " bytes" : Objects.toString(value, "");
    }

    private static String clipped(String cell) {
        StringBuilder plain = new StringBuilder();
        cell.codePoints()
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .limit(MAX_WIDTH + 1L)
                .forEach(plain::appendCodePoint);
        int count = plain.codePointCount(0, plain.length());
        return count <= MAX_WIDTH
                ? plain.toString()
                : plain.substring(0, plain.offsetByCodePoints(0, MAX_WIDTH - 1)) + "…";
    }
}
