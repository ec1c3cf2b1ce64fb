package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Condition;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import io.github.keywharf.testing.Batches;
import io.github.keywharf.testing.CountingStore;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Filters let through what they should, and skip what they can. */
class ParquetFilterTest {

    private final CountingStore store = CountingStore.inMemory();

    /** A filter, and what it says of a row: true, false or null for neither. */
    private record Case(Condition filter, Function<Row, @Nullable Boolean> oracle) {}

    @Property(tries = 300)
    void rows_are_those_that_a_plain_evaluation_lets_through(@ForAll long seed) {
        Schema schema = SampleRows.scalars();
        SampleRows sample = new SampleRows(seed);
        ColumnBatch batch = sample.batch(schema, 60);
        ParquetRoundTripTest.write(
                Parquet.writer(store, "file").rowGroupRows(1 + Math.floorMod(seed, 30)), schema, List.of(batch));
        Case tested = filter(new Random(seed), sample, batch, 3);

        Table read = Parquet.reader(store, "file").where(tested.filter()).rows().toTable();

        List<List<@Nullable Object>> expected = IntStream.range(0, batch.size())
                .filter(row -> Boolean.TRUE.equals(tested.oracle().apply(batch.row(row))))
                .mapToObj(row -> Batches.values(batch).get(row))
                .toList();
        assertThat(SampleRows.values(read.batches()))
                .as(tested.filter().toString())
                .isEqualTo(expected);
    }

    private static Case filter(Random random, SampleRows sample, ColumnBatch batch, int depth) {
        int kind = random.nextInt(depth == 0 ? 6 : 9);
        Column column = batch.schema().column(random.nextInt(batch.schema().size()));
        String name = column.name();
        if (kind == 6) {
            Case part = filter(random, sample, batch, depth - 1);
            return new Case(Condition.not(part.filter()), row -> {
                Boolean value = part.oracle().apply(row);
                return value == null ? null : !value;
            });
        }
        if (kind > 6) {
            Case one = filter(random, sample, batch, depth - 1);
            Case two = filter(random, sample, batch, depth - 1);
            boolean decisive = kind == 8;
            return new Case(
                    decisive ? Condition.or(one.filter(), two.filter()) : Condition.and(one.filter(), two.filter()),
                    row -> {
                        Boolean left = one.oracle().apply(row);
                        Boolean right = two.oracle().apply(row);
                        if (Objects.equals(left, decisive) || Objects.equals(right, decisive)) {
                            return decisive;
                        }
                        return (left == null || right == null) ? null : (Boolean) !decisive;
                    });
        }
        if (kind == 5) {
            boolean absent = random.nextBoolean();
            return new Case(
                    absent ? Condition.isNull(name) : Condition.notNull(name),
                    row -> (row.value(name) == null) == absent);
        }
        Object there =
                random.nextBoolean() ? batch.row(random.nextInt(batch.size())).value(name) : null;
        Object value = there == null ? sample.value(column.type(), random.nextBoolean() ? 5 : 1_000_000) : there;
        Condition filter = switch (kind) {
            case 0 -> Condition.eq(name, value);
            case 1 -> Condition.lt(name, value);
            case 2 -> Condition.le(name, value);
            case 3 -> Condition.gt(name, value);
            default -> Condition.ge(name, value);
        };
        return new Case(filter, row -> {
            Object other = row.value(name);
            if (other == null) {
                return null;
            }
            int order = compare(other, value);
            return switch (kind) {
                case 0 -> order == 0;
                case 1 -> order < 0;
                case 2 -> order <= 0;
                case 3 -> order > 0;
                default -> order >= 0;
            };
        });
    }

    @SuppressWarnings("unchecked")
    private static int compare(Object left, Object right) {
        if (left instanceof byte[] bytes) {
            return Arrays.compareUnsigned(bytes, (byte[]) right);
        }
        if (left instanceof UUID uuid) {
            int high = Long.compareUnsigned(uuid.getMostSignificantBits(), ((UUID) right).getMostSignificantBits());
            return high != 0
                    ? high
                    : Long.compareUnsigned(uuid.getLeastSignificantBits(), ((UUID) right).getLeastSignificantBits());
        }
        if (left instanceof Number number && (left instanceof Double || left instanceof Float)) {
            double other = ((Number) right).doubleValue();
            return number.doubleValue() < other ? -1 : number.doubleValue() > other ? 1 : 0;
        }
        return ((Comparable<Object>) left).compareTo(right);
    }

    @Test
    void row_groups_that_cannot_fit_are_not_fetched() {
        Schema schema = Schema.of(
                Column.required("id", ColumnType.INT32),
                Column.required("text", ColumnType.STRING),
                Column.nullable("note", ColumnType.STRING));
        Random random = new Random(1);
        List<List<@Nullable Object>> rows = IntStream.range(0, 40_000)
                .mapToObj(i -> Arrays.<@Nullable Object>asList(
                        i, new UUID(random.nextLong(), random.nextLong()).toString(), i < 10_000 ? null : "n" + i))
                .toList();
        ColumnBatch batch = Batches.build(schema, rows);
        ParquetRoundTripTest.write(Parquet.writer(store, "file").rowGroupRows(5_000), schema, List.of(batch));
        long whole = bytesOf(Parquet.reader(store, "file"), 40_000);

        assertThat(bytesOf(Parquet.reader(store, "file").columns("id"), 40_000)).isLessThan(whole / 2);
        assertThat(bytesOf(Parquet.reader(store, "file").where(Condition.eq("id", 7)), 1))
                .isLessThan(whole / 3);
        assertThat(bytesOf(Parquet.reader(store, "file").where(Condition.not(Condition.ge("id", 5_000))), 5_000))
                .isLessThan(whole / 3);
        assertThat(bytesOf(Parquet.reader(store, "file").where(Condition.isNull("note")), 10_000))
                .isLessThan(whole * 2 / 3);
        assertThat(bytesOf(Parquet.reader(store, "file").where(Condition.eq("id", -1)), 0))
                .isLessThanOrEqualTo(64 * 1024);
        assertThat(store.openReaders()).isZero();
    }

    private long bytesOf(ParquetReader reader, int rows) {
        long before = store.bytesRead();
        assertThat(reader.rows().toTable().size()).isEqualTo(rows);
        return store.bytesRead() - before;
    }

    @Test
    void a_column_can_be_filtered_by_without_being_read() {
        Schema schema = Schema.of(Column.required("a", ColumnType.INT32), Column.required("b", ColumnType.INT32));
        ParquetRoundTripTest.write(
                Parquet.writer(store, "file"),
                schema,
                List.of(Batches.build(schema, List.of(List.of(1, 2), List.of(3, 4)))));

        Table read = Parquet.reader(store, "file")
                .columns("b")
                .where(Condition.in("a", List.of(3, 9)))
                .rows()
                .toTable();

        assertThat(SampleRows.values(read.batches())).containsExactly(List.of(4));
        assertThat(read.schema().names()).containsExactly("b");
    }

    @Test
    void a_decimal_compares_by_its_value_whatever_its_scale() {
        Schema schema = Schema.of(Column.required("price", ColumnType.decimal(10, 2)));
        ParquetRoundTripTest.write(
                Parquet.writer(store, "file"),
                schema,
                List.of(Batches.build(
                        schema, List.of(List.of(new BigDecimal("1.00")), List.of(new BigDecimal("1.01"))))));

        assertThat(count(Condition.eq("price", new BigDecimal("1.0")))).isEqualTo(1);
        assertThat(count(Condition.eq("price", 1))).isEqualTo(1);
        assertThat(count(Condition.eq("price", new BigDecimal("1.005")))).isZero();
        assertThat(count(Condition.gt("price", new BigDecimal("1.005")))).isEqualTo(1);
        assertThat(count(Condition.le("price", new BigDecimal("1.005")))).isEqualTo(1);
        assertThat(count(Condition.eq("price", 1.01))).isEqualTo(1);
        assertThat(count(Condition.gt("price", 1.01))).isZero();
        assertThat(count(Condition.ge("price", "1.01"))).isEqualTo(1);
        assertThat(count(Condition.in("price", List.of(1.0, "1.01")))).isEqualTo(2);
        assertThat(count(Condition.lt("price", new BigDecimal("1e30")))).isEqualTo(2);
        assertThat(count(Condition.gt("price", new BigDecimal("-1e30")))).isEqualTo(2);
    }

    private int count(Condition filter) {
        return Parquet.reader(store, "file").where(filter).rows().toTable().size();
    }

    @Test
    void not_a_number_fits_no_comparison_and_hides_no_row() {
        Schema schema = Schema.of(Column.required("x", ColumnType.FLOAT64));
        ParquetRoundTripTest.write(
                Parquet.writer(store, "file"),
                schema,
                List.of(Batches.build(
                        schema, List.of(List.of(1.0), List.of(Double.NaN), List.of(-0.0), List.of(9.0)))));

        assertThat(count(Condition.eq("x", Double.NaN))).isZero();
        assertThat(count(Condition.eq("x", 0.0))).isEqualTo(1);
        assertThat(count(Condition.gt("x", 5))).isEqualTo(1);
        assertThat(count(Condition.not(Condition.lt("x", 100)))).isEqualTo(1);
    }

    @Test
    void a_filter_that_does_not_fit_is_refused_and_the_file_closed() {
        Schema schema = Schema.of(Column.required("a", ColumnType.INT32));
        ParquetRoundTripTest.write(Parquet.writer(store, "file"), schema, List.of());

        assertThatThrownBy(() -> count(Condition.eq("a", "text")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'a int32 not null'")
                .hasMessageContaining("java.lang.String");
        assertThatThrownBy(() -> count(Condition.isNull("b")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no column 'b'");
        assertThatThrownBy(() -> Parquet.reader(store, "file").columns("x").rows())
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(store.openReaders()).isZero();
    }
}
