package io.github.keywharf.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the shell imports, so that blocks of the docs can be pasted into it. */
class ShellTest {
    private static final Path SOURCES = Path.of("src/main/java");

    @Test
    void all_packages_are_imported_and_a_name_of_the_jdk_is_ours() throws IOException {
        List<String> imports = Files.readAllLines(Path.of(".mvn/shell.jsh"));
        try (Stream<Path> files = Files.walk(SOURCES)) {
            List<String> packages = files.filter(file -> file.endsWith("package-info.java"))
                    .map(file -> SOURCES.relativize(file.getParent()).toString().replace('/', '.'))
                    .filter(name -> !(name + ".").contains(".internal."))
                    .map(name -> "import " + name + ".*;")
                    .toList();
            assertThat(imports).containsAll(packages);
        }
        // java.util, which a shell imports, has another one.
        assertThat(imports).contains("import io.github.keywharf.event.EventListener;");
    }
}
