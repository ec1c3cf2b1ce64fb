package io.github.keywharf.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Computes how well the colours of our pages can be read, as WCAG 2.2 defines it: 4.5 for text, 3 for shapes. */
class ContrastTest {
    private static final Path LIBRARY = Path.of("src/main/resources/io/github/keywharf");
    private static final String HEX = "(#[0-9a-f]{3}(?:[0-9a-f]{3})?)";
    private static final Pattern COLOUR = Pattern.compile("--([a-z0-9-]+): *light-dark\\(" + HEX + ", *" + HEX + "\\)");

    @Test
    void the_dictionary_can_be_read_in_light_and_dark() throws IOException {
        String css = style(LIBRARY.resolve("dictionary/dictionary.html"));

        assertThat(tooFaint(css, 4.5, """
                        ink on page, card, raised, line, note, hit
                        soft on page, card, raised, line, note
                        faint on page, card, raised
                        accent on page, card
                        pk on pk-soft, raised
                        ck on ck-soft, raised
                        st on st-soft
                        view on view-soft, card, page
                        type on type-soft, card, raised""")).isEmpty();
        assertThat(tooFaint(css, 3, "accent on raised")).isEmpty();
        assertThat(css.lines().filter(line -> line.matches(".*[^-]opacity: *0?\\.[1-9].*")))
                .as("only lines of the diagram are see-through")
                .allMatch(line -> line.startsWith(".edges"));
    }

    @Test
    void the_page_of_the_quickstart_can_be_read_in_light_and_dark() throws IOException {
        String css = style(Path.of("src/test/resources/examples/quickstart/page.html"));

        assertThat(tooFaint(css, 4.5, """
                        ink on page, card, head
                        soft on page, card, head
                        accent on page, card
                        good on card
                        bad on card
                        on-fact on fact-1, fact-2, fact-3""")).isEmpty();
        assertThat(tooFaint(css, 3, """
                        fact-1 on card
                        fact-2 on card
                        fact-3 on card
                        bad on head""")).isEmpty();
    }

    @Test
    void the_page_of_statistics_can_be_read_in_light_and_dark() throws IOException {
        String css = style(LIBRARY.resolve("batch/statistics.html"));

        assertThat(tooFaint(css, 4.5, """
                        ink on page, card, head
                        soft on page, card
                        bad on page, card
                        accent on page, card""")).isEmpty();
    }

    @Test
    void the_page_of_usage_can_be_read_in_light_and_dark() throws IOException {
        String css = style(LIBRARY.resolve("sharing/usage/usage.html"));

        assertThat(tooFaint(css, 4.5, """
                        ink on page, card
                        soft on page, card
                        accent on card""")).isEmpty();
        assertThat(tooFaint(
                        css,
                        3,
                        IntStream.rangeClosed(0, 8)
                                .mapToObj(series -> "s" + series + " on card")
                                .collect(Collectors.joining("\n"))))
                .isEmpty();
    }

    @Test
    void a_faint_colour_is_found() {
        assertThat(tooFaint(
                        ":root { --ink: light-dark(#777, #767676); --page: light-dark(#fff, #fff); }",
                        4.5,
                        "ink on page"))
                .containsExactly("light: ink #777 on page #fff has 4.48");
    }

    /** A page with the style that all pages share. */
    private static String style(Path page) throws IOException {
        return Files.readString(LIBRARY.resolve("internal/page.css")) + Files.readString(page);
    }

    /** Each pair below the least contrast, on a light screen, which is also how a page is printed, and on a dark one. */
    private static List<String> tooFaint(String css, double least, String pairs) {
        List<String> faults = new ArrayList<>();
        for (String scheme : List.of("light", "dark")) {
            Map<String, String> colours = new HashMap<>();
            COLOUR.matcher(css)
                    .results()
                    .forEach(colour -> colours.put(colour.group(1), colour.group(scheme.equals("light") ? 2 : 3)));
            for (String line : pairs.lines().toList()) {
                String text = line.substring(0, line.indexOf(" on "));
                for (String ground : line.substring(line.indexOf(" on ") + 4).split(", ", -1)) {
                    double contrast = contrast(colours.get(text), colours.get(ground));
                    if (contrast < least) {
                        faults.add(String.format(
                                Locale.ROOT,
                                "%s: %s %s on %s %s has %.2f",
                                scheme,
                                text,
                                colours.get(text),
                                ground,
                                colours.get(ground),
                                contrast));
                    }
                }
            }
        }
        return faults;
    }

    private static double contrast(String one, String other) {
        double a = luminance(one);
        double b = luminance(other);
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }

    private static double luminance(String hex) {
        String six = hex.length() == 4 ? hex.substring(1).replaceAll("(.)", "$1$1") : hex.substring(1);
        return 0.2126 * channel(six, 0) + 0.7152 * channel(six, 2) + 0.0722 * channel(six, 4);
    }

    private static double channel(String six, int at) {
        double value = Integer.parseInt(six.substring(at, at + 2), 16) / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    }
}
