package io.github.keywharf.dictionary;

/** Key of an object in a dictionary: a column and an index can have the same path. */
record FactKey(DictionaryObject object, String path) {}
