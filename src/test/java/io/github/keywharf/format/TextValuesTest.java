package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextValuesTest {

    record Text(@Nullable String it) {}

    record Pair(@Nullable BigDecimal it, double other) {}

    private static @Nullable Object read(TextValues values, ColumnType type, String text) {
        List<Object> made = new ArrayList<>();
        List<String> rejected = new ArrayList<>();
        Rows.ofRecords(Text.class, List.of(new Text(text)))
                .through(values.retype("it", type), row -> rejected.add(row.reason()))
                .stream()
                .forEach(row -> made.add(String.valueOf(row.value("it"))));
        return made.isEmpty() ? String.join("", rejected) : made.get(0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1.234,5 | 1234.50",
                "1234,5 | 1234.50",
                "-1.234.567,89 | -1234567.89",
                "12,3 | 12.30",
                "1.23,4 | '1.23,4' is not a valid decimal(12,2)",
                "1234.567,8 | '1234.567,8' is not a valid decimal(12,2)",
                ".123,4 | '.123,4' is not a valid decimal(12,2)",
                "1.2345 | '1.2345' is not a valid decimal(12,2)",
                "1.234. | '1.234.' is not a valid decimal(12,2)",
                "1,2,3 | '1,2,3' is not a valid decimal(12,2)",
            },
            quoteCharacter = '"')
    void numbers_have_their_own_point_and_groups_of_three(String text, String expected) {
        assertThat(read(TextValues.STANDARD.withDecimalPoint(',', '.'), ColumnType.decimal(12, 2), text))
                .isEqualTo(expected);
    }

    @Test
    void with_a_decimal_comma_a_point_is_not_a_number() {
        TextValues comma = TextValues.STANDARD.withDecimalPoint(',');

        assertThat(read(comma, ColumnType.FLOAT64, "1,5")).isEqualTo("1.5");
        assertThat(read(comma, ColumnType.FLOAT64, "1.5")).isEqualTo("'1.5' is not a valid float64");
    }

    @Test
    void days_and_times_have_their_own_patterns_and_days_must_exist() {
        TextValues values =
                TextValues.STANDARD.withDates("dd/MM/yyyy").withTimes("HH.mm").withTimestamps("d MMM yyyy HH:mm");

        assertThat(read(values, ColumnType.DATE, "29/02/2024"))
                .isEqualTo(LocalDate.of(2024, 2, 29).toString());
        assertThat(read(values, ColumnType.DATE, "29/02/2023")).isEqualTo("'29/02/2023' is not a valid date");
        assertThat(read(values, ColumnType.DATE, "2024-02-29")).isEqualTo("'2024-02-29' is not a valid date");
        assertThat(read(values, ColumnType.TIME, "23.59"))
                .isEqualTo(LocalTime.of(23, 59).toString());
        assertThat(read(values, ColumnType.TIMESTAMP, "3 May 2024 07:05"))
                .isEqualTo(LocalDateTime.of(2024, 5, 3, 7, 5).toString());
    }

    @Test
    void local_times_become_instants_in_their_zone_and_those_that_never_were_are_rejected() {
        TextValues berlin = TextValues.STANDARD.withZone(ZoneId.of("Europe/Berlin"));

        assertThat(read(berlin, ColumnType.TIMESTAMP_UTC, "2024-07-01 12:00:00"))
                .isEqualTo(Instant.parse("2024-07-01T10:00:00Z").toString());
        assertThat(read(berlin, ColumnType.TIMESTAMP_UTC, "2024-07-01T12:00:00Z"))
                .isEqualTo(Instant.parse("2024-07-01T12:00:00Z").toString());
        assertThat(read(berlin, ColumnType.TIMESTAMP_UTC, "2024-10-27 02:30:00"))
                .isEqualTo(Instant.parse("2024-10-27T00:30:00Z").toString());
        assertThat(read(berlin, ColumnType.TIMESTAMP_UTC, "2024-03-31 02:30:00"))
                .isEqualTo("'2024-03-31 02:30:00' is not a valid timestamp_utc");
    }

    @Test
    void booleans_and_absent_values_have_their_own_words() {
        TextValues values =
                TextValues.STANDARD.withBooleans(Set.of("ja"), Set.of("nein")).withNulls(Set.of("N/A"));

        assertThat(read(values, ColumnType.BOOLEAN, "JA")).isEqualTo("true");
        assertThat(read(values, ColumnType.BOOLEAN, "nein")).isEqualTo("false");
        assertThat(read(values, ColumnType.BOOLEAN, "true")).isEqualTo("'true' is not a valid boolean");
        assertThat(read(values, ColumnType.INT32, "N/A")).isEqualTo("null");
    }

    @Test
    void numbers_become_numbers_that_hold_them_exactly_or_text() {
        List<String> rejected = new ArrayList<>();
        List<Object> made = new ArrayList<>();
        Rows.ofRecords(Pair.class, List.of(new Pair(new BigDecimal("5"), 1), new Pair(new BigDecimal("5.5"), 2)))
                .through(
                        TextValues.STANDARD
                                .retype("it", ColumnType.INT32)
                                .then(TextValues.STANDARD.retype("other", ColumnType.STRING)),
                        row -> rejected.add(row.toString()))
                .stream()
                .forEach(row -> made.add(row.toMap()));

        assertThat(rejected).hasSize(2);
        assertThat(made).isEmpty();
    }

    @Test
    void a_csv_file_is_read_with_these_formats() {
        byte[] text = "id;day;amount\n1;24/12/2024;1.234,50\n\"-\";31/12/2024;7\n".getBytes(StandardCharsets.UTF_8);
        Schema schema = Schema.of(
                Column.nullable("id", ColumnType.INT32),
                Column.nullable("day", ColumnType.DATE),
                Column.nullable("amount", ColumnType.decimal(9, 2)));
        TextValues german = TextValues.STANDARD
                .withDates("dd/MM/yyyy")
                .withDecimalPoint(',', '.')
                .withNulls(Set.of("-"));

        List<List<Object>> rows = Csv.reader("in.csv", () -> new ByteArrayInputStream(text))
                .separator(';')
                .schema(schema)
                .values(german)
                .rows()
                .stream()
                .map(row -> List.<Object>of(
                        String.valueOf(row.value("id")),
                        String.valueOf(row.value("day")),
                        String.valueOf(row.value("amount"))))
                .toList();

        assertThat(rows).containsExactly(List.of("1", "2024-12-24", "1234.50"), List.of("null", "2024-12-31", "7.00"));
    }

    @Test
    void settings_that_contradict_each_other_are_refused() {
        assertThatThrownBy(() -> TextValues.STANDARD.withDecimalPoint('.', '.')).hasMessageContaining("must differ");
        assertThatThrownBy(() -> TextValues.STANDARD.withDecimalPoint('1')).hasMessageContaining("between digits");
        assertThatThrownBy(() -> TextValues.STANDARD.withBooleans(Set.of("X"), Set.of("x")))
                .hasMessageContaining("one in common");
        assertThatThrownBy(() -> TextValues.STANDARD.withDates("not a pattern"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
