package io.github.keywharf.dictionary;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A type that users defined.
 *
 * @param keyspace the name of the keyspace it is in
 * @param name as it is, without quotes
 * @param fields in their order
 */
public record DictionaryType(String keyspace, String name, List<Field> fields) {

    /** Copies the fields. */
    public DictionaryType {
        fields = List.copyOf(fields);
    }

    /**
     * A part of a type, or an argument of a function.
     *
     * @param name as it is, without quotes
     * @param type in CQL
     */
    public record Field(String name, String type) {
        @Override
        public String toString() {
            return Texts.line(name + " " + type);
        }
    }

    /** {@code keyspace.type}. */
    public String path() {
        return keyspace + "." + name;
    }

    @Override
    public String toString() {
        return Texts.line(path()) + fields.stream().map(Field::toString).collect(Collectors.joining(", ", " (", ")"));
    }
}
