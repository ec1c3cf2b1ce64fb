package io.github.keywharf.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Refuses words that read as translated in docs, examples, Javadoc and messages. CONTRIBUTING.md has what to write instead. */
class WordsTest {
    private static final Pattern REFUSED =
            Pattern.compile("(?i)\\b(tells?|told|anew|lawful|mishaps?|in vain|now and then|at once|gets? in|welcome"
                    + "|(?<!there )(?<!where )(?<!if )(?:is|are) no (?!longer|more|other|faster)\\w+)\\b");
    private static final Pattern TEXT =
            Pattern.compile("/\\*[\\s\\S]*?\\*/|//[^\\n]*|\"\"\"[\\s\\S]*?\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\"");

    @Test
    void docs_examples_javadoc_and_messages_use_plain_words() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path page : Markdown.pages(Path.of(""))) {
            if (!page.endsWith("CONTRIBUTING.md")) {
                found.addAll(refused(page.toString(), Files.readString(page)));
            }
        }
        for (String root : List.of("src/main/java", "examples")) {
            try (Stream<Path> files = Files.walk(Path.of(root))) {
                for (Path file :
                        files.filter(file -> file.toString().endsWith(".java")).toList()) {
                    for (Matcher text = TEXT.matcher(Files.readString(file)); text.find(); ) {
                        found.addAll(refused(file.toString(), text.group()));
                    }
                }
            }
        }

        assertThat(found).isEmpty();
    }

    @Test
    void a_refused_word_is_found_also_across_lines() {
        assertThat(refused("a", "The listener is\n     * told once."))
                .containsExactly("a: told in 'The listener is told once.'");
        assertThat(refused("a", "The text is no date, and there is no file.")).hasSize(1);
        assertThat(refused("a", "It is no longer there; the listener is called again."))
                .isEmpty();
    }

    private static List<String> refused(String name, String text) {
        String line = text.replaceAll("\\s*\\n[\\s*]*", " ");
        return REFUSED.matcher(line)
                .results()
                .map(word -> name + ": " + word.group() + " in '"
                        + line.substring(Math.max(0, word.start() - 30), Math.min(line.length(), word.end() + 30))
                        + "'")
                .toList();
    }
}
