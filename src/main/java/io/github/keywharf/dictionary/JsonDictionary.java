package io.github.keywharf.dictionary;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywharf.store.StoredJson;
import java.util.Optional;
import java.util.function.Function;

/** Dictionaries as JSON. A keyspace's name is not repeated in what is in it. */
final class JsonDictionary {
    private static final StoredJson<DataDictionary> FORMAT = StoredJson.of(
                    DataDictionary.class,
                    "dictionary",
                    "dictionary.bad_json",
                    "take a snapshot that toJson() made, or use the version of the library that made it")
            .version("version", 1)
            .indented()
            .storing(DictionaryColumn.class, StoredColumn.class, StoredColumn::of, StoredColumn::column);

    private JsonDictionary() {}

    static String write(DataDictionary dictionary) {
        return new String(FORMAT.write(naming(dictionary, keyspace -> "")), UTF_8);
    }

    static DataDictionary parse(String json) {
        if (json.length() > DataDictionary.MAX_JSON) {
            throw FORMAT.unreadable(
                    "dictionary",
                    "has " + json.length() + " characters, and at most " + DataDictionary.MAX_JSON + " are read",
                    null);
        }
        return naming(FORMAT.read("dictionary", json.getBytes(UTF_8)), DictionaryKeyspace::name);
    }

    private static DataDictionary naming(DataDictionary dictionary, Function<DictionaryKeyspace, String> place) {
        return new DataDictionary(
                dictionary.cluster(),
                dictionary.version(),
                dictionary.read(),
                dictionary.scope(),
                dictionary.keyspaces().stream()
                        .map(keyspace -> keyspace.naming(place.apply(keyspace)))
                        .toList(),
                dictionary.roles(),
                dictionary.grants(),
                dictionary.notes());
    }

    /** A column, whose position is absent where it has none. */
    private record StoredColumn(
            String name,
            String type,
            DictionaryColumn.Kind kind,
            Optional<Integer> position,
            Optional<DictionaryColumn.Order> order,
            Optional<String> mask) {

        static StoredColumn of(DictionaryColumn column) {
            return new StoredColumn(
                    column.name(),
                    column.type(),
                    column.kind(),
                    Optional.of(column.position()).filter(position -> position != DictionaryColumn.NO_POSITION),
                    column.order(),
                    column.mask());
        }

        DictionaryColumn column() {
            return new DictionaryColumn(name, kind, position.orElse(DictionaryColumn.NO_POSITION), order, type, mask);
        }
    }
}
