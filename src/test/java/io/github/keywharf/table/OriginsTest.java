package io.github.keywharf.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class OriginsTest {

    private static final Schema IDS = Schema.of(Column.required("id", ColumnType.INT64));

    private static Origins of(List<Integer> positions) {
        Origins.Builder builder = Origins.builder("in.csv");
        positions.forEach(builder::add);
        return builder.build();
    }

    private static ColumnBatch batch(int rows) {
        List<ColumnVector.Builder> builders = ColumnBatch.builders(IDS, rows);
        LongStream.range(0, rows).forEach(id -> builders.get(0).appendValue(id));
        return ColumnBatch.build(IDS, builders);
    }

    @Property(tries = 200)
    void every_row_has_the_position_that_was_added(
            @ForAll @Size(max = 40) List<@IntRange(min = 1, max = 9) Integer> in) {
        Origins origins = of(in);

        assertThat(IntStream.range(0, in.size()).mapToObj(row -> origins.of(row).position()))
                .containsExactlyElementsOf(in.stream().map(Integer::longValue).toList());
    }

    @Property(tries = 200)
    void rows_that_are_gathered_keep_theirs(
            @ForAll @Size(min = 1, max = 30) List<@IntRange(min = 1, max = 99) Integer> in,
            @ForAll @Size(max = 30) List<@IntRange(min = 0, max = 29) Integer> picks) {
        int[] chosen = picks.stream().mapToInt(pick -> pick % in.size()).toArray();

        ColumnBatch gathered = batch(in.size()).withOrigins(of(in)).gather(chosen, chosen.length);

        Origins origins = gathered.origins().orElseThrow();
        assertThat(origins.size()).isEqualTo(chosen.length);
        for (int i = 0; i < chosen.length; i++) {
            assertThat(origins.of(i)).isEqualTo(new Origin("in.csv", in.get(chosen[i])));
        }
    }

    @Test
    void rows_one_after_the_other_are_one_run() {
        assertThat(Origins.consecutive("t", 5, 1_000_000).runs()).isEqualTo(1);
        assertThat(of(List.of(2, 3, 4, 7, 8)).runs()).isEqualTo(2);
    }

    @Test
    void without_positions_only_the_source_is_known() {
        Origins origins = of(List.of(2, 7)).withoutPositions();

        assertThat(origins.of(1)).hasToString("in.csv");
        assertThat(batch(2).withOrigins(origins)
                        .gather(new int[] {1}, 1)
                        .origins()
                        .orElseThrow()
                        .of(0))
                .isEqualTo(new Origin("in.csv", 0));
    }

    @Test
    void origins_of_another_number_of_rows_are_refused() {
        assertThatThrownBy(() -> batch(3).withOrigins(of(List.of(1, 2))))
                .hasMessage("There are origins of 2 rows for a batch of 3 rows");
    }

    @Test
    void selected_and_replaced_columns_keep_the_origins_of_their_rows() {
        ColumnBatch batch = batch(2).withOrigins(of(List.of(4, 9)));

        assertThat(batch.select(List.of("id")).origins()).isEqualTo(batch.origins());
        assertThat(batch.withColumns(IDS, List.of(batch.column(0))).origins()).isEqualTo(batch.origins());
    }

    @Test
    void a_mask_reports_each_row_once_in_order_with_its_first_reason_and_gives_the_rest() {
        RowMask mask = new RowMask(batch(4).withOrigins(of(List.of(2, 3, 5, 6))), "elsewhere", 10);
        mask.reject(2, "id", "is bad");
        mask.reject(0, "", "is worse");
        mask.reject(2, "id", "is bad again");
        List<String> reported = new java.util.ArrayList<>();

        mask.report(row -> reported.add(row + " " + row.row()));

        assertThat(reported).containsExactly("[in.csv:2] is worse {id=0}", "[in.csv:5] id: is bad {id=2}");
        assertThat(mask.count()).isEqualTo(2);
        assertThat(mask.rest().column(0).value(0)).isEqualTo(1L);
        assertThat(mask.rest().size()).isEqualTo(2);
        assertThat(mask.rest().origins().orElseThrow().of(1).position()).isEqualTo(6);
    }

    @Test
    void rows_without_an_origin_are_counted_from_what_the_reader_says() {
        RowMask mask = new RowMask(batch(4), "elsewhere", 10);
        mask.reject(3, "id", "is bad");
        List<RejectedRow> reported = new java.util.ArrayList<>();

        mask.report(reported::add);

        assertThat(reported.get(0)).hasToString("[elsewhere:14] id: is bad");
    }
}
