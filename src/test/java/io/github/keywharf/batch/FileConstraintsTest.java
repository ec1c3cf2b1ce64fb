package io.github.keywharf.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileConstraintsTest {
    private static final FileConstraints CSV =
            new FileConstraints(List.of(".csv", ".tar.gz"), 10, 4096, 1 << 30, List.of());
    private static final FileConstraints NAMED = new FileConstraints(
            List.of(".csv", ".tsv", ".json"), 10, 4096, 1 << 30, List.of("id", "full name", "prix €"));

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "a.csv, 0, ",
        "a.csv, 4194304, ",
        "apps.tar.gz, 1, ",
        "a.csv, 4194305, data_sizes: 4096.0009765625 KB; allowed: at most 4096 KB",
        "a.CSV, 1, 'formats: .CSV; allowed: .csv, .tar.gz'",
        "a.csv.exe, 1, 'formats: .exe; allowed: .csv, .tar.gz'",
        "a.gz, 1, 'formats: .gz; allowed: .csv, .tar.gz'",
        "acsv, 1, 'formats: a name without an end; allowed: .csv, .tar.gz'",
        ".csv, 1, name: .csv; allowed: no dot at the beginning",
    })
    void a_file_is_refused_by_name_and_size(String name, long bytes, String refusal) {
        assertThat(CSV.refusal(name, bytes).map(Refusal::message)).isEqualTo(Optional.ofNullable(refusal));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "../a.csv",
                "a/b.csv",
                "a\\b.csv",
                "C:a.csv",
                "a.csv:stream.csv",
                "a\u0000.csv",
                "a\n.csv",
                "a\r\nX: y.csv",
                "\u202evsc.csv",
                "a\u200b.csv",
                "\ufeffa.csv",
                "a\u2028b.csv",
                "a\ud800.csv",
                "a\u001b[2J.csv",
                "con.csv",
                "NUL.csv",
                "Com1.x.csv",
                "lpt\u00b9.csv",
                "aux .csv",
                " a.csv",
                "a.csv ",
                "a.csv.",
                "a*.csv",
                "a?.csv",
                "a|b.csv",
                "a\"b.csv",
                "<a>.csv",
                "~/.csv",
            })
    void a_name_that_no_file_may_have_is_refused(String name) {
        assertThat(CSV.refusal(name, 1)).get().extracting(Refusal::constraint).isEqualTo("name");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a b.csv",
                "Ünïcode 漢字 😀.csv",
                "a;rm -rf $(x) `y` 'z' &.csv",
                "-rf.csv",
                "console.csv",
                "com10.csv",
                "a~1.csv",
                "%2e%2e%2f.csv"
            })
    void a_name_that_is_only_unusual_is_taken(String name) {
        assertThat(CSV.refusal(name, 1)).isEmpty();
    }

    @Test
    void a_name_has_255_bytes_at_most() {
        assertThat(CSV.refusal("é".repeat(125) + "x.csv", 1)).isEmpty();
        assertThat(CSV.refusal("é".repeat(126) + ".csv", 1))
                .map(Refusal::constraint)
                .contains("name");
    }

    @Property(tries = 500)
    void a_name_that_is_taken_stays_in_its_directory(@ForAll @StringLength(max = 12) String text) {
        String name = text + ".csv";
        if (CSV.refusal(name, 1).isEmpty()) {
            Path root = Path.of("/staging/files/x");
            assertThat(root.resolve(name).normalize().getParent()).isEqualTo(root);
            assertThat(root.resolve(name).getFileName().toString()).isEqualTo(name);
        }
    }

    private Optional<String> header(String name, byte[] content) throws IOException {
        Path file = Files.write(directory.resolve("content"), content);
        return NAMED.contentRefusal(name, file).map(Refusal::message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '#', quoteCharacter = '`', textBlock = """
            id,full name,prix €\\n1,2,3\\n # ok
            id,full name,prix € # ok
            "id","full name","prix €"\\r\\n # ok
            \\uFEFFid,full name,prix €\\n # ok
            `` # ok
            id,full name\\n # columns: id, full name; allowed: the header id, full name, prix €
            id,prix €,full name\\n # columns: id, prix €, full name; allowed: the header id, full name, prix €
            id,full name,prix €,more\\n # columns: id, full name, prix €, more; allowed: the header id, full name, prix €
            id;full name;prix €\\n # columns: id;full name;prix €; allowed: the header id, full name, prix €
            \\n # columns: ; allowed: the header id, full name, prix €
            "id,full name,prix €\\n1,2,3 # columns: no header that can be read; allowed: the header id, full name, prix €
            id,id,id\\n # columns: id, id, id; allowed: the header id, full name, prix €
            """)
    void the_header_of_a_text_file_must_be_that_of_the_profile(String content, String refusal) throws IOException {
        byte[] bytes = content.replace("\\n", "\n")
                .replace("\\r", "\r")
                .replace("\\uFEFF", "\uFEFF")
                .getBytes(StandardCharsets.UTF_8);

        assertThat(header("a.csv", bytes).orElse("ok")).isEqualTo(refusal);
    }

    @Test
    void headers_of_other_formats_are_not_looked_at_and_those_of_tabs_are() throws IOException {
        byte[] tabs = "id\tfull name\tprix €\n".getBytes(StandardCharsets.UTF_8);

        assertThat(header("a.tsv", tabs)).isEmpty();
        assertThat(header("a.csv", tabs)).isPresent();
        assertThat(header("a.json", tabs)).isEmpty();
    }

    @Test
    void bytes_behind_the_header_may_be_anything_and_those_within_may_not() throws IOException {
        byte[] row = "id,full name,prix €\n1,".getBytes(StandardCharsets.UTF_8);
        byte[] latin = java.util.Arrays.copyOf(row, row.length + 1);
        latin[row.length] = (byte) 0xe9;

        assertThat(header("a.csv", latin)).isEmpty();
        assertThat(header("a.csv", "id,full name,prix \u20ac\n".getBytes(StandardCharsets.UTF_16)))
                .isPresent();
    }

    @Test
    void of_a_file_without_line_ends_only_the_beginning_is_read() throws IOException {
        byte[] endless = "id,full name,prix €,".repeat(100_000).getBytes(StandardCharsets.UTF_8);

        assertThat(header("a.csv", endless).orElse("")).hasSizeLessThan(400).startsWith("columns: id, full name");
    }

    @Test
    void a_file_that_cannot_be_read_is_an_error_and_not_a_refusal() {
        assertThatThrownBy(() -> NAMED.contentRefusal("a.csv", directory.resolve("gone")))
                .isInstanceOf(KeywharfException.class);
    }

    @Test
    void limits_are_limited() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new FileConstraints(List.of(".csv"), 1, FileConstraints.MAX_DATA_SIZES + 1, 1, List.of()))
                .withMessageContaining("data_sizes is 1073741825");
    }

    @Test
    void the_largest_size_does_not_overflow() {
        FileConstraints most = new FileConstraints(List.of(".csv"), 1, FileConstraints.MAX_DATA_SIZES, 1, List.of());

        assertThat(most.refusal("a.csv", 1L << 40)).isEmpty();
        assertThat(most.refusal("a.csv", (1L << 40) + 1)).isPresent();
    }

    @Property(tries = 200)
    void a_refusal_is_read_as_it_was_written(@ForAll String value) {
        Refusal refusal = new Refusal("name", value, "letters; digits: yes");

        assertThat(Refusal.parse(refusal.message())).contains(refusal);
        assertThat(Refusal.parse("The disk failed")).isEmpty();
    }
}
