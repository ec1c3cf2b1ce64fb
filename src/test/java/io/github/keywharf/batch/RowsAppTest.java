package io.github.keywharf.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.Csv;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.format.RejectedRows;
import io.github.keywharf.format.RejectedRowsWriter;
import io.github.keywharf.format.TextValues;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.RowStep;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.PlayStoreData;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowsAppTest {

    private static final Schema PERSONS = Schema.of(
            Column.required("id", ColumnType.INT32),
            Column.nullable("name", ColumnType.STRING),
            Column.nullable("born", ColumnType.DATE));

    private static final TextValues GERMAN =
            TextValues.STANDARD.withDates("dd/MM/yyyy").withDecimalPoint(',', '.');

    @TempDir
    Path directory;

    private final ObjectStore store = ObjectStore.inMemory();

    /** Says whether it clears. */
    private record Clearing(boolean clears, List<Boolean> written) implements RowSink {
        @Override
        public RowSink clearing() {
            return new Clearing(true, written);
        }

        @Override
        public WriteReport write(Rows rows, RejectListener rejects) {
            written.add(clears);
            rows.close();
            return WriteReport.of(0, 0, 0, 0, Duration.ZERO);
        }
    }

    @Test
    void the_sink_of_a_job_clears_where_it_is_asked_to() {
        List<Boolean> written = new ArrayList<>();
        RowSink sink = new GuardedSink(new Clearing(false, written), "run", () -> true);

        sink.write(Rows.empty(PERSONS));
        sink.clearing().write(Rows.empty(PERSONS));

        assertThat(written).containsExactly(false, true);
    }

    private JobsInTest jobs() {
        return new JobsInTest(directory);
    }

    private static RowsPlan plan(Schema schema, RowStep... steps) {
        return new RowsPlan(Optional.of(schema), TextValues.STANDARD, RowStep.all(List.of(steps)), Optional.of("uid"));
    }

    private static RowsPlan plainPlan() {
        return new RowsPlan(Optional.empty(), TextValues.STANDARD, RowStep.all(List.of()), Optional.empty());
    }

    private static RowsPlan apps() {
        Map<String, String> names = new HashMap<>();
        for (int i = 0; i < PlayStoreData.NAMES.size(); i++) {
            names.put(PlayStoreData.LETTERS.get(i), PlayStoreData.NAMES.get(i));
        }
        return new RowsPlan(
                Optional.of(PlayStoreData.schema(PlayStoreData.LETTERS)),
                TextValues.STANDARD.withNulls(Set.of("nan")),
                RowStep.rename(names),
                Optional.of("id"));
    }

    @Test
    void a_file_of_apps_arrives_with_types_names_and_ids() {
        JobsInTest jobs = jobs();
        Path file = PlayStoreData.of(1)
                .writeFile(directory.resolve("apps.csv"), PlayStoreData.LETTERS, 0, PlayStoreData.ROWS);
        IngestJob job = jobs.of(file);

        WriteReport report = RowsApp.ingest(job, apps());

        assertThat(report.read()).isEqualTo(PlayStoreData.ROWS);
        assertThat(report.written()).isEqualTo(PlayStoreData.ROWS);
        assertThat(report.rejected()).isZero();
        assertThat(jobs.rejectedLines()).isEmpty();
        assertThat(jobs.rows.stream().filter(row -> Boolean.FALSE.equals(row.get("free"))))
                .as("paid apps are not free")
                .hasSize(PlayStoreData.PAID);
        assertThat(jobs.rows.stream().filter(row -> row.get("rating") == null)).hasSize(PlayStoreData.WITHOUT_RATING);
        List<String> second = PlayStoreData.of(1).row(1);
        assertThat(jobs.rows.get(1))
                .containsEntry("name", second.get(0))
                .containsEntry("reviews", 78_158_306)
                .containsEntry("last_update", LocalDate.parse(second.get(10)))
                .containsEntry("id", job.rowId(3));
        assertThat(jobs.rows.stream().map(row -> row.get("id")).distinct()).hasSize(PlayStoreData.ROWS);
        assertThat(jobs.progress).isSorted().contains((long) PlayStoreData.ROWS);
    }

    @Test
    void another_attempt_writes_the_same_rows_under_the_same_ids() {
        Path file = PlayStoreData.of(2).writeFile(directory.resolve("apps.csv"), PlayStoreData.LETTERS, 0, 500);
        JobsInTest first = jobs();
        JobsInTest second = jobs();

        RowsApp.ingest(first.of(file), apps());
        RowsApp.ingest(second.of(file), apps());

        assertThat(second.rows).isEqualTo(first.rows);
    }

    @Test
    void json_lines_and_parquet_give_the_rows_that_csv_gives() {
        JobsInTest csv = jobs();
        RowsApp.ingest(
                csv.of(PlayStoreData.of(3).writeFile(directory.resolve("a.csv"), PlayStoreData.LETTERS, 0, 2_000)),
                apps());
        JobsInTest json = jobs();
        RowsApp.ingest(
                json.of(PlayStoreData.of(3)
                        .writeJsonLines(directory.resolve("a.JSONL"), PlayStoreData.LETTERS, 0, 2_000)),
                apps());
        Path parquet = directory.resolve("a.parquet");
        Parquet.writer(parquet)
                .sink()
                .write(Csv.reader(directory.resolve("a.csv"))
                        .schema(PlayStoreData.schema(PlayStoreData.LETTERS))
                        .values(TextValues.STANDARD.withNulls(Set.of("nan")))
                        .rows());
        JobsInTest columns = jobs();
        RowsApp.ingest(columns.of(parquet), apps());

        assertThat(csv.rows).hasSize(2_000);
        assertThat(withoutIds(json.rows)).isEqualTo(withoutIds(csv.rows));
        assertThat(withoutIds(columns.rows)).isEqualTo(withoutIds(csv.rows));
        assertThat(columns.rejectedLines()).isEmpty();
    }

    private static List<Map<String, @Nullable Object>> withoutIds(List<Map<String, @Nullable Object>> rows) {
        return rows.stream()
                .map(row -> {
                    Map<String, @Nullable Object> copy = new HashMap<>(row);
                    assertThat(copy.remove("id")).isInstanceOf(UUID.class);
                    return copy;
                })
                .collect(Collectors.toList());
    }

    @Test
    void a_profile_says_how_rows_are_read_and_what_is_done_to_them() {
        TenantProfile profile = TenantProfile.parse(JobsInTest.TENANT, """
                {"columns": [{"name": "a", "type": "string"}, {"name": "b", "type": "float32"}, {"name": "c", "type": "date"}],
                 "values": {"nulls": ["nan"], "dates": "dd/MM/yyyy"},
                 "steps": [{"rename": {"a": "name"}}, {"trim": ["name"]}, {"require": ["name"]}],
                 "row_id": "id"}
                """);
        JobsInTest jobs = jobs();
        IngestJob job = jobs.of("apps.csv", "a,b,c\n Maps ,nan,24/12/2000\n ,4.5,\n", profile);

        WriteReport report = new RowsApp().ingest(job);

        Map<String, @Nullable Object> first = new HashMap<>();
        first.put("name", "Maps");
        first.put("b", null);
        first.put("c", LocalDate.of(2000, 12, 24));
        first.put("id", job.rowId(2));
        assertThat(jobs.rows).containsExactly(first);
        assertThat(report.rejected()).isEqualTo(1);
        assertThat(jobs.rejectedLines())
                .containsExactly("[apps.csv:3] name: has no value, but one is required {a= , b=4.5, c=null}");
    }

    @Test
    void rows_that_a_step_leaves_out_are_no_fault_of_a_sink_that_counts_only_what_it_takes() {
        TenantProfile profile = TenantProfile.parse(JobsInTest.TENANT, """
                {"columns": [{"name": "a", "type": "string"}], "steps": [{"distinct": ["a"]}]}
                """);
        JobsInTest jobs = jobs();

        WriteReport report = new RowsApp().ingest(jobs.of("apps.csv", "a\nMaps\nMail\nMaps\n", profile));

        assertThat(jobs.rows).hasSize(2);
        assertThat(report.read()).isEqualTo(3);
        assertThat(report.written()).isEqualTo(2);
    }

    @Test
    void a_file_without_a_schema_is_text_under_its_header() {
        JobsInTest jobs = jobs();

        RowsApp.ingest(jobs.of("odd name, ünïcode.tsv", "a\tb c\n1\t\"x\ty\"\n"), plainPlan());

        assertThat(jobs.rows).containsExactly(Map.of("a", "1", "b c", "x\ty"));
    }

    @Test
    void rows_that_reader_step_or_target_rejects_are_kept_as_the_file_has_them() {
        JobsInTest jobs = jobs();
        jobs.refuses = row -> "ZOE".equals(row.string("title")) ? Optional.of("is not wanted here") : Optional.empty();
        RowsPlan plan = new RowsPlan(
                Optional.of(PERSONS),
                GERMAN,
                RowStep.all(List.of(
                        RowStep.rename(Map.of("name", "title")),
                        RowStep.derive(
                                Column.nullable("title", ColumnType.STRING),
                                row -> row.value("title", String.class).toUpperCase(java.util.Locale.ROOT)),
                        RowStep.require(List.of("born")))),
                Optional.of("uid"));
        String content = """
                id,name,extra,born
                1,Ann,e1,24/12/2000
                x,Bob,e2,25/12/2000
                3,Zoe,e3,26/12/2000
                4,"Dan
                the second",e4,
                5,Eve,e5,28/12/2000,more
                6,Fay,e6,
                7,Zoe,e7,29/12/2000
                """;

        WriteReport report = RowsApp.ingest(jobs.of("clients.csv", content), plan);

        assertThat(report.read()).isEqualTo(7);
        assertThat(report.written()).isEqualTo(1);
        assertThat(report.rejected()).isEqualTo(6);
        assertThat(jobs.rejectedLines())
                .containsExactlyInAnyOrder(
                        "[clients.csv:3] id: 'x' is not a valid int32 {id=x, name=Bob, born=25/12/2000}",
                        "[clients.csv:4] id: is not wanted here {id=3, name=Zoe, born=26/12/2000}",
                        "[clients.csv:5] born: has no value, but one is required {id=4, name=Dan\nthe second, born=null}",
                        "[clients.csv:7] has 5 fields instead of 4"
                                + " {id=5, name=Eve, extra=e5, born=28/12/2000, field 5=more}",
                        "[clients.csv:8] born: has no value, but one is required {id=6, name=Fay, born=null}",
                        "[clients.csv:9] id: is not wanted here {id=7, name=Zoe, born=29/12/2000}");
    }

    @ParameterizedTest
    @CsvSource({"csv", "jsonl", "parquet"})
    void repaired_rows_take_the_way_of_their_file_to_their_own_ids(String end) throws IOException {
        Schema schema = Schema.of(
                Column.required("id", ColumnType.INT32),
                Column.nullable("name", ColumnType.STRING),
                Column.nullable("born", ColumnType.DATE),
                Column.nullable("price", ColumnType.decimal(10, 2)),
                Column.nullable("doc", ColumnType.JSON),
                Column.nullable("raw", ColumnType.BYTES));
        RowsPlan plan = new RowsPlan(
                Optional.of(schema),
                GERMAN,
                RowStep.all(List.of(
                        RowStep.require(List.of("name")),
                        RowStep.rename(Map.of("name", "title")),
                        RowStep.derive(
                                Column.nullable("title", ColumnType.STRING), row -> "<" + row.string("title") + ">"))),
                Optional.of("uid"));
        JobsInTest jobs = jobs();
        jobs.refuses = row -> "<bad>".equals(row.string("title")) ? Optional.of("is not wanted") : Optional.empty();
        IngestJob job = jobs.of(threeRows(end, schema));
        RowsApp.ingest(job, plan);

        assertThat(jobs.rows).hasSize(1);
        assertThat(jobs.rejected).hasSize(2);
        keep("rejected.jsonl", jobs.rejected);
        // The middle row is repaired, the other one still is not.
        String repaired = text("rejected.jsonl").replace("\"name\":null", "\"name\":\"Bea\"");
        put("repaired.jsonl", repaired);
        JobsInTest again = jobs();
        again.refuses = jobs.refuses;

        WriteReport report = RowsApp.ingestRepaired(again.of(job.path()), plan, store, "repaired.jsonl");

        long line = end.equals("csv") ? 3 : 2;
        assertThat(report.written()).isEqualTo(1);
        assertThat(again.rows).singleElement().satisfies(row -> {
            assertThat(row)
                    .containsEntry("id", 2)
                    .containsEntry("title", "<Bea>")
                    .containsEntry("born", LocalDate.of(2000, 2, 1))
                    .containsEntry("price", new BigDecimal("1234.50"))
                    .containsEntry("doc", "{\"a\":[1,2.50]}")
                    .containsEntry("uid", job.rowId(line));
            assertThat((byte[]) row.get("raw")).containsExactly(1, 2, 255);
        });
        assertThat(again.rejected).singleElement().satisfies(row -> {
            assertThat(row.source()).isEqualTo("persons." + end);
            assertThat(row.position()).isEqualTo(line + 1);
            assertThat(row.row())
                    .as("a second round begins with what the first one began with")
                    .isEqualTo(read("rejected.jsonl").stream()
                            .filter(first -> first.position() == line + 1)
                            .findFirst()
                            .orElseThrow()
                            .row());
        });
    }

    private Path threeRows(String end, Schema schema) throws IOException {
        String csv = """
                id,name,born,price,doc,raw
                1,Ann,24/12/2000,"1,25",null,
                2,,01/02/2000,"1.234,50","{""a"":[1,2.50]}",\\x0102ff
                3,bad,02/01/2000,"0,10",""" + "\"\"\"text\"\"\"" + ",\n";
        return switch (end) {
            case "csv" -> Files.writeString(directory.resolve("persons.csv"), csv);
            case "jsonl" -> Files.writeString(directory.resolve("persons.jsonl"), """
                {"id":1,"name":"Ann","born":"24/12/2000","price":1.25}
                {"id":2,"born":"01/02/2000","price":"1.234,50","doc":{"a":[1,2.50]},"raw":"AQL/"}
                {"id":3,"name":"bad","born":"02/01/2000","price":0.10,"doc":"text"}
                """);
            default -> {
                // Days are text there, and become days by the profile.
                Path file = directory.resolve("persons.parquet");
                Schema there = Schema.of(schema.columns().stream()
                        .map(column ->
                                column.name().equals("born") ? Column.nullable("born", ColumnType.STRING) : column)
                        .toList());
                Path text = Files.writeString(directory.resolve("source.csv"), csv);
                Parquet.writer(file)
                        .sink()
                        .write(Csv.reader(text).schema(there).values(GERMAN).rows());
                yield file;
            }
        };
    }

    private void keep(String key, List<RejectedRow> rows) {
        try (RejectedRowsWriter writer = RejectedRows.writer(store, key)) {
            rows.forEach(writer::rejected);
            writer.commit();
        }
    }

    private List<RejectedRow> read(String key) {
        try (var rows = RejectedRows.read(store, key)) {
            return rows.toList();
        }
    }

    private String text(String key) throws IOException {
        try (var reader = store.open(key);
                var stream = reader.stream()) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void put(String key, String content) throws IOException {
        try (ObjectWriter writer = store.create(key)) {
            writer.write(content.getBytes(StandardCharsets.UTF_8));
            writer.commit();
        }
    }

    @Test
    void a_repaired_row_without_a_place_or_with_an_unknown_column_is_rejected() throws IOException {
        JobsInTest jobs = jobs();
        put("repaired.jsonl", """
                {"source":"p.csv","column":"","reason":"","row":{"id":1}}
                {"source":"p.csv","position":5,"column":"","reason":"","row":{"id":2,"nmae":"Ann"}}
                {"source":"p.csv","position":9,"column":"","reason":"","row":{"id":"3","born":"2000-01-02"}}
                """);

        RowsApp.ingestRepaired(jobs.of(directory.resolve("p.csv")), plan(PERSONS), store, "repaired.jsonl");

        assertThat(jobs.rejectedLines())
                .containsExactly(
                        "[repaired.jsonl:1] has no 'position' above 0 before its 'row' {id=1}",
                        "[p.csv:5] nmae: is not a column; remove it, or name it as one of [id, name, born] {id=2}");
        assertThat(jobs.rows)
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("id", 3)
                        .containsEntry(
                                "uid", jobs.of(directory.resolve("p.csv")).rowId(9)));
    }

    @Test
    void repaired_rows_of_a_file_that_is_gone_need_a_schema() {
        assertThatThrownBy(() -> RowsApp.ingestRepaired(
                        jobs().of(directory.resolve("p.csv")), plainPlan(), store, "repaired.jsonl"))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("batch.content_gone"))
                .hasMessageContaining("[p.csv]")
                .hasMessageContaining("declare the schema");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    a.csv     | PAR1xxxx                 | The name says CSV, but the content is Parquet
                    a.csv     | PK\u0003\u0004xxxx       | is a ZIP archive or a spreadsheet
                    a.tsv     | %PDF-1.7                 | is a PDF document
                    a.jsonl   | a,\u0000,c               | has zero bytes
                    a.json    | [{"a":1},{"a":2}]        | is a JSON array, not one object a line
                    a.json    | {¶ "a":1¶}               | is one JSON object over several lines
                    a.parquet | id,name                  | The name says Parquet, but the content is not Parquet
                    """)
    void a_file_that_is_not_what_its_name_says_is_refused(String name, String content, String expected) {
        JobsInTest jobs = jobs();

        KeywharfException e = catchThrowableOfType(
                KeywharfException.class,
                () -> RowsApp.ingest(jobs.of(name, content.replace('¶', '\n')), plan(PERSONS)));

        assertThat(e.code()).isEqualTo("batch.wrong_content");
        assertThat(e).hasMessageStartingWith("[" + name + "] ").hasMessageContaining(expected);
        assertThat(jobs.rows).isEmpty();
    }

    @Test
    void errors_of_formats_name_the_file_and_not_where_it_is() throws IOException {
        Path broken = Files.writeString(directory.resolve("broken.parquet"), "PAR1 and nothing of use PAR1");
        Path other = directory.resolve("other.parquet");
        Parquet.writer(other).sink().write(Rows.empty(Schema.of(Column.required("id", ColumnType.INT32))));

        assertRefused(broken, plan(PERSONS), "parquet.corrupt", "[broken.parquet]");
        assertRefused(other, plan(PERSONS), "table.schema_mismatch", "There is no column 'name'");
        assertRefused(directory.resolve("gone.csv"), plan(PERSONS), "batch.unreadable", "[gone.csv]");
        assertRefused(
                Files.writeString(directory.resolve("empty.csv"), ""),
                plan(PERSONS),
                "format.bad_header",
                "[empty.csv]");
        assertRefused(
                Files.writeString(directory.resolve("a.xml"), "<a/>"),
                plan(PERSONS),
                "batch.unknown_format",
                ".parquet");
        assertRefused(
                Files.writeString(directory.resolve("p.csv"), "id\n1\n"),
                new RowsPlan(Optional.empty(), TextValues.STANDARD, RowStep.require(List.of("born")), Optional.empty()),
                "batch.steps_do_not_fit",
                "There is no column 'born' among [id]");
    }

    private void assertRefused(Path file, RowsPlan plan, String code, String expected) {
        KeywharfException e =
                catchThrowableOfType(KeywharfException.class, () -> RowsApp.ingest(jobs().of(file), plan));
        assertThat(e.code()).isEqualTo(code);
        assertThat(e).hasMessageContaining(expected);
        assertThat(e.getMessage()).doesNotContain(directory.toString());
    }

    @Test
    void a_target_that_refuses_everything_ends_the_file() {
        JobsInTest jobs = jobs();
        jobs.refuses = row -> Optional.of("is not a customer");
        StringBuilder content = new StringBuilder("id\n");
        for (int i = 0; i <= RowsRun.MAX_SINK_REJECTS; i++) {
            content.append(i).append('\n');
        }

        assertThatThrownBy(() -> RowsApp.ingest(jobs.of("p.csv", content.toString()), plainPlan()))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("batch.too_many_rejects"))
                .hasMessageContaining("id: is not a customer");
    }

    @Test
    void any_number_of_rows_may_be_rejected_before_the_target() {
        JobsInTest jobs = jobs();
        List<Integer> odd = new ArrayList<>();
        StringBuilder content = new StringBuilder("id\n");
        for (int i = 0; i < 150_000; i++) {
            content.append(i).append('\n');
            if (i % 2 == 1) {
                odd.add(i);
            }
        }
        RowStep even = RowStep.derive(Column.required("half", ColumnType.INT32), row -> {
            int id = Integer.parseInt(String.valueOf(row.string("id")));
            if (id % 2 == 1) {
                throw new IllegalArgumentException("odd");
            }
            return id / 2;
        });

        WriteReport report = RowsApp.ingest(
                jobs.of("p.csv", content.toString()),
                new RowsPlan(Optional.empty(), TextValues.STANDARD, even, Optional.empty()));

        assertThat(report.rejected()).isEqualTo(75_000);
        assertThat(jobs.rejected.stream().map(row -> row.row().get("id")))
                .as("in the order of the file")
                .isEqualTo(odd.stream().map(String::valueOf).toList());
        assertThat(jobs.progress).as("while batches pass").hasSizeGreaterThan(5).isSorted();
    }

    @Test
    @Timeout(60)
    void a_number_of_millions_of_digits_costs_no_more_than_its_row() throws IOException {
        JobsInTest jobs = jobs();
        IngestJob job = jobs.of("numbers.csv", "n\n" + "7".repeat(8_000_000) + "\n2.5\n");

        WriteReport report = RowsApp.ingest(job, plan(Schema.of(Column.nullable("n", ColumnType.decimal(38, 2)))));

        assertThat(report.written()).isEqualTo(1);
        assertThat(report.rejected()).isEqualTo(1);
    }

    @Test
    void an_interruption_ends_the_file() {
        JobsInTest jobs = jobs();
        IngestJob job = jobs.of("p.csv", "id\n1\n");
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> RowsApp.ingest(job, plainPlan()))
                    .isInstanceOfSatisfying(
                            KeywharfException.class,
                            e -> assertThat(e.code()).isEqualTo(KeywharfException.INTERRUPTED));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(jobs.rows).isEmpty();
    }
}
