package io.github.keywharf.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Compiles, runs and checks the blocks of README.md and docs, so that they stay true. */
class ReadmeTest {
    private static final Path ROOT = Path.of("").toAbsolutePath();

    @TempDir
    Path scratch;

    @TestFactory
    Stream<DynamicTest> each_java_block_does_what_its_marker_says() throws IOException {
        List<Markdown.Block> blocks = Markdown.blocksOf(ROOT);
        return IntStream.range(0, blocks.size())
                .filter(i -> blocks.get(i).language().equals("java"))
                .mapToObj(i -> DynamicTest.dynamicTest(blocks.get(i).toString(), () -> {
                    boolean output = i + 1 < blocks.size() && blocks.get(i + 1).isMarked("output");
                    check(blocks.get(i), output ? blocks.get(i + 1).text() : null);
                }));
    }

    @TestFactory
    Stream<DynamicTest> each_command_asks_for_what_the_build_has() throws IOException {
        MavenCommand build = MavenCommand.of(ROOT);
        return Markdown.blocksOf(ROOT).stream()
                .filter(block -> block.isMarked("command"))
                .flatMap(block -> block.text()
                        .lines()
                        .filter(line -> !line.isBlank() && !line.startsWith("#"))
                        .map(line -> DynamicTest.dynamicTest(
                                block + " " + line,
                                () -> assertThat(build.faults(line)).isEmpty())));
    }

    @Test
    void a_block_keeps_its_marker_its_line_and_its_text() {
        List<Markdown.Block> blocks =
                Markdown.blocks(Path.of("a.md"), """
                # Title

                <!-- run with: int a = 1; -->
                ```java
                int b = a;
                ```
                <!-- compile -->
                Words part a marker from a block.
                ```java
                ```
                - in a list

                  ```sh
                  ls
                    -l
                  ```
                """.lines().toList());

        assertThat(blocks)
                .containsExactly(
                        new Markdown.Block(Path.of("a.md"), 4, "java", "run with: int a = 1;", "int b = a;\n"),
                        new Markdown.Block(Path.of("a.md"), 9, "java", "", ""),
                        new Markdown.Block(Path.of("a.md"), 13, "sh", "", "ls\n  -l\n"));
        assertThat(blocks.get(0).isMarked("run")).isTrue();
        assertThat(blocks.get(0).hidden()).isEqualTo("int a = 1;");
    }

    @Test
    void a_block_without_a_marker_is_refused() {
        assertRefused(block("", "int a = 1;"), "is marked neither run nor compile");
    }

    @Test
    void a_block_that_does_not_compile_is_refused() {
        assertRefused(block("compile", "int a = \"one\";"), "incompatible types");
    }

    @Test
    void a_block_that_fails_is_refused() {
        assertRefused(block("run", "throw new IllegalStateException(\"the wharf is closed\");"), "the wharf is closed");
    }

    @Test
    void a_block_that_prints_something_else_is_refused() {
        assertRefused(block("run", "System.out.println(1 + 1);"), "line 1 should be", "3");
    }

    @Test
    void a_block_that_prints_what_the_next_one_shows_passes() throws Exception {
        String text = "import java.util.stream.IntStream;\nSystem.out.println(IntStream.range(0, n).sum());\n";

        check(block("run with: int n = 4;", text), "6\n");
    }

    @Test
    void a_complete_program_is_compiled_as_it_stands() throws Exception {
        String program = """
                public class Sum {
                    public static void main(String[] args) {
                        System.out.println(1 + 2);
                    }
                }
                """;

        check(block("run", program), "3\n");
        assertRefused(block("run", "public class Sum { List<String> all; }"), "cannot find symbol");
    }

    @Test
    void a_block_that_is_only_compiled_does_not_run() throws Exception {
        check(block("compile", "Files.writeString(Path.of(\"ran\"), \"ran\");"), null);

        assertThat(scratch.resolve("ran")).doesNotExist();
    }

    @Test
    void a_command_must_name_profiles_and_goals_that_exist() throws IOException {
        MavenCommand build = MavenCommand.of(ROOT);

        assertThat(build.faults("./mvnw verify")).isEmpty();
        assertThat(build.faults("./mvnw -q -Pquickstart")).isEmpty();
        assertThat(build.faults("./mvnw spotless:apply # fixes the form")).isEmpty();
        assertThat(build.faults("git clone somewhere")).isEmpty();
        assertThat(build.faults("./mvnw -q")).containsExactly("no goal is named, and no profile brings one");
        assertThat(build.faults("./mvnw -Pslow verify")).containsExactly("profile slow is not in pom.xml");
        assertThat(build.faults("./mvnw check gradle:run"))
                .containsExactly("goal check is not in pom.xml", "goal gradle:run is not in pom.xml");
        assertThat(build.faults("./gradlew build")).containsExactly("./gradlew is not a program of the project");
    }

    private void assertRefused(Markdown.Block block, String... complaint) {
        try {
            check(block, block.marker().equals("run") ? "3\n" : null);
        } catch (AssertionError | Exception e) {
            assertThat(e).hasMessageContainingAll(complaint);
            return;
        }
        fail("%s was let through", block);
    }

    private void check(Markdown.Block block, String output) throws IOException, InterruptedException {
        if (!block.isMarked("run") && !block.isMarked("compile")) {
            fail("the block at %s is marked neither run nor compile: put <!-- run --> before it", block);
        }
        Path directory = Files.createTempDirectory(scratch, "block");
        assertThat(Snippet.compile(block.hidden(), block.text(), directory))
                .as("the compiler's complaints about %s", block)
                .isEmpty();
        if (block.isMarked("run")) {
            ForkedJava.Result result = Snippet.run(block.text(), directory);
            assertThat(result.exitCode())
                    .as("%s printed %s%s", block, result.output(), result.errors())
                    .isZero();
            if (output != null) {
                assertThat(ExpectedOutput.difference(output, result.output()))
                        .as("what %s prints", block)
                        .isEmpty();
            }
        }
    }

    private static Markdown.Block block(String marker, String text) {
        return new Markdown.Block(Path.of("a.md"), 1, "java", marker, text);
    }
}
