package io.github.keywharf.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps the page of errors and the code together. */
class ErrorsTest {
    private static final Pattern LISTED = Pattern.compile("\\| ((?:`[a-z_0-9.]+`(?:, )?)+) \\|.*");
    private static final Pattern LITERAL = Pattern.compile("\"([a-z]+\\.[a-z_0-9]+)\"");
    private static final Pattern AREA = Pattern.compile("area \\+ \"(\\.[a-z_]+)\"");
    private static final List<String> AREAS = List.of("aws", "secret", "store");

    /** Literals of the form of a code that are something else: a property of a Delta table, and pages. */
    private static final Pattern OTHERS = Pattern.compile("delta\\.invariants|[a-z]+\\.html");

    /** Codes that are chosen when the program runs; tests of these classes compare each with the page. */
    private static final Set<String> CHOOSERS = Set.of("FailureKind", "PgErrors", "SalesforceErrors");

    /** What a code may be given to first beside {@code retryable(…)}: comparisons, sets, answers to clients, and choosers. */
    private static final Pattern NO_THROWERS = Pattern.compile("is|equals|of|problem|[A-Z_]+");

    private static final Pattern CONSTANT =
            Pattern.compile("(?<=static final | {4})String (\\w+) =\\s*\"([a-z]+\\.[a-z_0-9]+)\"");
    private static final Pattern CALL = Pattern.compile(
            "(\\w+)\\(\\s*(?:\"(?<literal>[a-z]+\\.[a-z_0-9]+)\"|area \\+ \"(?<end>\\.[a-z_]+)\"|(?:(?<owner>[A-Z]\\w+)\\.)?(?<name>[A-Z][A-Z_0-9]+)\\b)");

    /** The sources by the names of their classes, without Javadoc. */
    private static Map<String, String> sources() throws IOException {
        Map<String, String> sources = new TreeMap<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file :
                    files.filter(name -> name.toString().endsWith(".java")).toList()) {
                String name = file.getFileName().toString().replace(".java", "");
                sources.merge(name, Files.readString(file).replaceAll("(?s)/\\*\\*.*?\\*/", ""), String::concat);
            }
        }
        return sources;
    }

    @Test
    void each_thrower_of_a_code_says_what_the_page_says_of_a_further_try() throws IOException {
        Map<String, Boolean> listed = ErrorsPage.retryable();
        assertThat(listed).hasSizeGreaterThan(200).containsValues(true, false);
        Map<String, String> sources = sources();
        Map<String, String> constants = new TreeMap<>();
        sources.forEach((type, source) -> CONSTANT.matcher(source)
                .results()
                .forEach(constant -> constants.put(type + "." + constant.group(1), constant.group(2))));
        Set<String> thrown = new TreeSet<>();
        List<String> wrong = new ArrayList<>();
        sources.forEach((type, source) -> {
            Matcher call = CALL.matcher(source);
            while (call.find()) {
                String owner = call.group("owner") == null ? type : call.group("owner");
                String code = call.group("literal") != null
                        ? call.group("literal")
                        : call.group("end") != null
                                ? "store" + call.group("end")
                                : constants.getOrDefault(owner + "." + call.group("name"), "");
                boolean again = call.group(1).equals("retryable");
                if (again) {
                    thrown.add(code);
                    // What several services of AWS answer has the same code in each area.
                    Optional.ofNullable(call.group("end"))
                            .ifPresent(end -> AREAS.forEach(area -> thrown.add(area + end)));
                }
                boolean unsaid = !again && !NO_THROWERS.matcher(call.group(1)).matches();
                if (listed.getOrDefault(code, false) ? unsaid : again) {
                    wrong.add(type + ": " + call.group());
                }
            }
            if (CHOOSERS.contains(type)) {
                LITERAL.matcher(source).results().forEach(code -> thrown.add(code.group(1)));
            } else if (!type.equals("KeywharfException")) {
                assertThat(source).as(type).doesNotContain("retryable(code,");
            }
        });

        assertThat(wrong).isEmpty();
        listed.values().removeIf(again -> !again);
        assertThat(thrown).containsAll(listed.keySet());
    }

    @Test
    void each_code_of_the_source_is_listed_and_each_listed_one_is_in_the_source() throws IOException {
        Set<String> listed = new TreeSet<>();
        for (String line : Files.readAllLines(ErrorsPage.PAGE)) {
            Matcher row = LISTED.matcher(line);
            if (row.matches()) {
                ErrorsPage.CODE.matcher(row.group(1)).results().forEach(code -> listed.add(code.group(1)));
            }
        }
        Set<String> kinds = new TreeSet<>();
        listed.forEach(code -> kinds.add(kind(code)));
        Set<String> inSource = new TreeSet<>();
        for (String source : sources().values()) {
            LITERAL.matcher(source)
                    .results()
                    .map(literal -> literal.group(1))
                    .filter(code ->
                            kinds.contains(kind(code)) && !OTHERS.matcher(code).matches())
                    .forEach(inSource::add);
            // What several services of AWS answer has the same code in each area.
            AREA.matcher(source).results().forEach(end -> AREAS.forEach(area -> inSource.add(area + end.group(1))));
        }

        assertThat(inSource).hasSizeGreaterThan(300);
        assertThat(listed).as("the page").containsAll(inSource);
        assertThat(inSource).as("the source").containsAll(listed);
    }

    private static String kind(String code) {
        return code.substring(0, code.indexOf('.'));
    }
}
