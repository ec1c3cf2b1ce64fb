package io.github.keywharf.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.KeywharfException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps the page of errors and the code together. */
class ErrorsTest {
    private static final Pattern ROW = Pattern.compile("\\| (`[^|]*`) \\| [^|]* \\| ?(.*)\\|");
    private static final Pattern CODE = Pattern.compile("`([a-z]+\\.[a-z_0-9]+)`");
    private static final Pattern THROWN = Pattern.compile("new KeywharfException\\(\\s*\"([a-z]+\\.[a-z_0-9]+)\",");

    /** What the page says of each code: whether the same call may succeed later. */
    private static Map<String, Boolean> listed() throws IOException {
        Map<String, Boolean> codes = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("docs/reference/errors.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                Matcher code = CODE.matcher(row.group(1));
                while (code.find()) {
                    boolean again = row.group(2).matches("(again|wait)\\b.*");
                    assertThat(codes.put(code.group(1), again))
                            .as(code.group(1))
                            .isIn(null, again);
                }
            }
        }
        return codes;
    }

    @Test
    void the_page_and_the_method_agree_on_what_may_be_repeated() throws IOException {
        Map<String, Boolean> listed = listed();

        assertThat(listed).hasSizeGreaterThan(200).containsValues(true, false);
        listed.forEach((code, again) -> assertThat(new KeywharfException(code, "it", "failed").retryable())
                .as(code)
                .isEqualTo(again));
    }

    @Test
    void each_code_that_is_thrown_is_listed() throws IOException {
        Set<String> thrown = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file :
                    files.filter(name -> name.toString().endsWith(".java")).toList()) {
                Matcher code = THROWN.matcher(Files.readString(file));
                while (code.find()) {
                    thrown.add(code.group(1));
                }
            }
        }
        thrown.add(KeywharfException.INTERRUPTED);

        assertThat(thrown).hasSizeGreaterThan(100);
        assertThat(listed()).containsKeys(thrown.toArray(String[]::new));
    }
}
