package io.github.keywharf.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.testing.Batches;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.jspecify.annotations.Nullable;

/** What vectors promise, compared with lists of objects. */
class VectorPropertyTest {

    private record Filled(ColumnType type, List<@Nullable Object> values) {}

    @Provide
    Arbitrary<Filled> columns() {
        return Arbitraries.of(Batches.types())
                .flatMap(type -> Batches.value(type)
                        .injectNull(0.3)
                        .list()
                        .ofMaxSize(200)
                        .map(values -> new Filled(type, values)));
    }

    private static List<@Nullable Object> comparable(List<? extends @Nullable Object> values) {
        List<@Nullable Object> comparable = new ArrayList<>();
        values.forEach(value -> comparable.add(Batches.comparable(value)));
        return comparable;
    }

    private static List<@Nullable Object> values(ColumnVector vector) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < vector.size(); i++) {
            assertThat(vector.isNull(i)).isEqualTo(vector.value(i) == null);
            values.add(vector.value(i));
        }
        return comparable(values);
    }

    @Property(tries = 300, shrinking = ShrinkingMode.BOUNDED)
    void a_builder_gives_back_what_it_took_and_is_empty_afterwards(@ForAll("columns") Filled column) {
        ColumnVector.Builder builder = ColumnVector.builder(column.type(), 0);
        for (int round = 0; round < 2; round++) {
            column.values().forEach(builder::appendValue);
            assertThat(builder.size()).isEqualTo(column.values().size());
            ColumnVector vector = builder.build();
            assertThat(builder.size()).isZero();
            assertThat(vector.type()).isEqualTo(column.type());
            assertThat(vector.hasNulls()).isEqualTo(column.values().contains(null));
            assertThat(values(vector)).isEqualTo(comparable(column.values()));
        }
    }

    @Property(tries = 300, shrinking = ShrinkingMode.BOUNDED)
    void an_earlier_vector_is_untouched_by_what_its_builder_makes_next(@ForAll("columns") Filled column) {
        ColumnVector.Builder builder = ColumnVector.builder(column.type(), 4);
        column.values().forEach(builder::appendValue);
        ColumnVector first = builder.build();
        for (int i = column.values().size(); i-- > 0; ) {
            builder.appendValue(column.values().get(i));
        }
        builder.build();
        assertThat(values(first)).isEqualTo(comparable(column.values()));
    }

    @Property(tries = 300, shrinking = ShrinkingMode.BOUNDED)
    void gather_takes_the_positions_asked_for_in_their_order(
            @ForAll("columns") Filled column, @ForAll List<Integer> wishes, @ForAll boolean spare) {
        ColumnVector.Builder builder = ColumnVector.builder(column.type(), 4);
        column.values().forEach(builder::appendValue);
        ColumnVector vector = builder.build();
        int count = column.values().isEmpty() ? 0 : wishes.size();
        int[] positions = new int[count + (spare ? 3 : 0)];
        List<@Nullable Object> model = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            positions[i] = Math.floorMod(wishes.get(i), column.values().size());
            model.add(column.values().get(positions[i]));
        }
        ColumnVector gathered = vector.gather(positions, count);
        assertThat(values(gathered)).isEqualTo(comparable(model));
        assertThat(gathered.hasNulls()).isEqualTo(model.contains(null));
    }

    @Property(tries = 100)
    void types_are_read_back_from_their_text(@ForAll("scalars") ColumnType type) {
        assertThat(ColumnType.parse(type.toString())).isEqualTo(type);
    }

    @Provide
    Arbitrary<ColumnType> scalars() {
        return Arbitraries.of(Batches.scalars());
    }
}
