package io.github.keywharf.dictionary;

import java.util.List;
import java.util.stream.Collectors;

/**
 * User-defined type.
 *
 * @param keyspace name of its keyspace
 * @param name name, without quotes
 * @param fields fields, in their order
 */
public record DictionaryType(String keyspace, String name, List<Field> fields) {

    /** Copies the fields. */
    public DictionaryType {
        fields = List.copyOf(fields);
    }

    /**
     * Field of a type, or argument of a function.
     *
     * @param name name, without quotes
     * @param type type, in CQL
     */
    public record Field(String name, String type) {
        @Override
        public String toString() {
            return Texts.line(name + " " + type);
        }
    }

    /** Returns {@code keyspace.type}. */
    public String path() {
        return keyspace + "." + name;
    }

    @Override
    public String toString() {
        return Texts.line(path()) + fields.stream().map(Field::toString).collect(Collectors.joining(", ", " (", ")"));
    }
}
