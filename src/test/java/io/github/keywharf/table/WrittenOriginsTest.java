package io.github.keywharf.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WrittenOriginsTest {

    private static final Schema IDS = Schema.of(Column.required("id", ColumnType.INT32));

    private static ColumnBatch batch(int rows) {
        List<ColumnVector.Builder> builders = ColumnBatch.builders(IDS, rows);
        for (int i = 0; i < rows; i++) {
            builders.get(0).appendValue(i);
        }
        return ColumnBatch.build(IDS, builders);
    }

    @Test
    void rows_with_and_without_an_origin_follow_each_other() {
        WrittenOrigins origins = new WrittenOrigins("target");
        origins.add(batch(3), 0);
        origins.add(batch(2).withOrigins(Origins.consecutive("in.csv", 7, 2)), 3);
        origins.add(batch(2), 5);

        assertThat(List.of(origins.of(1), origins.of(3), origins.of(4), origins.of(5), origins.of(6)))
                .containsExactly(
                        new Origin("target", 1),
                        new Origin("target", 3),
                        new Origin("in.csv", 7),
                        new Origin("in.csv", 8),
                        new Origin("target", 6));
    }

    @Test
    void beyond_the_runs_that_are_remembered_the_source_is_still_known_and_no_position_is_wrong() {
        WrittenOrigins origins = new WrittenOrigins("target", 3);
        Origins.Builder scattered = Origins.builder("in.csv");
        List.of(1L, 3L, 5L).forEach(scattered::add);
        origins.add(batch(3).withOrigins(scattered.build()), 0);
        List.of(7L, 9L).forEach(scattered::add);
        origins.add(batch(2).withOrigins(scattered.build()), 3);

        origins.add(batch(2).withOrigins(Origins.consecutive("in.csv", 11, 2)), 5);
        origins.add(batch(2).withOrigins(Origins.consecutive("b.csv", 1, 2)), 7);
        origins.add(batch(2), 9);

        assertThat(origins.of(3)).isEqualTo(new Origin("in.csv", 5));
        assertThat(origins.of(4)).isEqualTo(new Origin("in.csv", 0));
        assertThat(origins.of(7)).isEqualTo(new Origin("in.csv", 0));
        assertThat(origins.of(8)).isEqualTo(new Origin("b.csv", 0));
        assertThat(origins.of(10)).isEqualTo(new Origin("target", 10));
    }
}
