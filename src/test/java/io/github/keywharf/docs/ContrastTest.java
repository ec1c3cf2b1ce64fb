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
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Computes how well the colours of our pages can be read, as WCAG 2.2 defines it: 4.5 for text, 3 for shapes. */
class ContrastTest {
    private static final Pattern BLOCK = Pattern.compile("\\{([^{}]*--ink:[^{}]*)}");
    private static final Pattern COLOUR = Pattern.compile("--([a-z0-9-]+): *(#[0-9a-f]{3}(?:[0-9a-f]{3})?)\\b");

    @Test
    void the_dictionary_can_be_read_in_light_dark_and_print() throws IOException {
        String css = Files.readString(Path.of("src/main/resources/io/github/keywharf/dictionary/page.css"));

        assertThat(tooFaint(css, 4.5, """
                        ink on ground, sheet, raised, line, note, hit
                        soft on ground, sheet, raised, line, note
                        faint on ground, sheet, raised
                        pk on pk-soft, raised
                        ck on ck-soft, raised
                        st on st-soft
                        view on view-soft, sheet, ground
                        type on type-soft, sheet, raised""")).isEmpty();
        assertThat(tooFaint(css, 3, "accent on ground, sheet, raised")).isEmpty();
        assertThat(css.lines().filter(line -> line.matches(".*[^-]opacity: *0?\\.[1-9].*")))
                .as("only lines of the diagram are see-through")
                .allMatch(line -> line.startsWith(".edges"));
    }

    @Test
    void the_page_of_the_quickstart_can_be_read_in_light_and_dark() throws IOException {
        String css = Files.readString(Path.of("examples/quickstart/PageStyle.java"));

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
        String css = Files.readString(Path.of("src/main/resources/io/github/keywharf/batch/statistics.css"));

        assertThat(tooFaint(css, 4.5, """
                        ink on page, card, head
                        soft on page, card
                        bad on page, card
                        accent on card""")).isEmpty();
    }

    @Test
    void the_page_of_usage_can_be_read_in_light_and_dark() throws IOException {
        String css = Files.readString(Path.of("src/main/resources/io/github/keywharf/sharing/usage/usage.css"));

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
        assertThat(tooFaint("a { --ink: #777; --page: #fff; } b { --ink: #767676; }", 4.5, "ink on page"))
                .containsExactly("block 1: ink #777 on page #fff has 4.48");
    }

    /** Each pair below the least contrast, in each block that gives colours; the first has those that others lack. */
    private static List<String> tooFaint(String css, double least, String pairs) {
        List<String> faults = new ArrayList<>();
        List<Map<String, String>> blocks = BLOCK.matcher(css)
                .results()
                .map(block -> colours(block.group(1)))
                .toList();
        for (int b = 0; b < blocks.size(); b++) {
            Map<String, String> colours = new HashMap<>(blocks.get(0));
            colours.putAll(blocks.get(b));
            for (String line : pairs.lines().toList()) {
                String text = line.substring(0, line.indexOf(" on "));
                for (String ground : line.substring(line.indexOf(" on ") + 4).split(", ", -1)) {
                    double contrast = contrast(colours.get(text), colours.get(ground));
                    if (contrast < least) {
                        faults.add(String.format(
                                Locale.ROOT,
                                "block %d: %s %s on %s %s has %.2f",
                                b + 1,
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

    private static Map<String, String> colours(String block) {
        Map<String, String> colours = new HashMap<>();
        for (MatchResult colour : COLOUR.matcher(block).results().toList()) {
            colours.put(colour.group(1), colour.group(2));
        }
        return colours;
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
