package io.github.keywharf.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * Page in one file: an {@code .html} resource with one style sheet and one script, which draws the JSON that
 * {@link #with} puts into the page. The page's Content-Security-Policy lets a browser load nothing, and run and apply only
 * that script and that style sheet, which it names by their hashes. Immutable.
 */
public final class HtmlPage {
    private static final String POLICY = "http-equiv=\"Content-Security-Policy\" content=\"";

    private final String html;

    private HtmlPage(String html) {
        this.html = html;
    }

    /** Loads the page {@code name} in the package of {@code home}, and inserts the style and script that all pages share. */
    public static HtmlPage of(Class<?> home, String name) {
        String html = resource(home, name)
                .replace("/*page.css*/", resource(HtmlPage.class, "page.css"))
                .replace("/*page.js*/", resource(HtmlPage.class, "page.js"));
        return new HtmlPage(html.replace("{style}", Sha256.forPolicy(between(html, "<style>", "</style>")))
                .replace("{script}", Sha256.forPolicy(between(html, "<script>", "</script>"))));
    }

    /** Content-Security-Policy of the page, for the header of a response. */
    public String policy() {
        return between(html, POLICY, "\"");
    }

    /**
     * Returns the page with its data. No value can end the element that contains the data: characters that could begin a tag,
     * a comment or a character reference are escaped, and so are line ends that only JSON allows.
     *
     * @param json one JSON value
     */
    public String with(String json) {
        return html.replace(
                "/*data*/",
                json.replace("<", "\\u003c")
                        .replace(">", "\\u003e")
                        .replace("&", "\\u0026")
                        .replace("\u2028", "\\u2028")
                        .replace("\u2029", "\\u2029"));
    }

    private static String between(String html, String start, String end) {
        int from = html.indexOf(start) + start.length();
        return html.substring(from, html.indexOf(end, from));
    }

    private static String resource(Class<?> home, String name) {
        try (InputStream in = home.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("The library lacks its own file " + name);
            }
            // The hash is of what the browser reads, and it reads every line end as \n.
            return new String(in.readAllBytes(), UTF_8).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
