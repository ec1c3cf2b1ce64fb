package io.github.keywharf.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
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
        Path index = docs.resolve("README.md");
        List<Path> listed = Files.exists(index) ? targets(index) : List.of();
        return Markdown.pages(root).stream()
                .filter(page -> page.startsWith(docs) && !page.equals(index) && !listed.contains(page))
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
