package io.github.keywharf.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The versions that the texts and the messages of the library give for others are those that the build tests with. */
class VersionsTest {
    private static final Path ROOT = Path.of("").toAbsolutePath();
    private static final Pattern ELEMENTS = Pattern.compile(
            "<groupId>([^<]+)</groupId>\\s*<artifactId>([^<]+)</artifactId>\\s*<version>([^<]+)</version>");
    private static final Pattern COORDINATES =
            Pattern.compile("\\b([a-z0-9]+(?:\\.[a-z0-9]+)+):([a-z][a-z0-9._-]+):([0-9][0-9A-Za-z.-]*[0-9A-Za-z])");
    private static final Pattern WITHOUT_VERSION = Pattern.compile("\"[a-z0-9]+(?:\\.[a-z0-9]+)+:[a-z][a-z0-9._-]+\"");
    private static final Pattern PROPERTY = Pattern.compile("<([a-z0-9.-]+\\.version)>([^<]+)</\\1>");

    @Test
    void texts_and_messages_give_the_versions_of_the_build() throws Exception {
        String pom = Files.readString(ROOT.resolve("src/build/class-paths/s3/pom.xml"))
                + Files.readString(ROOT.resolve("pom.xml"));
        Map<String, String> properties = new HashMap<>();
        PROPERTY.matcher(pom).results().forEach(found -> properties.put("${" + found.group(1) + "}", found.group(2)));
        Map<String, String> built = new HashMap<>();
        ELEMENTS.matcher(pom)
                .results()
                .forEach(found -> built.put(name(found), properties.getOrDefault(found.group(3), found.group(3))));

        List<String> wrong = new ArrayList<>();
        List<String> checked = new ArrayList<>();
        List<Path> pages = new ArrayList<>(Markdown.pages(ROOT));
        try (Stream<Path> sources = Files.walk(ROOT.resolve("src/main/java"))) {
            sources.filter(file -> file.toString().endsWith(".java")).forEach(pages::add);
        }
        for (Path page : pages) {
            String text = Files.readString(page);
            for (Pattern pattern : List.of(ELEMENTS, COORDINATES)) {
                pattern.matcher(text).results().forEach(found -> {
                    String own = built.get(name(found));
                    String version = own == null ? built.get(found.group(1) + ":bom") : own;
                    if (version != null) {
                        checked.add(name(found));
                    }
                    if (version != null && !found.group(3).equals(version)) {
                        wrong.add(ROOT.relativize(page) + " says " + found.group() + ", not " + version);
                    }
                });
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(checked)
                .contains("org.postgresql:postgresql", "org.duckdb:duckdb_jdbc", "software.amazon.awssdk:sts");
    }

    @Test
    void messages_about_missing_libraries_give_versions() throws Exception {
        List<String> without = new ArrayList<>();
        try (Stream<Path> sources = Files.walk(ROOT.resolve("src/main/java"))) {
            for (Path file :
                    sources.filter(path -> path.toString().endsWith(".java")).toList()) {
                String text = Files.readString(file);
                if (text.contains("MissingLibrary")) {
                    WITHOUT_VERSION.matcher(text).results().forEach(found -> without.add(file + " " + found.group()));
                }
            }
        }
        assertThat(without).isEmpty();
    }

    private static String name(MatchResult found) {
        return found.group(1) + ":" + found.group(2);
    }
}
