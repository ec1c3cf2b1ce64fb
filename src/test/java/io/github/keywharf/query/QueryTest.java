package io.github.keywharf.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.format.Csv;
import io.github.keywharf.table.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an engine of a host's own gets with a {@link Query} that has rows. */
class QueryTest {
    @TempDir
    Path folder;

    private final Named query = new Named();

    @Test
    void values_by_name_are_bound_one_by_one() {
        assertThat(query.bind(Map.of("day", 7))).isSameAs(query);

        assertThat(query.bound).containsExactly("day=7");
    }

    @Test
    void rows_become_a_table_and_records() {
        assertThat(query.table().size()).isEqualTo(2);
        assertThat(query.records(City.class)).containsExactly(new City("Ghent"), new City("Porto"));
    }

    @Test
    void rows_are_written_into_a_sink() throws IOException {
        Path file = folder.resolve("cities.csv");

        assertThat(query.into(Csv.writer(file).sink()).written()).isEqualTo(2);
        assertThat(Files.readString(file)).isEqualTo("name\nGhent\nPorto\n");
        assertThat(query.into(Csv.writer(folder.resolve("again.csv")).sink(), row -> {})
                        .written())
                .isEqualTo(2);
    }

    record City(String name) {}

    private static final class Named implements Query {
        private final List<String> bound = new ArrayList<>();

        @Override
        public Query values(Object... all) {
            return this;
        }

        @Override
        public Query bind(String name, Object value) {
            bound.add(name + "=" + value);
            return this;
        }

        @Override
        public Query timeout(Duration limit) {
            return this;
        }

        @Override
        public Rows rows() {
            return Rows.ofRecords(City.class, List.of(new City("Ghent"), new City("Porto")));
        }

        @Override
        public long update() {
            return 0;
        }
    }
}
