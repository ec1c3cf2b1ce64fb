package io.github.keywharf.dictionary;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.internal.PageData;
import io.github.keywharf.testing.Browser;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlDictionaryTest {
    @TempDir
    Path directory;

    @Test
    void the_page_contains_the_dictionary_that_it_shows() {
        assertThat(DataDictionary.parse(PageData.of(Dictionaries.shop().toHtml())))
                .isEqualTo(Dictionaries.shop());
        assertThat(DataDictionary.parse(PageData.of(Dictionaries.hostile().toHtml())))
                .isEqualTo(Dictionaries.hostile());
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
    void the_diagram_stands_types_left_of_tables_left_of_views() throws Exception {
        assertThat(layers(seenByBrowser(Dictionaries.shop(), "")))
                .containsExactly(
                        List.of("type shop.place"),
                        List.of("type shop.address"),
                        List.of("shop.orders"),
                        List.of("shop.contact"),
                        List.of("shop.contact_by_email"));
    }

    @Test
    void a_type_that_many_tables_use_makes_no_heap_of_them() throws Exception {
        assertThat(layers(seenByBrowser(Dictionaries.ofTables(50), ""))).isEmpty();
        assertThat(layers(seenByBrowser(Dictionaries.ofTables(5), "")))
                .extracting(List::size)
                .containsExactly(1, 5);
    }

    @Test
    void types_that_use_each_other_end() throws Exception {
        DictionaryType a = new DictionaryType("k", "a", List.of(new DictionaryType.Field("b", "frozen<b>")));
        DictionaryType b = new DictionaryType("k", "b", List.of(new DictionaryType.Field("a", "frozen<a>")));

        assertThat(shown(
                        seenByBrowser(Dictionaries.of(Dictionaries.keyspace("k", List.of(), List.of(a, b))), ""),
                        "article"))
                .containsExactly("type k.a", "type k.b");
    }

    @Test
    void types_that_use_each_other_many_times_over_cost_no_more() throws Exception {
        List<DictionaryType> types = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            List<DictionaryType.Field> fields = new ArrayList<>();
            for (int part = 0; part < i; part++) {
                fields.add(new DictionaryType.Field("f" + part, "frozen<t" + part + ">"));
            }
            types.add(new DictionaryType("k", "t" + i, fields));
        }

        assertThat(layers(seenByBrowser(Dictionaries.of(Dictionaries.keyspace("k", List.of(), types)), "")))
                .hasSize(7);
    }

    @Test
    void the_rights_of_a_superuser_are_not_listed_one_by_one() throws Exception {
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

        assertThat(seenByBrowser(dictionary, ""))
                .doesNotContain(">ALTER<")
                .contains(">SELECT<", ">MODIFY<", "superuser, may do everything");
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
    void keyspaces_may_have_the_names_of_parts_of_the_page() throws Exception {
        DictionaryKeyspace[] keyspaces = Stream.of("data", "main", "nothing", "page")
                .map(name -> Dictionaries.keyspace(
                        name,
                        List.of(Dictionaries.table(name, "t", "", Dictionaries.partition("id", "int"))),
                        List.of()))
                .toArray(DictionaryKeyspace[]::new);

        String seen = seenByBrowser(Dictionaries.of(keyspaces), "q=int");

        assertThat(Pattern.compile("<section class=\"keyspace\" id=\"(\\w+)\">")
                        .matcher(seen)
                        .results())
                .extracting(match -> match.group(1))
                .containsExactly("data", "main", "nothing", "page");
        assertThat(seen).contains(">4 matches</output>");
    }

    @Test
    void a_browser_runs_nothing_of_a_hostile_dictionary() throws Exception {
        String seen = seenByBrowser(Dictionaries.hostile(), "q=" + URLEncoder.encode("alert(1)", UTF_8));

        assertThat(HtmlChecks.harm(
                        seen.replaceAll("(?s)<svg class=\"edges.*?</svg>", "").strip()))
                .isEmpty();
        assertThat(seen)
                .containsPattern(">\\d+ match(es)?</output>")
                .contains("<h1 id=\"cluster\">&lt;/script&gt;&lt;script&gt;alert(1)");
    }

    /** The cards of each layer of the diagram, in their order. */
    private static List<List<String>> layers(String html) {
        return Pattern.compile("<div class=\"layer\">(.*?)</div>", Pattern.DOTALL)
                .matcher(html)
                .results()
                .map(layer -> Pattern.compile("data-of=\"([^\"]*)\"")
                        .matcher(layer.group(1))
                        .results()
                        .map(card -> card.group(1))
                        .toList())
                .toList();
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
