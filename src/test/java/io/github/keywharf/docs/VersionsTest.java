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
import org.junit.jupiter.api.Test;

/** The versions that the texts give for other libraries are those that the build tests with. */
class VersionsTest {
    private static final Path ROOT = Path.of("").toAbsolutePath();
    private static final Pattern ELEMENTS = Pattern.compile(
            "<groupId>([^<]+)</groupId>\\s*<artifactId>([^<]+)</artifactId>\\s*<version>([^<]+)</version>");
    private static final Pattern COORDINATES =
            Pattern.compile("\\b([a-z0-9]+(?:\\.[a-z0-9]+)+):([a-z][a-z0-9._-]+):([0-9][0-9A-Za-z.-]*[0-9A-Za-z])");
    private static final Pattern PROPERTY = Pattern.compile("<([a-z0-9.-]+\\.version)>([^<]+)</\\1>");

    @Test
    void texts_give_the_versions_of_the_build() throws Exception {
        String pom = Files.readString(ROOT.resolve("pom.xml"));
        Map<String, String> properties = new HashMap<>();
        PROPERTY.matcher(pom).results().forEach(found -> properties.put("${" + found.group(1) + "}", found.group(2)));
        Map<String, String> built = new HashMap<>();
        ELEMENTS.matcher(pom)
                .results()
                .forEach(found -> built.put(name(found), properties.getOrDefault(found.group(3), found.group(3))));

        List<String> wrong = new ArrayList<>();
        List<String> checked = new ArrayList<>();
        for (Path page : Markdown.pages(ROOT)) {
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

    private static String name(MatchResult found) {
        return found.group(1) + ":" + found.group(2);
    }
}
