package io.github.keywharf.dictionary;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywharf.internal.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A dictionary as one page. Its policy lets the browser load nothing, and run and apply only the one script and the one style
 * sheet whose hashes it names, so that no name or note could do harm even if it were not escaped.
 */
final class HtmlDictionary {
    private static final String STYLE = resource("page.css");
    private static final String SCRIPT = resource("page.js");
    private static final String POLICY = "default-src 'none'; style-src '" + Sha256.forPolicy(STYLE) + "'; script-src '"
            + Sha256.forPolicy(SCRIPT) + "'; base-uri 'none'; form-action 'none'";

    private static final DateTimeFormatter READ = DateTimeFormatter.ofPattern(
                    "d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final DataDictionary dictionary;
    private final HtmlText page = new HtmlText();
    private final HtmlKeyspaces keyspaces;

    private HtmlDictionary(DataDictionary dictionary) {
        this.dictionary = dictionary;
        this.keyspaces = new HtmlKeyspaces(page, dictionary.notesByPath());
    }

    static String render(DataDictionary dictionary) {
        return new HtmlDictionary(dictionary).whole();
    }

    private String whole() {
        page.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .raw("<meta http-equiv=\"Content-Security-Policy\"")
                .attribute("content", POLICY)
                .raw(">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .raw("<meta name=\"color-scheme\" content=\"light dark\">\n")
                .raw("<meta name=\"referrer\" content=\"no-referrer\">\n<title>Data dictionary of ")
                .text(dictionary.cluster())
                .raw("</title>\n<style>")
                .raw(STYLE)
                .raw("</style>\n</head>\n<body>\n");
        top();
        page.raw("<div class=\"body\">\n");
        navigation();
        page.raw("<main id=\"main\">\n");
        intro();
        dictionary.keyspaces().forEach(keyspaces::section);
        rights();
        strayNotes();
        page.raw("<p id=\"nothing\" hidden>Nothing here has all of these words.</p>\n</main>\n</div>\n<script>")
                .raw(SCRIPT)
                .raw("</script>\n</body>\n</html>\n");
        return page.toString();
    }

    private void top() {
        page.raw("<a class=\"skip\" href=\"#main\">To the tables</a>\n<header class=\"top\">\n<div class=\"brand\">")
                .raw("<h1>")
                .text(dictionary.cluster())
                .raw("</h1><span>Data dictionary</span></div>\n")
                .raw("<div class=\"search\" role=\"search\"><input id=\"find\" type=\"search\" hidden ")
                .raw("placeholder=\"Search tables, columns, types, notes\" aria-label=\"Search the dictionary\" ")
                .raw("autocomplete=\"off\" spellcheck=\"false\" maxlength=\"200\"><kbd id=\"slash\" hidden>/</kbd>")
                .raw("<output id=\"found\" for=\"find\" aria-live=\"polite\"></output></div>\n")
                .raw("<button id=\"theme\" type=\"button\" hidden></button>\n</header>\n");
    }

    private void navigation() {
        page.raw("<nav aria-label=\"Keyspaces and tables\"><details id=\"menu\" open><summary>Keyspaces and tables")
                .raw("</summary>\n");
        for (DictionaryKeyspace keyspace : dictionary.keyspaces()) {
            page.raw("<div class=\"tree\"><h2>")
                    .link("", keyspace.name(), keyspace.name())
                    .raw("<span class=\"n\">")
                    .text(String.valueOf(keyspace.tables().size()))
                    .raw("</span></h2><ul>\n");
            for (DictionaryTable table : keyspace.tables()) {
                page.raw("<li").attribute("data-of", table.path()).raw(">");
                page.link(table.isView() ? "view" : "table", table.path(), table.name())
                        .raw("</li>\n");
            }
            page.raw("</ul></div>\n");
        }
        page.raw("</details></nav>\n");
    }

    private void intro() {
        page.raw("<section class=\"intro\"><p class=\"sum\">");
        String[] parts = dictionary.summary().split(", ");
        for (String part : parts) {
            int space = part.indexOf(' ');
            page.raw("<span><b>").text(part.substring(0, space)).raw("</b> ").text(part.substring(space + 1));
            page.raw("</span>");
        }
        page.raw("</p><p class=\"when\">Read ").text(READ.format(dictionary.read()));
        if (!dictionary.version().isEmpty()) {
            page.raw(" from Apache Cassandra ").text(dictionary.version());
        }
        page.raw("</p>");
        if (dictionary.scope().kind() != DictionaryScope.Kind.ALL) {
            page.raw("<p class=\"scope\">This page shows ")
                    .text(dictionary.scope().toString())
                    .raw(".</p>");
        }
        page.raw("<p class=\"legend\"><span class=\"key pk\">partition key</span>")
                .raw("<span class=\"key ck\">clustering, in order</span><span class=\"key st\">static</span>")
                .raw(
                        "<span class=\"line viewed\">is a view of</span><span class=\"line using\">uses the type</span></p>")
                .raw("</section>\n");
    }

    private void rights() {
        if (dictionary.roles().isEmpty() && dictionary.grants().isEmpty()) {
            return;
        }
        page.raw("<section class=\"rights\" id=\"rights\"><h2>Roles and rights</h2><table><thead><tr><th>Role</th>")
                .raw("<th>May</th><th>On</th></tr></thead><tbody>\n");
        Map<String, List<DictionaryGrant>> grants = dictionary.grants().stream()
                .collect(Collectors.groupingBy(DictionaryGrant::role, LinkedHashMap::new, Collectors.toList()));
        for (DictionaryRole role : dictionary.roles()) {
            page.raw("<tr data-row><th scope=\"row\">").text(role.name()).raw("</th><td colspan=\"2\">");
            chips(
                    role.superuser() ? "superuser, may do everything" : "",
                    role.login() ? "may log in" : "",
                    role.memberOf()
                            .filter(roles -> !roles.isEmpty())
                            .map(roles -> "member of " + String.join(", ", roles))
                            .orElse(""));
            page.raw("</td></tr>\n");
            List<DictionaryGrant> own = grants.remove(role.name());
            // A superuser has a right on each table that it made, and needs none.
            if (own != null && !role.superuser()) {
                own.forEach(this::grant);
            }
        }
        grants.values().forEach(others -> others.forEach(this::grant));
        page.raw("</tbody></table></section>\n");
    }

    private void grant(DictionaryGrant grant) {
        page.raw("<tr data-row class=\"grant\"><td>").text(grant.role()).raw("</td><td>");
        page.text(String.join(", ", grant.permissions()))
                .raw("</td><td>")
                .text(grant.resource())
                .raw("</td></tr>\n");
    }

    private void chips(String... chips) {
        for (String chip : chips) {
            if (!chip.isEmpty()) {
                page.element("span", "chip", chip);
            }
        }
    }

    private void strayNotes() {
        List<DictionaryNote> stray = dictionary.strayNotes();
        if (stray.isEmpty()) {
            return;
        }
        page.raw("<section class=\"rights\" id=\"stray\"><h2>Notes about what is not here</h2><table><thead><tr>")
                .raw("<th>About</th><th>Note</th><th>By</th></tr></thead><tbody>\n");
        for (DictionaryNote note : stray) {
            page.raw("<tr data-row><th scope=\"row\">").text(note.path()).raw("</th><td class=\"pre\">");
            page.lines(note.text()).raw("</td><td>").text(note.by()).raw("</td></tr>\n");
        }
        page.raw("</tbody></table></section>\n");
    }

    private static String resource(String name) {
        try (InputStream in = HtmlDictionary.class.getResourceAsStream(name)) {
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
