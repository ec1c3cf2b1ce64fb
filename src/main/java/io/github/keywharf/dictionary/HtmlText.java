package io.github.keywharf.dictionary;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywharf.internal.Html;
import java.net.URLEncoder;

/** Writes HTML; whatever comes from a dictionary passes through one of the methods that escape. Not thread-safe. */
final class HtmlText {
    private final StringBuilder html = new StringBuilder(1 << 16);

    /** Markup of ours, as it is. */
    HtmlText raw(String markup) {
        html.append(markup);
        return this;
    }

    /** Text on one line. */
    HtmlText text(String text) {
        html.append(Html.escaped(Texts.line(text)));
        return this;
    }

    /** Text that may have lines. */
    HtmlText lines(String text) {
        String[] lines = text.split("\\R", -1);
        for (int i = 0; i < lines.length; i++) {
            raw(i == 0 ? "" : "\n").text(lines[i]);
        }
        return this;
    }

    /** An attribute, in quotes, after a space. */
    HtmlText attribute(String name, String value) {
        html.append(' ')
                .append(name)
                .append("=\"")
                .append(Html.escaped(Texts.line(value)))
                .append('"');
        return this;
    }

    /** {@code <tag class="name">text</tag>}. */
    HtmlText element(String tag, String className, String text) {
        return raw("<" + tag + " class=\"" + className + "\">").text(text).raw("</" + tag + ">");
    }

    /** A link to what has this id in the page. */
    HtmlText link(String className, String id, String text) {
        return raw("<a class=\"" + className + "\"")
                .target(id)
                .raw(">")
                .text(text)
                .raw("</a>");
    }

    /** The {@code href} of what has this id in the page. */
    HtmlText target(String id) {
        return attribute("href", "#" + URLEncoder.encode(Texts.line(id), UTF_8).replace("+", "%20"));
    }

    @Override
    public String toString() {
        return html.toString();
    }
}
