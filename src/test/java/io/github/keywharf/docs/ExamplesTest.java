package io.github.keywharf.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Runs each example and compares what it prints with the expected output beside it. */
class ExamplesTest {
    @TempDir
    Path scratch;

    @TestFactory
    Stream<DynamicTest> each_example_prints_what_is_expected() throws IOException {
        return Example.in(Path.of("examples").toAbsolutePath()).stream()
                .filter(Example::isCompared)
                .map(example -> DynamicTest.dynamicTest(
                        example.source().getParent().getFileName().toString(), () -> check(example)));
    }

    private void check(Example example) throws IOException, InterruptedException {
        assertThat(example.expectedOutput()).exists();
        ForkedJava.Result result = ForkedJava.run(scratch, System.getProperty("java.class.path"), example.mainClass());
        assertThat(result.exitCode())
                .as("%s printed %s%s", example, result.output(), result.errors())
                .isZero();
        assertThat(ExpectedOutput.difference(Files.readString(example.expectedOutput()), result.output()))
                .isEmpty();
    }

    @Test
    void an_example_is_the_file_named_like_its_directory() throws IOException {
        Path source = Files.createDirectory(scratch.resolve("csv-to-parquet")).resolve("CsvToParquet.java");
        Files.writeString(source, "package examples.csv;\n");
        Files.writeString(source.resolveSibling("Helper.java"), "");

        Example example = Example.in(scratch).get(0);

        assertThat(example.mainClass()).isEqualTo("examples.csv.CsvToParquet");
        assertThat(example.isCompared()).isTrue();
    }

    @Test
    void a_directory_without_its_example_is_refused() throws IOException {
        Files.createDirectory(scratch.resolve("empty"));

        assertThatThrownBy(() -> Example.in(scratch)).hasMessageContaining("has no Java file of the same name");
    }

    @Test
    void the_quickstart_needs_no_expected_output() throws IOException {
        Files.writeString(Files.createDirectory(scratch.resolve("quickstart")).resolve("Quickstart.java"), "");

        assertThat(Example.in(scratch).get(0).isCompared()).isFalse();
    }

    @Test
    void a_wildcard_stands_for_anything_within_its_line() {
        assertThat(ExpectedOutput.difference("took <...> s\ndone\n", "took 0.3 s\ndone\n"))
                .isEmpty();
        assertThat(ExpectedOutput.difference("a.c\n", "abc\n")).contains("line 1 should be", "a.c", "abc");
        assertThat(ExpectedOutput.difference("one\n<...>\n", "one\n")).isNotEmpty();
        assertThat(ExpectedOutput.difference("one\n", "one\ntwo\n")).contains("line 2", "two");
    }
}
