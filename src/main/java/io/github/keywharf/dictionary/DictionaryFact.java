package io.github.keywharf.dictionary;

import java.util.Map;

/**
 * Object of a dictionary in the form for search and comparison.
 *
 * @param key key, unique in a dictionary
 * @param parent key of the object that contains it, or its own
 * @param name last part of its path
 * @param brief summary on a line, shown after the path: a type, a key
 * @param attributes attributes to compare, by name, in the order of listing
 */
record DictionaryFact(FactKey key, FactKey parent, String name, String brief, Map<String, String> attributes) {

    static final String TYPE = "type";
    static final String COMMENT = "comment";
    static final String NOTE = "note";

    String attribute(String attribute) {
        return attributes.getOrDefault(attribute, "");
    }
}
