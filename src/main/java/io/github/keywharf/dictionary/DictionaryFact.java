package io.github.keywharf.dictionary;

import java.util.Map;

/**
 * One thing of a dictionary by itself, to be found or compared.
 *
 * @param key what it is, unique in a dictionary
 * @param parent what it is in, or itself
 * @param name its last name
 * @param brief what it is, after its path, on a line: a type, a key
 * @param attributes what may differ, by name, in the order to be shown
 */
record DictionaryFact(FactKey key, FactKey parent, String name, String brief, Map<String, String> attributes) {

    static final String TYPE = "type";
    static final String COMMENT = "comment";
    static final String NOTE = "note";

    String attribute(String attribute) {
        return attributes.getOrDefault(attribute, "");
    }
}
