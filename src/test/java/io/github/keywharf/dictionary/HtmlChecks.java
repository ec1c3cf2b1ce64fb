package io.github.keywharf.dictionary;

import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Looks at a page as a browser would, for what a dictionary's texts could have brought into it. */
final class HtmlChecks {
    private static final Pattern TAG =
            Pattern.compile("<(/?)([a-z][a-z0-9]*)((?:\\s+[a-zA-Z-]+(?:=\"[^\"]*\")?)*)\\s*>");
    private static final Pattern ATTRIBUTE = Pattern.compile("\\s+([a-zA-Z-]+)(?:=\"([^\"]*)\")?");
    private static final Set<String> OURS = Set.of(
            "html",
            "head",
            "meta",
            "title",
            "style",
            "script",
            "body",
            "header",
            "div",
            "span",
            "h1",
            "h2",
            "h3",
            "a",
            "input",
            "kbd",
            "output",
            "button",
            "nav",
            "details",
            "summary",
            "ul",
            "li",
            "main",
            "section",
            "p",
            "svg",
            "path",
            "b",
            "i",
            "em",
            "article",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "dl",
            "dt",
            "dd",
            "code",
            "pre",
            "cite",
            "noscript");
    private static final Set<String> LINKS =
            Set.of("href", "src", "action", "formaction", "data", "srcset", "xlink:href");

    private HtmlChecks() {}

    /** Tags and attributes that are not ours, links that leave the page, signs of tags outside tags; empty if all is well. */
    static List<String> harm(String html) {
        String body = html.replaceAll("(?s)<style>.*?</style>", "<style></style>")
                .replaceAll("(?s)<script[^>]*>.*?</script>", "<script></script>")
                .replaceFirst("(?i)<!doctype html>", "");
        List<String> harm = TAG.matcher(body)
                .results()
                .flatMap(tag -> HtmlChecks.ofTag(tag.group(2), tag.group(3)).stream())
                .collect(Collectors.toList());
        Matcher loose =
                Pattern.compile("[<>\\u202A-\\u202E]").matcher(TAG.matcher(body).replaceAll(""));
        while (loose.find()) {
            harm.add("loose " + loose.group() + " at " + loose.start());
        }
        return harm;
    }

    private static List<String> ofTag(String tag, String attributes) {
        List<String> harm = new java.util.ArrayList<>();
        if (!OURS.contains(tag)) {
            harm.add("tag " + tag);
        }
        ATTRIBUTE.matcher(attributes).results().forEach(attribute -> {
            String name = attribute.group(1);
            if (name.startsWith("on") || name.equals("style")) {
                harm.add("attribute " + name);
            }
            if (LINKS.contains(name) && !attribute.group(2).startsWith("#")) {
                harm.add("link " + attribute.group(2));
            }
        });
        return harm;
    }
}
