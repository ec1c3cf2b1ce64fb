package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.DoubleVector;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextValuesTest {

    record Text(@Nullable String it) {}

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
    @ValueSource(
            strings = {
                "0",
                "-0",
                "-0.0",
                "00.10",
                "0.1",
                "-123.456",
                "1.",
                ".5",
                "-.5",
                "123456789012345",
                "0.00000000000001",
                ".123456789012345",
                "1234567890.12345",
                "1234567890123456",
                "9007199254740993",
                "0.1234567890123456",
                "1e5",
                "+1.5",
                "1E-300",
                "NaN"
            })
    void a_double_is_the_one_nearest_to_the_text(String text) {
        DoubleVector.Builder builder = (DoubleVector.Builder) ColumnVector.builder(ColumnType.FLOAT64, 1);
        assertThat(FieldParser.of(builder).append(("x" + text).toCharArray(), 1, text.length()))
                .isTrue();
        assertThat(builder.build().value(0)).isEqualTo(Double.valueOf(text));
    }

    @Test
    void doubles_of_any_length_are_those_of_java() {
        Random random = new Random(20_260_105);
        DoubleVector.Builder builder = (DoubleVector.Builder) ColumnVector.builder(ColumnType.FLOAT64, 1);
        FieldParser parser = FieldParser.of(builder);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(random.nextInt(3) == 0 ? "-" : "");
            int digits = 1 + random.nextInt(18);
            int point = random.nextInt(2 * digits);
            for (int digit = 0; digit < digits; digit++) {
                text.append(digit == point ? "." : "").append(random.nextInt(4) == 0 ? 0 : random.nextInt(10));
            }
            text.append(point == digits ? "." : "");
            assertThat(parser.append(text.toString().toCharArray(), 0, text.length()))
                    .as(text.toString())
                    .isTrue();
            assertThat(builder.build().value(0)).as(text.toString()).isEqualTo(Double.valueOf(text.toString()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", ".", "-.", "1.2.3", "1-2", "--1", "1e999", "1e-999", "one"})
    void what_is_not_a_double_is_not_appended(String text) {
        ColumnVector.Builder builder = ColumnVector.builder(ColumnType.FLOAT64, 1);
        assertThat(FieldParser.of(builder).append(text.toCharArray(), 0, text.length()))
                .isFalse();
        assertThat(builder.size()).isZero();
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
                "1.23E4 | '1.23E4' is not a valid decimal(12,2)",
                "1.234E5 | 123400000.00",
                "1e0.012 | '1e0.012' is not a valid decimal(12,2)",
                "0.500 | '0.500' is not a valid decimal(12,2)",
                "000.123 | '000.123' is not a valid decimal(12,2)",
                "0,50 | 0.50",
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
    void an_offset_that_is_written_counts_and_a_timestamp_must_not_have_one() {
        TextValues values = TextValues.STANDARD.withTimestamps("dd/MM/yyyy HH:mm[ XXX]");

        assertThat(read(
                        values.withZone(ZoneId.of("Europe/London")),
                        ColumnType.TIMESTAMP_UTC,
                        "20/05/2024 12:00 +05:00"))
                .isEqualTo("2024-05-20T07:00:00Z");
        assertThat(read(values.withZone(ZoneId.of("Europe/London")), ColumnType.TIMESTAMP_UTC, "20/05/2024 12:00"))
                .isEqualTo("2024-05-20T11:00:00Z");
        assertThat(read(values, ColumnType.TIMESTAMP_UTC, "20/05/2024 12:00 +05:00"))
                .isEqualTo("2024-05-20T07:00:00Z");
        assertThat(read(values, ColumnType.TIMESTAMP_UTC, "20/05/2024 12:00"))
                .isEqualTo("'20/05/2024 12:00' is not a valid timestamp_utc");
        assertThat(read(values, ColumnType.TIMESTAMP, "20/05/2024 12:00 +05:00"))
                .isEqualTo("'20/05/2024 12:00 +05:00' is not a valid timestamp");
        assertThat(read(values, ColumnType.TIMESTAMP, "20/05/2024 12:00")).isEqualTo("2024-05-20T12:00");
    }

    @Test
    void literals_of_a_pattern_may_have_its_letters_and_times_finer_than_a_column_are_rejected() {
        assertThat(read(TextValues.STANDARD.withDates("'day' dd/MM/yyyy"), ColumnType.DATE, "day 20/05/2024"))
                .isEqualTo("2024-05-20");
        assertThat(read(
                        TextValues.STANDARD.withTimestamps("yyyy-MM-dd HH:mm 'GMT'"),
                        ColumnType.TIMESTAMP,
                        "2024-05-20 12:00 GMT"))
                .isEqualTo("2024-05-20T12:00");
        assertThat(read(TextValues.STANDARD.withTimes("HH:mm:ss.SSSSSSSSS"), ColumnType.TIME, "12:00:00.123456789"))
                .isEqualTo("'12:00:00.123456789' is not a valid time");
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

    record Numbers(long whole, double floating, @Nullable BigDecimal decimal) {}

    private static String retyped(long whole, double floating, String decimal, String column, ColumnType type) {
        List<String> made = new ArrayList<>();
        Rows.ofRecords(Numbers.class, List.of(new Numbers(whole, floating, new BigDecimal(decimal))))
                .through(TextValues.STANDARD.retype(column, type), row -> made.add("rejected"))
                .stream()
                .forEach(row -> made.add(String.valueOf(row.value(column))));
        return made.get(0);
    }

    @Test
    void numbers_become_numbers_that_hold_them_exactly_or_text() {
        assertThat(retyped(1L << 53, 0, "0", "whole", ColumnType.FLOAT64)).isEqualTo("9.007199254740992E15");
        assertThat(retyped((1L << 53) + 1, 0, "0", "whole", ColumnType.FLOAT64)).isEqualTo("rejected");
        assertThat(retyped((1L << 24) + 1, 0, "0", "whole", ColumnType.FLOAT32)).isEqualTo("rejected");
        assertThat(retyped(1L << 31, 0, "0", "whole", ColumnType.INT32)).isEqualTo("rejected");
        assertThat(retyped(0, 2.0, "0", "floating", ColumnType.INT32)).isEqualTo("2");
        assertThat(retyped(0, 1e10, "0", "floating", ColumnType.INT64)).isEqualTo("10000000000");
        assertThat(retyped(0, 2.5, "0", "floating", ColumnType.INT64)).isEqualTo("rejected");
        assertThat(retyped(0, 1.23456789012, "0", "floating", ColumnType.FLOAT32))
                .isEqualTo("rejected");
        assertThat(retyped(0, 0.1, "0", "floating", ColumnType.decimal(3, 1))).isEqualTo("0.1");
        assertThat(retyped(0, Double.NaN, "0", "floating", ColumnType.INT64)).isEqualTo("rejected");
        assertThat(retyped(0, Double.NaN, "0", "floating", ColumnType.FLOAT32)).isEqualTo("NaN");
        assertThat(retyped(0, 0, "5.00", "decimal", ColumnType.INT64)).isEqualTo("5");
        assertThat(retyped(0, 0, "5.50", "decimal", ColumnType.INT64)).isEqualTo("rejected");
        assertThat(retyped(0, 0, "0.1", "decimal", ColumnType.FLOAT64)).isEqualTo("rejected");
        assertThat(retyped(7, 0, "0", "whole", ColumnType.STRING)).isEqualTo("7");
    }

    @Test
    void rows_that_were_rejected_are_read_again_in_the_formats_of_their_source(@TempDir Path folder)
            throws IOException {
        ObjectStore store = ObjectStore.ofDirectory(folder);
        Schema schema = Schema.of(
                Column.nullable("id", ColumnType.INT32), Column.nullable("amount", ColumnType.decimal(12, 3)));
        TextValues german = TextValues.STANDARD.withDecimalPoint(',', '.').withNulls(Set.of("-"));
        byte[] text = "id;amount\nbad;1.234\nworse;-\n".getBytes(StandardCharsets.UTF_8);
        try (RejectedRowsWriter rejected = RejectedRows.writer(store, "rejected.jsonl")) {
            Csv.reader("in.csv", () -> new ByteArrayInputStream(text))
                    .separator(';')
                    .schema(schema)
                    .values(german)
                    .rejects(rejected)
                    .rows()
                    .toTable();
            rejected.commit();
        }
        String kept = Files.readString(folder.resolve("rejected.jsonl"));
        Files.writeString(
                folder.resolve("repaired.jsonl"), kept.replace("\"bad\"", "1").replace("\"worse\"", "2"));

        List<String> read = RejectedRows.rows(store, "repaired.jsonl", schema, german, row -> {
                    throw new AssertionError(row);
                })
                .stream()
                .map(Object::toString)
                .toList();

        assertThat(read).containsExactly("{id=1, amount=1234.000}", "{id=2, amount=null}");
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
