package io.github.keywharf.dictionary;

/** What distinguishes one thing of a dictionary from another: a column and an index may have one path. */
record FactKey(DictionaryObject object, String path) {}
