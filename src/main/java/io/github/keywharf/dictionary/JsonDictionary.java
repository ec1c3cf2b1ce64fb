package io.github.keywharf.dictionary;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywharf.store.StoredJson;

/** Reads and writes dictionaries as JSON, in which tables, types, functions and aggregates do not repeat the keyspace. */
final class JsonDictionary {
    private static final StoredJson<DataDictionary> FORMAT = StoredJson.of(
                    DataDictionary.class,
                    "dictionary",
                    "dictionary.bad_json",
                    "take a snapshot that toJson() made, or use the version of the library that made it")
            .version("version", 1)
            .inherited("keyspace", "keyspaces", "name")
            .indented();

    private JsonDictionary() {}

    static String write(DataDictionary dictionary) {
        return new String(FORMAT.write(dictionary), UTF_8);
    }

    static DataDictionary parse(String json) {
        if (json.length() > DataDictionary.MAX_JSON) {
            throw FORMAT.unreadable(
                    "dictionary",
                    "has " + json.length() + " characters, and at most " + DataDictionary.MAX_JSON + " are read",
                    null);
        }
        return FORMAT.read("dictionary", json.getBytes(UTF_8));
    }
}
