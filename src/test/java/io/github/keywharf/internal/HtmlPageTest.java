package io.github.keywharf.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.keywharf.testing.Browser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for each page of ours, whatever its data. */
class HtmlPageTest {
    private static final List<String> HOSTILE = List.of(
            "</script><script>document.title = 'taken'</script>",
            "</SCRIPT ><img src=x onerror=\"document.title = 'taken'\">",
            "<!--<script>",
            "-->",
            "]]>",
            "&lt;/script&gt;",
            "'\"\\\\`${1}",
            "\u2028\u2029\u202e\u0000",
            "/*data*/ {style} {script}");

    static List<String> pages() throws IOException {
        List<String> pages = new ArrayList<>(List.of("/examples/quickstart/page.html"));
        Path root = Path.of("src/main/resources");
        try (Stream<Path> files = Files.walk(root)) {
            files.filter(file -> file.toString().endsWith(".html"))
                    .forEach(file ->
                            pages.add("/" + root.relativize(file).toString().replace('\\', '/')));
        }
        return pages;
    }

    private static HtmlPage page(String resource) {
        return HtmlPage.of(HtmlPage.class, resource);
    }

    private static String json(Object value) {
        try {
            return new ObjectMapper().writeValueAsString(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String only(String tag, String html) {
        Matcher found =
                Pattern.compile("<" + tag + ">([\\s\\S]*?)</" + tag + ">").matcher(html);
        assertThat(found.find()).isTrue();
        String content = found.group(1);
        assertThat(found.find()).as("one " + tag).isFalse();
        return content;
    }

    @ParameterizedTest
    @MethodSource("pages")
    void no_value_ends_the_element_that_the_data_is_in(String resource) throws IOException {
        Map<String, Object> data = Map.of("texts", HOSTILE, HOSTILE.get(0), 1);

        String html = page(resource).with(json(data));

        assertThat(new ObjectMapper().readTree(PageData.of(html))).isEqualTo(new ObjectMapper().valueToTree(data));
        assertThat(PageData.of(html)).doesNotContain("<", ">", "&", "\u2028", "\u2029");
        assertThat(only("script", html)).isEqualTo(only("script", page(resource).with("{}")));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void the_policy_lets_run_only_the_script_and_the_style_that_are_in_the_page(String resource) {
        String html = page(resource).with("{}");

        assertThat(html).contains("content=\"" + page(resource).policy() + "\"");
        assertThat(page(resource).policy().replace("; connect-src 'self'", ""))
                .isEqualTo("default-src 'none'; style-src '" + Sha256.forPolicy(only("style", html)) + "'; script-src '"
                        + Sha256.forPolicy(only("script", html)) + "'; base-uri 'none'; form-action 'none'");
    }

    @ParameterizedTest
    @MethodSource("pages")
    void the_page_loads_nothing_from_elsewhere_and_makes_no_markup_of_texts(String resource) {
        String html = page(resource).with("{}");

        assertThat(Pattern.compile("https?://").matcher(html).results())
                .allMatch(found -> html.startsWith("http://www.w3.org/2000/svg", found.start()));
        assertThat(html)
                .doesNotContain("url(", "@import", " src=", " style=", " onclick=", " onload=", "javascript:")
                .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(");
    }

    @ParameterizedTest
    @MethodSource("pages")
    void the_page_can_be_read_on_a_phone_in_the_dark_and_by_a_screen_reader(String resource) {
        assertThat(page(resource).with("{}"))
                .contains("<html lang=\"en\">", "<title>", "width=device-width", "<h1", "color-scheme: light dark")
                .contains("@media print", "scope: 'col'");
    }

    @ParameterizedTest
    @MethodSource("pages")
    void without_javascript_a_page_shows_one_sentence(String resource) {
        assertThat(page(resource).with("{}"))
                .containsPattern(
                        "<noscript><p>This page needs JavaScript[^.]*\\.</p></noscript>\\s*<div id=\"page\" [^>]*hidden>");
    }

    @Test
    void a_browser_shows_hostile_values_as_they_are(@TempDir Path directory) throws Exception {
        Browser browser = Browser.find(directory);
        String html = page("/io/github/keywharf/internal/every.html").with(json(Map.of("texts", HOSTILE)));

        String seen = browser.elements(Files.writeString(directory.resolve("every.html"), html)
                        .toUri()
                        .toString())
                .replace(PageData.of(html), "");

        assertThat(seen)
                .contains("<title>Every text</title>", "&lt;/script&gt;&lt;script&gt;document.title = 'taken'")
                .doesNotContain("<img", "\u202e");
        assertThat(seen.split("<li ", -1)).hasSize(HOSTILE.size() + 1);
    }

    @Test
    void the_head_of_a_table_sorts_it_up_down_and_back(@TempDir Path directory) throws Exception {
        Browser browser = Browser.find(directory);
        String html = page("/io/github/keywharf/internal/every.html").with("{\"texts\": []}");

        assertThat(browser.elements(Files.writeString(directory.resolve("every.html"), html)
                        .toUri()
                        .toString()))
                .contains("<p>bac bca acb bac</p>");
    }

    @Test
    void a_page_that_is_not_there_is_named() {
        assertThatThrownBy(() -> page("absent.html")).hasMessage("The library lacks its own file absent.html");
    }
}
