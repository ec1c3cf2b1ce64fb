package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvReaderTest {

    private static final Schema PAYMENTS = Schema.of(
            Column.required("id", ColumnType.INT32),
            Column.nullable("payer", ColumnType.STRING),
            Column.nullable("amount", ColumnType.decimal(10, 2)));

    private final List<RejectedRow> rejected = new ArrayList<>();

    private CsvReader reader(String text) {
        return reader(text.getBytes(StandardCharsets.UTF_8));
    }

    private CsvReader reader(byte[] bytes) {
        return Csv.reader("in.csv", () -> new ByteArrayInputStream(bytes)).rejects(rejected::add);
    }

    private static List<List<Object>> values(Table table) {
        List<List<Object>> rows = new ArrayList<>();
        for (Row row : table) {
            rows.add(new ArrayList<>(row.toMap().values()));
        }
        return rows;
    }

    @Test
    void empty_text_and_absent_values_stay_apart() {
        Table table = reader("a,b\n\"\",\n").rows().toTable();
        assertThat(values(table)).containsExactly(Arrays.asList("", null));
    }

    @Test
    void without_a_schema_every_column_is_text_named_by_the_header() {
        Table table = reader("id,name\n1,Ann\n").rows().toTable();
        assertThat(table.schema())
                .isEqualTo(Schema.of(
                        Column.nullable("id", ColumnType.STRING), Column.nullable("name", ColumnType.STRING)));
        assertThat(values(table)).containsExactly(List.of("1", "Ann"));
    }

    @Test
    void without_header_and_schema_columns_are_numbered_and_the_first_line_is_a_row() {
        Table table = reader("1,Ann\n2,Bob").header(false).rows().toTable();
        assertThat(table.schema().names()).containsExactly("column_1", "column_2");
        assertThat(values(table)).containsExactly(List.of("1", "Ann"), List.of("2", "Bob"));
    }

    @Test
    void columns_are_found_by_name_in_any_order_and_others_left_out() {
        Table table = reader("amount,x,id,payer\n1.50,?,7,Ann\n")
                .schema(PAYMENTS)
                .rows()
                .toTable();
        assertThat(table.row(0).toString()).isEqualTo("{id=7, payer=Ann, amount=1.50}");
    }

    @Test
    void a_malformed_value_rejects_its_row_with_line_column_and_reason_and_the_rest_goes_on() {
        Table table = reader("id,payer,amount\n1,Ann,2.5\nx,\"Bob\nby\",3\n3,Cy,1.234\n4,,\n,Dee,1\n")
                .schema(PAYMENTS)
                .rows()
                .toTable();
        assertThat(values(table)).hasSize(2);
        assertThat(rejected)
                .extracting(RejectedRow::toString)
                .containsExactly(
                        "[in.csv:3] id: 'x' is not a valid int32",
                        "[in.csv:5] amount: '1.234' is not a valid decimal(10,2)",
                        "[in.csv:7] id: has no value, but one is required");
        assertThat(rejected.get(0).row()).hasToString("{id=x, payer=Bob\nby, amount=3}");
    }

    @Test
    void rows_with_too_few_or_too_many_fields_are_rejected_with_all_their_fields() {
        Table table = reader("id,payer,amount\n1,Ann\n2,Bob,3,4\n3,Cy,\n")
                .schema(PAYMENTS)
                .rows()
                .toTable();
        assertThat(values(table)).hasSize(1);
        assertThat(rejected)
                .extracting(RejectedRow::toString)
                .containsExactly("[in.csv:2] has 2 fields instead of 3", "[in.csv:3] has 4 fields instead of 3");
        assertThat(rejected.get(1).row()).containsEntry("field 4", "4");
    }

    @Test
    void a_quote_out_of_place_rejects_its_row_and_the_next_is_read() {
        Table table = reader("a,b\n\"x\"y,1\n\"say \"\"hi\"\"\",2\n\"\"\"\",3\n")
                .rows()
                .toTable();
        assertThat(values(table)).containsExactly(List.of("say \"hi\"", "2"), List.of("\"", "3"));
        assertThat(rejected)
                .singleElement()
                .hasToString("[in.csv:2] has text behind the quote that closes field 1; "
                        + "a quote within a quoted field must be doubled");
    }

    @Test
    void a_quote_that_is_never_closed_is_rejected_with_the_line_it_opens_on() {
        Table table = reader("a,b\n1,2\n3,\"4\n5,6\n7,8\n").rows().toTable();
        assertThat(values(table)).containsExactly(List.of("1", "2"));
        assertThat(rejected).singleElement().satisfies(row -> {
            assertThat(row.position()).isEqualTo(3);
            assertThat(row.reason()).startsWith("opens a quote that is never closed");
            assertThat(row.row()).containsEntry("a", "3");
        });
    }

    @Test
    void without_a_listener_the_first_bad_row_ends_the_reading() {
        Rows rows = Csv.reader("in.csv", () -> stream("id\n1\nx\n"))
                .schema(Schema.of(Column.required("id", ColumnType.INT64)))
                .rows();
        assertThatThrownBy(rows::next)
                .isInstanceOf(KeywharfException.class)
                .hasMessageStartingWith(
                        "[in.csv:3] id: 'x' is not a valid int64; repair the row, or hand a RejectListener");
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_header_that_lacks_columns_is_refused_with_their_names() {
        assertThatThrownBy(() -> reader("id,name\n").schema(PAYMENTS).rows())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("format.bad_header"))
                .hasMessage("[in.csv] lacks the columns [payer, amount]; its header has [id, name]");
        assertThatThrownBy(() -> reader("").schema(PAYMENTS).rows()).hasMessageContaining("is empty");
        assertThatThrownBy(() -> reader("a,a\n").rows()).hasMessageContaining("'a' twice");
        assertThatThrownBy(() -> reader("a,,c\n").rows()).hasMessageContaining("no name for field 2");
        assertThatThrownBy(() -> reader("a,\"b\n").rows()).hasMessageContaining("never closed");
    }

    @Test
    void a_byte_order_mark_is_skipped_in_each_encoding() {
        for (Charset charset : List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
            byte[] bytes = "\uFEFFid\n1\n".getBytes(charset);
            assertThat(reader(bytes).charset(charset).rows().schema().names()).containsExactly("id");
        }
    }

    @Test
    void another_encoding_is_an_error_rather_than_wrong_letters() {
        byte[] latin = "name\nZoé\n".getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> reader(latin).rows().toTable())
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining("is not UTF-8")
                .hasMessageContaining("set charset(...)");
        assertThat(values(reader(latin)
                        .charset(StandardCharsets.ISO_8859_1)
                        .rows()
                        .toTable()))
                .containsExactly(List.of("Zoé"));
    }

    @Test
    void times_are_read_in_every_usual_form() {
        Schema schema =
                Schema.of(Column.nullable("t", ColumnType.TIMESTAMP), Column.nullable("u", ColumnType.TIMESTAMP_UTC));
        String text = """
                t,u
                2024-05-20 12:10:03.998,2024-05-20 12:10:03.998+02
                2024-02-29T23:59,1969-12-31T23:59:59.999999Z
                2023-02-29 00:00:00,2024-05-20 12:10:03Z
                2024-05-20 24:00:00,
                2024-05-20 12:00:00.1234567,
                ,2024-05-20 12:10:03
                ,2024-05-20 00:00-05:30
                """;
        Table table = reader(text).schema(schema).rows().toTable();
        assertThat(values(table))
                .containsExactly(
                        List.of(
                                LocalDateTime.parse("2024-05-20T12:10:03.998"),
                                Instant.parse("2024-05-20T10:10:03.998Z")),
                        List.of(LocalDateTime.parse("2024-02-29T23:59"), Instant.parse("1969-12-31T23:59:59.999999Z")),
                        Arrays.asList(null, Instant.parse("2024-05-20T05:30:00Z")));
        assertThat(rejected).extracting(RejectedRow::position).containsExactly(4L, 5L, 6L, 7L);
    }

    @Test
    void numbers_are_read_exactly_or_not_at_all() {
        Schema schema =
                Schema.of(Column.nullable("n", ColumnType.INT64), Column.nullable("d", ColumnType.decimal(4, 2)));
        Table table = reader(
                        "n,d\n-9223372036854775808,-99.99\n9223372036854775808,1\n+5,1e1\n1.0,1\n,100\n,5.100\n-,1\n")
                .schema(schema)
                .rows()
                .toTable();
        assertThat(table.rows().stream().map(row -> row.string("n") + " " + row.string("d")))
                .containsExactly("-9223372036854775808 -99.99", "5 10.00", "null 5.10");
        assertThat(rejected).extracting(RejectedRow::position).containsExactly(3L, 5L, 6L, 8L);
    }

    @Test
    void blank_lines_are_skipped_unless_the_only_column_is_null_there() {
        assertThat(values(reader("a,b\n\n1,2\n\n").rows().toTable())).containsExactly(List.of("1", "2"));
        assertThat(values(reader("a\n\n1\n").rows().toTable()))
                .containsExactly(Collections.singletonList(null), List.of("1"));
    }

    @Test
    void records_beyond_the_limits_are_rejected_and_endless_fields_end_the_reading() {
        String wide = "a,b\n" + "x,".repeat(50) + "\n1,2\n";
        assertThat(values(reader(wide).maxFields(10).rows().toTable())).containsExactly(List.of("1", "2"));
        String longer = "a,b\n" + "x".repeat(900) + "," + "y".repeat(900) + "\n1,2\n";
        assertThat(values(reader(longer).maxRecordLength(1_024).rows().toTable()))
                .containsExactly(List.of("1", "2"));
        assertThat(rejected)
                .extracting(RejectedRow::reason)
                .containsExactly(
                        "has more than 10 fields, the most that are allowed",
                        "has more than 1024 characters, the most that are allowed");

        InputStream endless = new SequenceInputStream(Collections.enumeration(IntStream.range(0, 5_000)
                .mapToObj(i -> stream(i == 0 ? "a\n\"" : "x\n".repeat(100)))
                .toList()));
        Rows rows = Csv.reader("in.csv", () -> endless).maxRecordLength(10_000).rows();
        assertThatThrownBy(rows::next)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("format.field_too_long"))
                .hasMessageStartingWith("[in.csv:2] ");
    }

    @Test
    void batches_are_full_whatever_is_rejected_and_the_file_is_closed(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("n.csv");
        Files.writeString(
                file,
                "n\n"
                        + String.join(
                                "\n",
                                IntStream.range(0, 250)
                                        .mapToObj(i -> i < 120 ? "x" : "" + i)
                                        .toList()));
        Rows rows = Csv.reader(file)
                .schema(Schema.of(Column.nullable("n", ColumnType.INT32)))
                .batchRows(100)
                .rejects(rejected::add)
                .rows();
        assertThat(rows.next().size()).isEqualTo(80);
        assertThat(rows.next().size()).isEqualTo(50);
        assertThat(rows.next()).isNull();
        rows.close();
        rows.close();
        assertThatThrownBy(rows::next).isInstanceOf(IllegalStateException.class);
        assertThat(rejected).hasSize(120);
    }

    @Test
    void a_batch_of_long_rows_ends_before_it_has_all_its_rows() {
        String megabyte = "x".repeat(1 << 20);
        List<Integer> sizes = new ArrayList<>();
        try (Rows rows = reader("a\n" + (megabyte + "\n").repeat(20)).rows()) {
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                sizes.add(batch.size());
            }
        }
        assertThat(sizes).containsExactly(8, 8, 4);
    }

    @Test
    void options_that_cannot_work_are_refused_immediately() {
        CsvReader reader = reader("");
        assertThatThrownBy(() -> reader.separator('"')).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> reader.separator('1')).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> reader.maxFields(0)).hasMessage("maxFields must be positive, but is 0");
        assertThatThrownBy(() -> reader.nullText("a\"b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> reader.nullText("a,b").rows()).hasMessageContaining("holds the separator");
    }
}
