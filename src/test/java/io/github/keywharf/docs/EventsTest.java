package io.github.keywharf.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.event.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps the page of events and the calls that report them together. */
class EventsTest {
    private static final Pattern ROW =
            Pattern.compile("\\| `([a-z0-9_.]+)` \\| ([A-Z]+(?: or [A-Z]+)?) \\| ([^|]*)\\|.*\\|");
    private static final Pattern CODE = Pattern.compile("`([a-z_0-9]+)`");
    private static final Pattern CALL = Pattern.compile(
            "\\.(debug|info|warning|error|report)\\(\\s*(?:([^,;]*Level[^,;]*),\\s*)?(?:\"([a-z0-9_]+(?:\\.[a-z0-9_]+)+)\"|(?:(\\w+)\\.)?([A-Z][A-Z_]+))\\s*,");
    private static final Pattern CONSTANT = Pattern.compile("String ([A-Z_]+) =\\s*\"([a-z0-9_]+(?:\\.[a-z0-9_]+)+)\"");
    private static final Pattern LEVEL = Pattern.compile("Level\\.([A-Z]+)");
    private static final Pattern FACT = Pattern.compile("Fact\\.(?:count|bytes|time)\\(\\s*\"([a-z_0-9]+)\"");
    private static final Pattern FACT_VARIABLE =
            Pattern.compile("Fact (\\w+) = Fact\\.(?:count|bytes|time)\\(\\s*\"([a-z_0-9]+)\"");

    private record Documented(String level, Set<String> facts) {}

    private static Map<String, Documented> listed() throws IOException {
        Map<String, Documented> events = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("docs/reference/events.md"))) {
            found(ROW, line).forEach(row -> {
                Set<String> facts =
                        found(CODE, row.group(3)).map(code -> code.group(1)).collect(Collectors.toSet());
                assertThat(events.put(row.group(1), new Documented(row.group(2), facts)))
                        .as(row.group(1) + " is listed once")
                        .isNull();
            });
        }
        return events;
    }

    private static Map<String, Documented> reported() throws IOException {
        Map<String, String> sources = new TreeMap<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file :
                    files.filter(name -> name.toString().endsWith(".java")).toList()) {
                sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
            }
        }
        Map<String, String> constants = new HashMap<>();
        sources.forEach((type, source) -> found(CONSTANT, source)
                .forEach(constant -> constants.put(type + "." + constant.group(1), constant.group(2))));
        Map<String, Documented> events = new TreeMap<>();
        sources.forEach((type, source) -> found(CALL, source).forEach(call -> {
            String constant = (call.group(4) == null ? type : call.group(4)) + "." + call.group(5);
            String name = call.group(3) != null ? call.group(3) : constants.get(constant);
            if (name != null) {
                String level = call.group(1).equals("report")
                        ? found(LEVEL, call.group(2))
                                .map(one -> one.group(1))
                                .sorted(java.util.Comparator.comparing(List.of("INFO", "WARNING", "ERROR")::indexOf))
                                .collect(Collectors.joining(" or "))
                        : call.group(1).toUpperCase(java.util.Locale.ROOT);
                events.merge(
                        name, new Documented(level, facts(source, arguments(source, call.end()))), (one, other) -> {
                            assertThat(other).as(name).isEqualTo(one);
                            return one;
                        });
            }
        }));
        return events;
    }

    /** The text up to the end of a call's arguments. */
    private static String arguments(String source, int from) {
        int depth = 1;
        int end = from;
        boolean quoted = false;
        for (; depth > 0; end++) {
            char c = source.charAt(end);
            if (c == '"' && source.charAt(end - 1) != '\\') {
                quoted = !quoted;
            } else if (!quoted) {
                depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            }
        }
        return source.substring(from, end);
    }

    private static Set<String> facts(String source, String arguments) {
        Set<String> facts = new TreeSet<>();
        found(FACT, arguments).forEach(fact -> facts.add(fact.group(1)));
        found(FACT_VARIABLE, source)
                .filter(fact -> arguments.matches("(?s).*,\\s*" + fact.group(1) + "\\s*[,)].*"))
                .forEach(fact -> facts.add(fact.group(2)));
        return facts;
    }

    private static Stream<MatchResult> found(Pattern pattern, String text) {
        return pattern.matcher(text).results();
    }

    @Test
    void each_event_is_listed_with_its_level_and_facts_and_no_other_is() throws IOException {
        Map<String, Documented> listed = listed();

        assertThat(listed.remove(Progress.NAME)).isNotNull();
        assertThat(reported()).hasSizeGreaterThan(50).containsExactlyEntriesOf(listed);
    }

    @Test
    void events_are_made_by_the_methods_of_the_listener_alone() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file :
                    files.filter(name -> name.toString().endsWith(".java")).toList()) {
                assertThat(Files.readString(file).contains("Event.of("))
                        .as(file.toString())
                        .isEqualTo(file.endsWith("EventListener.java"));
            }
        }
    }
}
