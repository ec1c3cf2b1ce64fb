package io.github.keywharf.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.testing.Batches;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TableTest {

    private static final Schema SCHEMA =
            Schema.of(Column.required("id", ColumnType.INT32), Column.nullable("full_name", ColumnType.STRING));

    private static ColumnBatch batch(Object... values) {
        List<List<Object>> rows = new ArrayList<>();
        for (int i = 0; i < values.length; i += 2) {
            rows.add(Arrays.asList(values[i], values[i + 1]));
        }
        return Batches.build(SCHEMA, rows);
    }

    private enum Colour {
        RED
    }

    private record Person(long id, String fullName) {}

    private record All(
            boolean flag,
            int number,
            Long big,
            Float single,
            double real,
            BigDecimal money,
            String text,
            UUID uuid,
            LocalDate day,
            LocalTime time,
            LocalDateTime stamp,
            Instant instant,
            @Nullable Colour colour) {}

    @Test
    void row_gives_its_values_as_primitives_and_says_which_column_is_missing_or_of_another_type() {
        Row row = Batches.build(
                        Schema.of(
                                Column.nullable("on", ColumnType.BOOLEAN),
                                Column.nullable("small", ColumnType.INT32),
                                Column.nullable("big", ColumnType.INT64),
                                Column.nullable("half", ColumnType.FLOAT32),
                                Column.nullable("day", ColumnType.DATE),
                                Column.nullable("none", ColumnType.INT32)),
                        List.of(Arrays.asList(true, 7, 8L, 0.5f, LocalDate.EPOCH, null)))
                .row(0);
        assertThat(row.booleanValue("on")).isTrue();
        assertThat(row.intValue("small")).isEqualTo(7);
        assertThat(row.longValue("small")).isEqualTo(7);
        assertThat(row.longValue("big")).isEqualTo(8);
        assertThat(row.doubleValue("half")).isEqualTo(0.5);
        assertThat(row.doubleValue("small")).isEqualTo(7);
        assertThatThrownBy(() -> row.longValue("bug"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no column 'bug' among [on, small, big");
        assertThatThrownBy(() -> row.intValue("big"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Column 'big' is of type int64, which intValue does not return; use value(\"big\")");
        assertThatThrownBy(() -> row.longValue("day"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'day' is of type date");
        assertThatThrownBy(() -> row.longValue("none"))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("table.no_value"))
                .hasMessageStartingWith("[none] The row has no value there");
    }

    @Test
    @SuppressWarnings("StringConcatToTextBlock") // a text block would strip the blanks that lines end with
    void a_table_prints_with_numbers_to_the_right() {
        Table table = Table.of(SCHEMA, List.of(batch(1, "Ann"), batch(1_000, null, 3, "two\nlines")));
        assertThat(table.toString())
                .isEqualTo(String.join(
                        "\n",
                        "",
                        "id   | full_name",
                        "-----+----------",
                        "   1 | Ann      ",
                        "1000 |          ",
                        "   3 | two lines",
                        "(3 rows)"));
    }

    @Test
    void a_long_table_prints_its_first_rows_and_clips_wide_values() {
        Object[] values = IntStream.range(0, 50)
                .boxed()
                .flatMap(i -> List.<Object>of(i, "x".repeat(100)).stream())
                .toArray();
        String printed = Table.of(SCHEMA, List.of(batch(values))).toString();
        assertThat(printed).endsWith("(50 rows, the first 20 shown)").contains("x".repeat(39) + "…");
        assertThat(printed.lines()).hasSize(24);
        assertThat(Table.of(SCHEMA, List.of()).toString()).endsWith("(0 rows)");
        assertThat(Table.of(Schema.of(), List.of())).hasToString("\n(0 rows)");
    }

    @Test
    void rows_become_records_by_name_in_either_case() {
        Table table = Table.of(SCHEMA, List.of(batch(1, "Ann", 2, null)));
        assertThat(table.records(Person.class)).containsExactly(new Person(1, "Ann"), new Person(2, null));
        assertThat(table.row(1).as(Person.class)).isEqualTo(new Person(2, null));
        assertThat(table.row(0).string("id")).isEqualTo("1");
    }

    @Test
    void records_become_rows_and_come_back() {
        All all = new All(
                true,
                1,
                null,
                1.5f,
                2.5,
                new BigDecimal("1.500000000"),
                "t",
                new UUID(1, 2),
                LocalDate.EPOCH,
                LocalTime.NOON,
                LocalDateTime.parse("2024-05-20T12:10:03.998"),
                Instant.EPOCH,
                Colour.RED);
        Rows rows = Rows.ofRecords(All.class, List.of(all));
        assertThat(rows.schema().names()).contains("flag", "money", "colour");
        assertThat(rows.records(All.class)).containsExactly(all);
    }

    private record Wrong(int id, int fullName) {}

    private record Missing(int id, String surname) {}

    private record Needs(int id, long fullName) {}

    private record Unfit(Thread thread) {}

    @Test
    void records_that_do_not_fit_are_refused_with_the_reason() {
        Table table = Table.of(SCHEMA, List.of(batch(1, "Ann")));
        assertThatThrownBy(() -> table.records(Wrong.class))
                .hasMessageContaining("takes int, but the row has a value of type String: Ann");
        assertThatThrownBy(() -> table.row(0).value("full_name", Integer.class))
                .hasMessage("Column 'full_name' holds a value of type String, not Integer");
        assertThatThrownBy(() -> table.records(Missing.class)).hasMessageContaining("'surname'", "[id, full_name]");
        assertThatThrownBy(() -> Table.of(SCHEMA, List.of(batch(1, null))).records(Needs.class))
                .hasMessageContaining("primitive long");
        assertThatThrownBy(() -> Rows.ofRecords(Unfit.class, List.of())).hasMessageContaining("java.lang.Thread");
    }

    @Test
    void schemas_know_their_columns() {
        assertThat(SCHEMA.toString()).isEqualTo("(id int32 not null, full_name string)");
        assertThat(SCHEMA.select(List.of("full_name")).names()).containsExactly("full_name");
        assertThatThrownBy(() -> SCHEMA.position("x")).hasMessage("There is no column 'x' among [id, full_name]");
        assertThatThrownBy(() -> Schema.of(SCHEMA.column(0), SCHEMA.column(0)))
                .hasMessageContaining("'id' occurs twice");
        assertThatThrownBy(() -> Column.nullable(" ", ColumnType.JSON)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ColumnType.decimal(5, 6)).isInstanceOf(IllegalArgumentException.class);
        for (String text : List.of("decimal(10)", "decimal(a,b)", "text", "list", "")) {
            assertThatThrownBy(() -> ColumnType.parse(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void values_that_a_column_does_not_take_are_refused() {
        ColumnVector.Builder builder = ColumnVector.builder(ColumnType.INT32, 1);
        assertThatThrownBy(() -> builder.appendValue("1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A column of type int32 does not take a java.lang.String");
        for (ColumnType type : List.of(ColumnType.decimal(4, 2), ColumnType.decimal(20, 2))) {
            ColumnVector.Builder decimals = ColumnVector.builder(type, 1);
            assertThatThrownBy(() -> decimals.appendValue(new BigDecimal("1.001")))
                    .isInstanceOf(ArithmeticException.class);
            assertThatThrownBy(() -> decimals.appendValue(BigDecimal.TEN.pow(25)))
                    .isInstanceOf(ArithmeticException.class);
            assertThat(decimals.size()).isZero();
        }
        assertThatThrownBy(() -> ColumnBatch.of(SCHEMA, List.of(builder.build())))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_batch_can_be_narrowed_to_columns_and_rows() {
        ColumnBatch batch = batch(1, "a", 2, null, 3, "c");
        assertThat(Batches.values(batch.select(List.of("full_name"))))
                .containsExactly(List.of("a"), Collections.singletonList(null), List.of("c"));
        assertThat(Batches.values(batch.gather(new int[] {2, 0}, 2))).containsExactly(List.of(3, "c"), List.of(1, "a"));
        assertThatThrownBy(() -> batch.row(3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void a_write_ends_at_the_first_rejected_row_unless_they_are_kept() {
        RejectedRow bad = new RejectedRow("f", 3, "c", "is wrong", Map.of());
        RowSink sink = (rows, rejects) -> {
            WriteCounts counts = new WriteCounts("t", rows, rejects);
            counts.rejected(bad);
            return counts.report(-1, 10);
        };
        assertThatThrownBy(() -> sink.write(Rows.empty(SCHEMA)))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("table.rejected"))
                .hasMessageStartingWith("[f:3] c: is wrong; repair the row, or hand a RejectListener");
        KeptRejects kept = RejectListener.keep(1);
        WriteReport report = sink.write(Rows.empty(SCHEMA), kept);
        assertThat(report.rejects()).containsExactly(bad);
        assertThat(kept.rows()).containsExactly(bad);
        assertThatThrownBy(() -> sink.write(Rows.empty(SCHEMA), kept))
                .isInstanceOf(KeywharfException.class)
                .hasMessageStartingWith("[f] More than 1 rows were rejected");
    }

    @Test
    void a_report_fits_a_terminal() {
        WriteReport report = WriteReport.of(2, 1, 1, 10, Duration.ofMillis(1_500));
        assertThat(report).hasToString("2 read, 1 written, 1 rejected, 10 bytes in 1.500 s");
        LeftOut leftOut = new LeftOut(1_000, 2_000_000, 3, 0, 4, 5);
        assertThat(new WriteReport(12_001_012, 10_000_000, leftOut, 1_234_567_890, Duration.ofSeconds(75), List.of()))
                .asString()
                .startsWith("12,001,012 read, 10,000,000 written,\n")
                .contains("2,000,000 by filter, 3 by distinct, 4 unchanged, 5 by trigger,")
                .endsWith("1,234,567,890 bytes in 75.000 s")
                .satisfies(text -> assertThat(text.lines()).allMatch(line -> line.length() <= 80));
    }

    @Test
    void microseconds_and_times_before_1970_agree() {
        for (String text : List.of("1969-12-31T23:59:59.999999", "0001-01-01T00:00", "2024-05-20T12:10:03.998")) {
            LocalDateTime time = LocalDateTime.parse(text);
            assertThat(Micros.toLocalDateTime(Micros.of(time))).isEqualTo(time);
            Instant instant = Instant.parse((text.length() == 16 ? text + ":00" : text) + "Z");
            assertThat(Micros.toInstant(Micros.of(instant))).isEqualTo(instant);
        }
    }

    @Test
    void a_printed_value_fits_a_terminal_and_begins_below_the_name_that_a_shell_gives_it() {
        record Wide(String text, long number, String more, String id) {}
        record Many(long a1, long a2, long a3, long a4, long a5, long a6, long a7, long a8) {}
        String long60 = "x".repeat(60);
        Table cut = Rows.ofRecords(Wide.class, List.of(new Wide(long60, Long.MAX_VALUE, long60, "short")))
                .toTable();
        long most = Long.MAX_VALUE;
        Table left = Rows.ofRecords(Many.class, List.of(new Many(most, most, most, most, most, most, most, most)))
                .toTable();

        assertThat(cut.toString()).startsWith("\ntext ").contains("…", "9223372036854775807", "short");
        assertThat(cut.toString().lines()).allMatch(line -> line.length() <= 80);
        assertThat(left.toString()).contains("a3").doesNotContain("a4").endsWith("(1 row, 5 more columns)");
        assertThat(left.toString().lines()).allMatch(line -> line.length() <= 80);
        assertThat(left.print(1)).startsWith("a1 ").contains("a8");
    }
}
