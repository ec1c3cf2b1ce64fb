package io.github.keywharf.dictionary;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.dictionary.DictionaryColumn.Kind;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Table or materialised view.
 *
 * @param keyspace name of its keyspace
 * @param name name, without quotes
 * @param comment comment in the schema; may be empty
 * @param columns columns: partition key, clustering, static, regular; the last two sorted by name
 * @param indexes indexes, sorted by name
 * @param options options, in CQL, by name; defaults may be left out
 * @param view definition of the view, if it is one
 * @param size estimated size; absent if the server has no estimate, which does not mean that the table is empty
 */
@JsonPropertyOrder({"name", "comment", "view"})
public record DictionaryTable(
        String keyspace,
        String name,
        String comment,
        List<DictionaryColumn> columns,
        List<DictionaryIndex> indexes,
        Map<String, String> options,
        Optional<DictionaryView> view,
        Optional<DictionarySize> size) {

    /** Copies and sorts. */
    public DictionaryTable {
        columns = columns.stream().sorted(DictionaryColumn.IN_TABLE).toList();
        indexes = indexes.stream()
                .sorted(Comparator.comparing(DictionaryIndex::name))
                .toList();
        options = Texts.sorted(options);
    }

    /** Returns {@code keyspace.table}. */
    public String path() {
        return keyspace + "." + name;
    }

    /** Returns true for a materialised view. */
    public boolean isView() {
        return view.isPresent();
    }

    /** Returns the columns of one kind, in their order. */
    public List<DictionaryColumn> columns(Kind kind) {
        return columns.stream().filter(column -> column.kind() == kind).toList();
    }

    /** Returns the column of that name, if there is one. */
    public Optional<DictionaryColumn> findColumn(String column) {
        return columns.stream()
                .filter(candidate -> candidate.name().equals(column))
                .findFirst();
    }

    /**
     * Returns the column of that name.
     *
     * @throws KeywharfException with code {@code dictionary.no_column}
     */
    public DictionaryColumn column(String column) {
        return findColumn(column)
                .orElseThrow(() -> Texts.absent(
                        "dictionary.no_column", path(), column, columns.stream().map(DictionaryColumn::name)));
    }

    /** Returns the primary key in CQL: {@code ((tenant, day), at)}. */
    public String key() {
        String partition = columns(Kind.PARTITION_KEY).stream()
                .map(DictionaryColumn::name)
                .collect(Collectors.joining(", ", "(", ")"));
        String clustering = columns(Kind.CLUSTERING).stream()
                .map(column -> ", " + column.name())
                .collect(Collectors.joining());
        return "(" + partition + clustering + ")";
    }

    /** Returns a line for the table, and one for the comment and for each column and index. */
    @Override
    public String toString() {
        int names = width(columns.stream().map(DictionaryColumn::name).toList());
        int types = width(columns.stream().map(DictionaryColumn::type).toList());
        StringBuilder text = new StringBuilder(Texts.line(path()));
        view.ifPresent(definition -> text.append(", ").append(definition));
        size.ifPresent(estimate -> text.append(", ").append(estimate));
        if (!comment.isEmpty()) {
            text.append("\n  -- ").append(Texts.line(comment));
        }
        for (DictionaryColumn column : columns) {
            String line = "  " + Texts.padded(Texts.line(column.name()), names) + "  "
                    + Texts.padded(Texts.line(column.type()), types) + "  "
                    + (column.kind() == Kind.REGULAR ? "" : column.role() + " ")
                    + column.mask()
                            .map(mask -> "masked with " + Texts.line(mask))
                            .orElse("");
            text.append('\n').append(line.stripTrailing());
        }
        indexes.forEach(index -> text.append("\n  index ").append(index));
        return text.toString();
    }

    private static int width(List<String> texts) {
        return Math.min(40, texts.stream().mapToInt(String::length).max().orElse(0));
    }
}
