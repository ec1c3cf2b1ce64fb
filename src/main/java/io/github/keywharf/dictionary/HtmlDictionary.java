package io.github.keywharf.dictionary;

final class HtmlDictionary {
    private HtmlDictionary() {}
    static String render(DataDictionary dictionary) { return dictionary.cluster(); }
}
