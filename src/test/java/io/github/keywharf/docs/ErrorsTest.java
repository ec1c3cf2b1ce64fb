package io.github.keywharf.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.KeywharfException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    private static final Pattern LISTED = Pattern.compile("\\| ((?:`[a-z_0-9.]+`(?:, )?)+) \\|.*");
    private static final Pattern LITERAL = Pattern.compile("\"([a-z]+\\.[a-z_0-9]+)\"");
    private static final Pattern AREA = Pattern.compile("area \\+ \"(\\.[a-z_]+)\"");
    private static final List<String> AREAS = List.of("aws", "secret", "store");

    /** Literals of the form of a code that are something else: a property of a Delta table, and pages. */
    private static final Pattern OTHERS = Pattern.compile("delta\\.invariants|[a-z]+\\.html");

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
    void each_code_of_the_source_is_listed_and_each_listed_one_is_in_the_source() throws IOException {
        Set<String> listed = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("docs/reference/errors.md"))) {
            Matcher row = LISTED.matcher(line);
            if (row.matches()) {
                CODE.matcher(row.group(1)).results().forEach(code -> listed.add(code.group(1)));
            }
        }
        Set<String> kinds = new TreeSet<>();
        listed.forEach(code -> kinds.add(kind(code)));
        Set<String> inSource = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file :
                    files.filter(name -> name.toString().endsWith(".java")).toList()) {
                String source = Files.readString(file).replaceAll("(?s)/\\*\\*.*?\\*/", "");
                LITERAL.matcher(source)
                        .results()
                        .map(literal -> literal.group(1))
                        .filter(code -> kinds.contains(kind(code))
                                && !OTHERS.matcher(code).matches())
                        .forEach(inSource::add);
                // What several services of AWS answer has the same code in each area.
                AREA.matcher(source).results().forEach(end -> AREAS.forEach(area -> inSource.add(area + end.group(1))));
            }
        }

        assertThat(inSource).hasSizeGreaterThan(300);
        assertThat(listed).as("the page").containsAll(inSource);
        assertThat(inSource).as("the source").containsAll(listed);
    }

    private static String kind(String code) {
        return code.substring(0, code.indexOf('.'));
    }
}
