package io.github.keywharf.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.format.Csv;
import io.github.keywharf.format.TextValues;
import io.github.keywharf.table.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlayStoreDataTest {

    @Test
    void rows_have_the_shares_of_the_original() {
        List<List<String>> rows = LongStream.range(0, PlayStoreData.ROWS)
                .mapToObj(PlayStoreData.of(7)::row)
                .toList();

        assertThat(rows).allMatch(row -> row.size() == PlayStoreData.NAMES.size());
        assertThat(rows.stream().filter(row -> row.get(2).equals("nan"))).hasSize(PlayStoreData.WITHOUT_RATING);
        assertThat(rows.stream().filter(row -> row.get(4).equals("Varies with device")))
                .hasSize(PlayStoreData.VARYING);
        assertThat(rows.stream().filter(row -> row.get(6).equals("False"))).hasSize(PlayStoreData.PAID);
        assertThat(rows).allMatch(row -> row.get(6).equals("True") == row.get(7).equals("0.0"));
        assertThat(rows.stream().map(row -> row.get(1)).distinct()).hasSize(33);
        assertThat(rows.stream()
                        .filter(row -> row.get(0).chars().anyMatch(c -> c > 127))
                        .count())
                .isBetween(500L, 700L);
        assertThat(rows.stream().filter(row -> row.get(0).contains(",")).count())
                .isBetween(450L, 650L);
        assertThat(rows.stream().filter(row -> row.get(0).contains("\"")).count())
                .isBetween(5L, 15L);
        assertThat(rows.stream().map(row -> row.get(0)).distinct().count()).isBetween(9_400L, 9_900L);
        assertThat(rows.stream().mapToInt(row -> row.get(0).length()).max()).hasValue(194);
    }

    @Test
    void the_original_comes_as_eleven_files_that_read_with_their_types(@TempDir Path directory) throws IOException {
        List<Path> files = PlayStoreData.of(1).writeFiles(directory, PlayStoreData.LETTERS);

        assertThat(files).hasSize(11);
        int rows = 0;
        for (Path file : files) {
            try (var lines = Files.lines(file)) {
                assertThat(lines.findFirst()).contains("a,b,c,d,e,f,g,h,i,j,k,l,m");
            }
            Table table = Csv.reader(file)
                    .schema(PlayStoreData.schema(PlayStoreData.LETTERS))
                    .values(TextValues.STANDARD.withNulls(Set.of("nan")))
                    .rows()
                    .toTable();
            rows += table.size();
        }
        assertThat(rows).isEqualTo(PlayStoreData.ROWS);
    }

    @Test
    void the_same_seed_gives_the_same_rows_and_another_one_others() {
        assertThat(PlayStoreData.of(1).row(999_999))
                .isEqualTo(PlayStoreData.of(1).row(999_999));
        assertThat(PlayStoreData.of(1).row(5)).isNotEqualTo(PlayStoreData.of(2).row(5));
    }
}
