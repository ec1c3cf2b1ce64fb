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
 * A table or materialised view.
 *
 * @param keyspace the name of the keyspace it is in
 * @param name as it is, without quotes
 * @param comment what its maker said about it, perhaps nothing
 * @param columns key first: partition key, clustering, static, regular; within the last two by name
 * @param indexes by name
 * @param options the server's settings of it, in CQL, by name; what is as the server has it by itself may be left out
 * @param view what makes it a view, if it is one
 * @param size about how large it is; absent when the server has not counted, which is not the same as empty
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

    /** {@code keyspace.table}. */
    public String path() {
        return keyspace + "." + name;
    }

    /** Whether it is a materialised view. */
    public boolean isView() {
        return view.isPresent();
    }

    /** The columns of one kind, in their order. */
    public List<DictionaryColumn> columns(Kind kind) {
        return columns.stream().filter(column -> column.kind() == kind).toList();
    }

    /** The column of that name, if there is one. */
    public Optional<DictionaryColumn> findColumn(String column) {
        return columns.stream()
                .filter(candidate -> candidate.name().equals(column))
                .findFirst();
    }

    /**
     * The column of that name.
     *
     * @throws KeywharfException with code {@code dictionary.no_column}
     */
    public DictionaryColumn column(String column) {
        return findColumn(column)
                .orElseThrow(() -> Texts.absent(
                        "dictionary.no_column", path(), column, columns.stream().map(DictionaryColumn::name)));
    }

    /** The key as CQL writes it: {@code ((tenant, day), at)}. */
    public String key() {
        String partition = columns(Kind.PARTITION_KEY).stream()
                .map(DictionaryColumn::name)
                .collect(Collectors.joining(", ", "(", ")"));
        String clustering = columns(Kind.CLUSTERING).stream()
                .map(column -> ", " + column.name())
                .collect(Collectors.joining());
        return "(" + partition + clustering + ")";
    }

    /** The columns below each other, and what else is to be said. */
    @Override
    public String toString() {
        int names = width(columns.stream().map(DictionaryColumn::name).toList());
        int types = width(columns.stream().map(DictionaryColumn::type).toList());
        StringBuilder text = new StringBuilder(Texts.line(path()));
        view.ifPresent(made -> text.append(", ").append(made));
        size.ifPresent(counted -> text.append(", ").append(counted));
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
