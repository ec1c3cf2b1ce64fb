package io.github.keywharf.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keeps the links between the project's texts whole. */
class LinksTest {
    private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]+)[^)]*\\)");
    private static final Pattern ELSEWHERE = Pattern.compile("[a-z]+:.*");

    @TempDir
    Path scratch;

    @Test
    void each_link_leads_somewhere() throws IOException {
        assertThat(brokenLinks(Path.of("").toAbsolutePath())).isEmpty();
    }

    @Test
    void each_page_is_linked_from_the_index() throws IOException {
        assertThat(unlistedPages(Path.of("").toAbsolutePath())).isEmpty();
    }

    @Test
    void a_link_to_nowhere_and_a_page_that_is_not_listed_are_found() throws IOException {
        Path docs = Files.createDirectories(scratch.resolve("docs/how-to")).getParent();
        Files.writeString(
                scratch.resolve("README.md"), "[docs](docs/README.md#top) [away](https://localhost/x) [no](no.md)");
        Files.writeString(docs.resolve("README.md"), "[one](how-to/one.md)");
        Files.writeString(docs.resolve("how-to/one.md"), "[up](../README.md)");
        Files.writeString(docs.resolve("how-to/two.md"), "");

        assertThat(brokenLinks(scratch)).containsExactly("README.md -> no.md");
        assertThat(unlistedPages(scratch)).containsExactly(Path.of("docs/how-to/two.md"));
    }

    @Test
    void first_pages_stay_short() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        String readme = Files.readString(root.resolve("README.md"));

        assertThat(readme.strip().split("\\s+")).as("words of README.md").hasSizeLessThanOrEqualTo(700);
        assertThat(Files.readAllLines(root.resolve("docs/README.md")))
                .as("lines of the index")
                .hasSizeLessThanOrEqualTo(45);
        assertThat(Files.readAllLines(root.resolve("CHANGELOG.md")))
                .as("lines of the changelog, two screens")
                .hasSizeLessThanOrEqualTo(80);
        assertThat(Files.readAllLines(root.resolve("pom.xml")))
                .as("lines of the build")
                .hasSizeLessThanOrEqualTo(900);
        assertThat(Files.readString(root.resolve("CONTRIBUTING.md"))
                        .split("\\| to \\| run \\|\n\\|---\\|---\\|\n")[1]
                        .lines()
                        .takeWhile(line -> line.startsWith("|")))
                .as("commands in CONTRIBUTING.md")
                .hasSizeBetween(1, 12);
    }

    @Test
    void the_tests_that_the_readme_names_exist() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        Set<String> classes;
        try (Stream<Path> files = Files.walk(root.resolve("src/test/java"))) {
            classes = files.map(file -> file.getFileName().toString().replace(".java", ""))
                    .collect(Collectors.toSet());
        }
        List<String> named = Pattern.compile("`(\\w+(?:Test|IT))`")
                .matcher(Files.readString(root.resolve("README.md")))
                .results()
                .map(name -> name.group(1))
                .toList();

        assertThat(named).hasSizeGreaterThan(5).isSubsetOf(classes);
    }

    private static List<String> brokenLinks(Path root) throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path page : Markdown.pages(root)) {
            for (Path target : targets(page)) {
                if (!Files.exists(target)) {
                    broken.add(root.relativize(page) + " -> " + page.getParent().relativize(target));
                }
            }
        }
        return broken;
    }

    private static List<Path> unlistedPages(Path root) throws IOException {
        Path docs = root.resolve("docs");
        List<Path> listed = new ArrayList<>();
        // The index, and the index of a folder where it names one.
        for (Path index : List.of(docs.resolve("README.md"), docs.resolve("decisions/README.md"))) {
            listed.addAll(Files.exists(index) ? targets(index) : List.of());
        }
        return Markdown.pages(root).stream()
                .filter(page ->
                        page.startsWith(docs) && !page.equals(docs.resolve("README.md")) && !listed.contains(page))
                .map(root::relativize)
                .toList();
    }

    private static List<Path> targets(Path page) throws IOException {
        try (Stream<String> lines = Files.lines(page)) {
            return lines.flatMap(line -> LINK.matcher(line).results())
                    .map(link -> link.group(1))
                    .filter(link -> !ELSEWHERE.matcher(link).matches())
                    .map(link -> page.resolveSibling(link).normalize())
                    .toList();
        }
    }
}
