package io.github.keywharf.format;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which field of a CSV file holds which column.
 *
 * @param schema the columns to read
 * @param names the names of the file's fields, in order
 * @param fields for each column the position of its field
 */
record CsvLayout(Schema schema, List<String> names, List<Integer> fields) {

    private static final char[] OTHER_SEPARATORS = {';', '\t', '|', ','};

    /** The layout of a file by its options and its first record, which is null when the file is empty. */
    static CsvLayout of(CsvReader options, @Nullable CsvRecord first) {
        String source = options.source.name();
        Schema schema = options.schema;
        if (first == null && (options.header || schema == null)) {
            throw badHeader(
                    source,
                    "is empty, but a header line was expected; write one, or read it with header(false) and schema(...)");
        }
        List<String> names = options.header && first != null
                ? header(source, first)
                : schema != null ? schema.names() : numbered(first == null ? 0 : Math.max(1, first.fields()));
        if (options.header && names.size() == 1 && (schema == null || !schema.contains(names.get(0)))) {
            requireOneName(source, names.get(0), options.separator);
        }
        if (schema == null) {
            schema = Schema.of(names.stream()
                    .map(name -> Column.nullable(name, ColumnType.STRING))
                    .toList());
        }
        List<String> missing = new ArrayList<>(schema.names());
        missing.removeAll(names);
        if (!missing.isEmpty()) {
            throw badHeader(source, "lacks the columns " + missing + "; its header has " + names);
        }
        return new CsvLayout(
                schema, names, schema.names().stream().map(names::indexOf).toList());
    }

    private static List<String> header(String source, CsvRecord record) {
        Set<String> names = new LinkedHashSet<>();
        for (int i = 0; i < record.fields(); i++) {
            String name = record.string(i);
            if (name.isBlank()) {
                throw badHeader(
                        source, "has no name for field " + (i + 1) + " in its header; the names before are " + names);
            }
            if (!names.add(name)) {
                throw badHeader(source, "has the column '" + name + "' twice in its header");
            }
        }
        return List.copyOf(names);
    }

    /** Refuses a name that is a line of names with another separator between them. */
    private static void requireOneName(String source, String name, char separator) {
        for (char other : OTHER_SEPARATORS) {
            if (other != separator && name.indexOf(other) > 0) {
                String shown = other == '\t' ? "\\t" : String.valueOf(other);
                throw badHeader(
                        source,
                        "has one column in its header, '" + name + "', and no '" + separator
                                + "'; read it with separator('" + shown
                                + "'), or, if it is one name, with schema(...)");
            }
        }
    }

    private static List<String> numbered(int count) {
        List<String> names = new ArrayList<>(count);
        for (int i = 1; i <= count; i++) {
            names.add("column_" + i);
        }
        return names;
    }

    static KeywharfException badHeader(String source, String problem) {
        return new KeywharfException(JsonLines.BAD_HEADER, source, problem);
    }

    /** How many fields a record must have. */
    int width() {
        return names.size();
    }

    /** What to call a field, beyond the last column too. */
    String name(int field) {
        return field < names.size() ? names.get(field) : "field " + (field + 1);
    }
}
