package io.github.keywharf.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps the page of defaults and the code together. */
class DefaultsTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Pattern ROW = Pattern.compile("\\| `([A-Za-z.]+\\.[A-Z_]+)` \\| `([^`]*)` \\|.*");

    /** Values of public constants by their names, as {@code TotesysPipeline.Builder.DEFAULT_NAME}. */
    private static Map<String, String> constants() throws Exception {
        Map<String, String> constants = new TreeMap<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".java"))
                    .filter(each -> !each.endsWith("package-info.java"))
                    .toList()) {
                String name = SOURCES.relativize(file).toString().replace(".java", "");
                add(Class.forName(name.replace(file.getFileSystem().getSeparator(), ".")), constants);
            }
        }
        return constants;
    }

    private static void add(Class<?> type, Map<String, String> constants) throws IllegalAccessException {
        if (!Modifier.isPublic(type.getModifiers())) {
            return;
        }
        for (Field field : type.getDeclaredFields()) {
            if (Modifier.isPublic(field.getModifiers()) && Modifier.isStatic(field.getModifiers())) {
                String name = type.getName().substring(type.getPackageName().length() + 1);
                constants.put(name.replace('$', '.') + "." + field.getName(), String.valueOf(field.get(null)));
            }
        }
        for (Class<?> nested : type.getDeclaredClasses()) {
            add(nested, constants);
        }
    }

    private static Map<String, String> listed() throws Exception {
        Map<String, String> listed = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("docs/reference/defaults.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                assertThat(listed.put(row.group(1), row.group(2))).as(line).isNull();
            } else {
                assertThat(line).doesNotContain(".DEFAULT_");
            }
        }
        return listed;
    }

    @Test
    void each_default_is_listed_with_its_value_and_nothing_else_is() throws Exception {
        Map<String, String> listed = listed();
        Map<String, String> constants = constants();

        assertThat(listed).hasSizeGreaterThan(100);
        assertThat(constants).containsAllEntriesOf(listed);
        List<String> defaults = constants.keySet().stream()
                .filter(name -> name.contains(".DEFAULT_"))
                .toList();
        assertThat(listed).containsKeys(defaults.toArray(String[]::new));
    }
}
