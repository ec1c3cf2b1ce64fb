package io.github.keywharf.dictionary;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.testing.Browser;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlDictionaryTest {
    @TempDir
    Path directory;

    @Test
    void hostile_texts_are_shown_and_are_not_markup() {
        String html = Dictionaries.hostile().toHtml();

        assertThat(HtmlChecks.harm(html)).isEmpty();
        assertThat(html).contains("&lt;/script&gt;&lt;script&gt;alert(1)");
    }

    @Test
    void the_check_itself_sees_harm() {
        assertThat(HtmlChecks.harm("<p>a < b</p>")).isNotEmpty();
        assertThat(HtmlChecks.harm("<img>")).isNotEmpty();
        assertThat(HtmlChecks.harm("<p onclick=\"x()\">a</p>")).isNotEmpty();
        assertThat(HtmlChecks.harm("<a href=\"https://example.com\">a</a>")).isNotEmpty();
        assertThat(HtmlChecks.harm("<a href=\"#a\">a</a>")).isEmpty();
    }

    @Test
    void the_policy_lets_run_only_the_script_and_the_style_that_are_in_the_page() throws Exception {
        String html = Dictionaries.shop().toHtml();
        Matcher policy = Pattern.compile("http-equiv=\"Content-Security-Policy\" content=\"([^\"]*)\"")
                .matcher(html);

        assertThat(policy.find()).isTrue();
        assertThat(policy.group(1).replace("&#39;", "'"))
                .isEqualTo("default-src 'none'; style-src 'sha256-" + hash(html, "style") + "'; script-src 'sha256-"
                        + hash(html, "script") + "'; base-uri 'none'; form-action 'none'");
        assertThat(Pattern.compile("https?://").matcher(html).results())
                .allMatch(found -> html.startsWith("http://www.w3.org/2000/svg", found.start()));
    }

    private static String hash(String html, String tag) throws Exception {
        String content =
                html.substring(html.indexOf("<" + tag + ">") + tag.length() + 2, html.lastIndexOf("</" + tag + ">"));
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(UTF_8));
        return Base64.getEncoder().encodeToString(digest);
    }

    @Test
    void the_diagram_stands_types_left_of_tables_left_of_views() {
        List<List<String>> layers = HtmlDiagram.of(Dictionaries.shop().keyspace("shop")).get(0).layers().stream()
                .map(layer -> layer.stream().map(HtmlDiagram.Node::id).toList())
                .toList();

        assertThat(layers)
                .containsExactly(List.of("type shop.place"), List.of("type shop.address"), List.of("shop.orders"));
        assertThat(HtmlDiagram.of(Dictionaries.shop().keyspace("shop")).get(1).layers())
                .extracting(layer -> layer.get(0).id())
                .containsExactly("shop.contact", "shop.contact_by_email");
    }

    @Test
    void a_type_that_many_tables_use_makes_no_heap_of_them() {
        assertThat(HtmlDiagram.of(Dictionaries.ofTables(50).keyspace("wide"))).hasSize(51);
        assertThat(HtmlDiagram.of(Dictionaries.ofTables(5).keyspace("wide"))).hasSize(1);
    }

    @Test
    void types_that_use_each_other_end() {
        DictionaryType a = new DictionaryType("k", "a", List.of(new DictionaryType.Field("b", "frozen<b>")));
        DictionaryType b = new DictionaryType("k", "b", List.of(new DictionaryType.Field("a", "frozen<a>")));

        assertThat(Dictionaries.of(Dictionaries.keyspace("k", List.of(), List.of(a, b)))
                        .toHtml())
                .contains("type k.a");
    }

    @Test
    void types_that_use_each_other_many_times_over_cost_no_more() {
        List<DictionaryType> types = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            List<DictionaryType.Field> fields = new ArrayList<>();
            for (int part = 0; part < i; part++) {
                fields.add(new DictionaryType.Field("f" + part, "frozen<t" + part + ">"));
            }
            types.add(new DictionaryType("k", "t" + i, fields));
        }

        assertThat(HtmlDiagram.of(Dictionaries.keyspace("k", List.of(), types))).isNotEmpty();
    }

    @Test
    void the_rights_of_a_superuser_are_not_listed_one_by_one() {
        DataDictionary dictionary = new DataDictionary(
                "test",
                "",
                Dictionaries.READ,
                new DictionaryScope(DictionaryScope.Kind.ALL, List.of()),
                List.of(),
                List.of(
                        new DictionaryRole("root", true, true, Optional.empty()),
                        new DictionaryRole("org_acme", false, false, Optional.empty())),
                List.of(
                        new DictionaryGrant("root", "table a.b", List.of("ALTER")),
                        new DictionaryGrant("org_acme", "keyspace a", List.of("SELECT")),
                        new DictionaryGrant("unknown", "keyspace c", List.of("MODIFY"))),
                List.of());

        assertThat(dictionary.toHtml()).doesNotContain("ALTER").contains("SELECT", "MODIFY");
        assertThat(dictionary.toMarkdown()).doesNotContain("ALTER").contains("SELECT", "MODIFY");
    }

    @Test
    void the_page_of_five_hundred_tables_stays_small() {
        assertThat(Dictionaries.ofTables(500).toHtml().length()).isLessThan(1_500_000);
    }

    @Test
    void a_browser_searches_the_page_and_draws_its_lines() throws Exception {
        DataDictionary shop = Dictionaries.shop();

        String whole = seenByBrowser(shop, "");
        String found = seenByBrowser(shop, "q=GDPR");

        assertThat(shown(whole, "article"))
                .containsExactly(
                        "shop.contact", "shop.contact_by_email", "shop.orders", "type shop.address", "type shop.place");
        assertThat(whole).contains("class=\"uses\"").contains("class=\"of\"");
        assertThat(shown(found, "article")).containsExactly("shop.contact");
        assertThat(found).contains(">1 match</output>");
    }

    @Test
    void a_browser_runs_nothing_of_a_hostile_dictionary() throws Exception {
        String seen = seenByBrowser(Dictionaries.hostile(), "q=" + URLEncoder.encode("alert(1)", UTF_8));

        assertThat(HtmlChecks.harm(
                        seen.replaceAll("(?s)<svg class=\"edges.*?</svg>", "").strip()))
                .isEmpty();
        assertThat(seen).containsPattern(">\\d+ match(es)?</output>");
    }

    private static List<String> shown(String html, String tag) {
        return Pattern.compile("<" + tag + " id=\"([^\"]*)\"([^>]*)>")
                .matcher(html)
                .results()
                .filter(match -> !match.group(2).contains("hidden"))
                .map(match -> match.group(1))
                .toList();
    }

    private String seenByBrowser(DataDictionary dictionary, String fragment) throws IOException, InterruptedException {
        Browser browser = Browser.find(directory);
        Path page = dictionary.write(directory.resolve("dictionary.html"));
        return browser.elements(page.toUri() + "#" + fragment);
    }
}
