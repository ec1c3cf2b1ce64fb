package io.github.keywharf.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keeps the tables of threats honest: each test that they name is there, and is a test. */
class ThreatsTest {
    private static final Pattern NAMED = Pattern.compile("`(\\w+(?:Test|IT))\\.(\\w+)`");
    private static final Path TESTS = Path.of("src/test/java");
    private static final Path PAGES = Path.of("docs/reference");

    @ParameterizedTest
    @ValueSource(strings = {"threats.md", "threats-of-uploads.md"})
    void each_test_that_a_table_of_threats_names_exists(String page) throws IOException {
        List<String> missing = missing(Files.readString(PAGES.resolve(page)));

        assertThat(missing).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"threats.md", "threats-of-uploads.md"})
    void each_threat_names_a_test_or_says_why_there_is_none(String page) throws IOException {
        List<String> rows = Files.readString(PAGES.resolve(page))
                .lines()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| threat "))
                .toList();

        assertThat(rows)
                .hasSizeGreaterThan(25)
                .allMatch(row -> NAMED.matcher(row).find() || row.matches(".*\\| none: \\S.{20,} \\|"));
    }

    @Test
    void a_test_that_is_not_there_is_found() throws IOException {
        assertThat(missing("`ThreatsTest.a_test_that_is_not_there_is_found`, `ThreatsTest.gone`, `ThreatsTest.helper`,"
                        + " `GoneTest.x`"))
                .containsExactly("ThreatsTest.gone", "ThreatsTest.helper", "GoneTest.x");
        helper();
    }

    private static void helper() {
        // Named above: a method that is there and is not a test.
    }

    private static List<String> missing(String page) throws IOException {
        List<String> missing = new ArrayList<>();
        Matcher matcher = NAMED.matcher(page);
        while (matcher.find()) {
            // An empty line is between the methods.
            String marked =
                    "@(?:Test|ParameterizedTest|Property)\\b(?:(?!\\R\\R)[\\s\\S])*?void " + matcher.group(2) + "\\(";
            if (!Pattern.compile(marked).matcher(source(matcher.group(1))).find()) {
                missing.add(matcher.group(1) + "." + matcher.group(2));
            }
        }
        return missing;
    }

    private static String source(String type) throws IOException {
        try (Stream<Path> files = Files.walk(TESTS)) {
            List<Path> found =
                    files.filter(file -> file.endsWith(type + ".java")).collect(Collectors.toList());
            return found.isEmpty() ? "" : Files.readString(found.get(0));
        }
    }
}
