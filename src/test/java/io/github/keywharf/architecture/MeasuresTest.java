package io.github.keywharf.architecture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keeps the shape of the sources; what breaks a measure today is listed by name in {@value #FILE}, and may only get less. */
class MeasuresTest {
    private static final String FILE = "measures.txt";

    @Test
    void nothing_breaks_a_measure_but_what_is_listed() throws IOException {
        SortedSet<String> found = Measures.findings(Path.of("src/main/java"), "io.github.keywharf");
        SortedSet<String> listed = listed();

        assertThat(difference(found, listed))
                .as("breaks a measure: change the code; a new line in " + FILE + " is no way out")
                .isEmpty();
        assertThat(difference(listed, found))
                .as("breaks no measure any more: take the line out of " + FILE)
                .isEmpty();
    }

    @Test
    void each_measure_finds_what_breaks_it(@TempDir Path directory) throws IOException {
        write(directory, "Wide", """
                record Wide(int a, int b, int c, int d, int e, int f, int g, int h, int i) {
                    Wide withA(int changed) {
                        return new Wide(changed, b, this.c, d(), e, f, g, h, i);
                    }
                }
                """);
        write(directory, "Methods", """
                class Methods {
                    private Optional<String> field;
                    Methods(int a, int b, int c, int d, int e, int f, int g) {}
                    void commit(String name, boolean really) {}
                    void find(Optional<String> name) {}
                    int choose(boolean a, int b) { return a ? 1 : (b > 0 ? 2 : 3); }
                    String problem() { return ""; }
                    record Hidden(Optional<String> name) {}
                }
                """);
        write(directory, "Long", "class Long {" + "\n  int x;".repeat(Measures.MAX_LINES) + "\n}");

        assertThat(Measures.findings(directory, "a"))
                .containsExactlyInAnyOrder(
                        "components b Wide",
                        "copy b Wide",
                        "optional b Methods.field",
                        "parameters b Methods",
                        "boolean b Methods.commit",
                        "optional b Methods.find",
                        "boolean b Methods.choose",
                        "ternary b Methods",
                        "empty b Methods",
                        "optional b Methods.Hidden.name",
                        "lines b Long");
    }

    @Test
    void what_reads_well_is_left_alone(@TempDir Path directory) throws IOException {
        write(directory, "Good", """
                public record Good(int a, int b, int c, int d, int e, int f, int g, Optional<String> read) {
                    public static Good of(int a) { return new Good(a, 0, 0, 0, 0, 0, 0, Optional.empty()); }
                    /** Comments (a, b) ? do : not ? count : "". */
                    public Optional<String> found() { return read; }
                    static final class Builder {
                        public Builder gzip(boolean on) { return this; }
                        @Override public void set(String name, boolean on) {}
                    }
                }
                """);

        assertThat(Measures.findings(directory, "a")).isEmpty();
    }

    private static void write(Path directory, String name, String text) throws IOException {
        Path folder = Files.createDirectories(directory.resolve("a/b"));
        Files.writeString(folder.resolve(name + ".java"), "package a.b;\n" + text);
    }

    /** Lines that begin with {@code #} say which subsystem's work removes those below. */
    private static SortedSet<String> listed() throws IOException {
        try (InputStream in = Objects.requireNonNull(MeasuresTest.class.getResourceAsStream(FILE), FILE)) {
            return new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static SortedSet<String> difference(SortedSet<String> all, SortedSet<String> without) {
        SortedSet<String> rest = new TreeSet<>(all);
        rest.removeAll(without);
        return rest;
    }
}
