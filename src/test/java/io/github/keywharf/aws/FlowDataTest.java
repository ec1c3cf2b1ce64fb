package io.github.keywharf.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Event;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rows of a run, whatever its files are. */
class FlowDataTest {
    private static final String RUN = "contact/run-1/";
    private static final FlowRun FACTS = new FlowRun(
            "run-1",
            FlowStatus.SUCCESSFUL,
            Optional.of(Instant.EPOCH),
            Instant.EPOCH,
            Optional.empty(),
            Optional.empty(),
            0,
            0,
            0,
            0,
            Optional.empty());
    private static final Schema TYPED = Schema.of(
            Column.required("Id", ColumnType.STRING),
            Column.nullable("Score__c", ColumnType.FLOAT64),
            Column.nullable("Birthdate", ColumnType.DATE),
            Column.nullable("CreatedDate", ColumnType.TIMESTAMP_UTC),
            Column.nullable("IsDeleted", ColumnType.BOOLEAN));

    private final ObjectStore store = ObjectStore.inMemory();
    private final List<Event> events = new ArrayList<>();

    private FlowData data(FlowFileType declared) {
        return data(declared, FACTS);
    }

    private FlowData data(FlowFileType declared, FlowRun run) {
        SparkJournal journal = SparkJournal.of(store, "contact/", "run-1");
        List<StoredObject> files = store.list(RUN)
                .filter(object -> DataKeys.isData(object.key(), "contact/"))
                .toList();
        return new FlowData(new FlowData.Source(
                store, journal, run, declared, FlowFile.withoutCopies(store, files, journal::read), events::add));
    }

    private static List<String> rows(FlowData data) {
        try (Stream<Row> rows = data.rows().stream()) {
            return rows.map(row -> row.toMap().values().toString()).toList();
        }
    }

    private void batch(String key, Schema schema, Object... values) {
        List<io.github.keywharf.table.ColumnVector.Builder> builders = ColumnBatch.builders(schema, 4);
        for (int i = 0; i < values.length; i++) {
            builders.get(i % schema.size()).appendValue(values[i]);
        }
        Parquet.writer(store, key).sink().write(Rows.of(schema, List.of(ColumnBatch.build(schema, builders))));
    }

    @Test
    void all_files_are_read_in_the_order_of_their_keys() {
        RunFolder.parquet(store, RUN + "2", "c");
        RunFolder.parquet(store, RUN + "1", "a", "b");

        FlowData data = data(FlowFileType.PARQUET);

        assertThat(data.files()).extracting(StoredObject::key).containsExactly(RUN + "1", RUN + "2");
        assertThat(rows(data)).containsExactly("[a]", "[b]", "[c]");
        assertThat(rows(data)).as("each read begins at the first").hasSize(3);
        assertThat(data.table().toString()).contains("Id", "a", "b", "c");
        assertThat(data.run()).isEqualTo(FACTS);
    }

    /** One row of the run. */
    record Contact(String id, String name) {}

    @Test
    void records_take_columns_by_their_names() {
        RunFolder.parquet(store, RUN + "1", List.of("Name", "Id"), List.of(List.of("Ada", "1")));

        assertThat(data(FlowFileType.PARQUET).records(Contact.class)).containsExactly(new Contact("1", "Ada"));
    }

    @Test
    void content_decides_how_a_file_is_read() {
        RunFolder.parquet(store, RUN + "a.csv", "1");
        RunFolder.text(store, RUN + "b.parquet", "{\"Id\":2}\n{\"Name\":\"Ada\",\"Id\":\"3\"}\n");
        RunFolder.text(store, RUN + "c", "Name,Id\nBob,4\n");
        RunFolder.text(store, RUN + "d", "");

        assertThat(rows(data(FlowFileType.CSV))).containsExactly("[1, null]", "[2, null]", "[3, Ada]", "[4, Bob]");
    }

    @Test
    void text_in_a_flow_of_parquet_is_an_error_that_names_the_file() {
        RunFolder.text(store, RUN + "c", "Name,Id\nBob,4\n");

        assertThatThrownBy(() -> data(FlowFileType.PARQUET).rows())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("aws.bad_file"))
                .hasMessageContainingAll("contact/run-1/c", "text", "PARQUET");
    }

    @Test
    void columns_are_chosen_in_any_file() {
        RunFolder.parquet(store, RUN + "1", List.of("A", "B", "C"), List.of(List.of("a", "b", "c")));
        RunFolder.parquet(store, RUN + "2", List.of("D", "C"), List.of(List.of("d", "c2")));
        RunFolder.parquet(store, RUN + "3", List.of("D"), List.of(List.of("d"), List.of("e")));

        assertThat(rows(data(FlowFileType.PARQUET).columns("C", "A")))
                .containsExactly("[c, a]", "[c2, null]", "[null, null]", "[null, null]");
        assertThatThrownBy(() -> data(FlowFileType.PARQUET).columns("Nope").rows())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Nope");
    }

    @Test
    void columns_may_differ_in_order_and_number() {
        RunFolder.parquet(store, RUN + "1", List.of("A", "B"), List.of(List.of("a1", "b1")));
        RunFolder.parquet(store, RUN + "2", List.of("C", "B"), List.of(List.of("c2", "b2")));

        FlowData data = data(FlowFileType.PARQUET);

        assertThat(data.schema().names()).containsExactly("A", "B", "C");
        assertThat(rows(data)).containsExactly("[a1, b1, null]", "[null, b2, c2]");
    }

    @Test
    void types_that_differ_are_an_error_that_names_both_files() {
        batch(RUN + "1", Schema.of(Column.required("Id", ColumnType.INT64)), 1L);
        RunFolder.parquet(store, RUN + "2", "2");

        assertThatThrownBy(() -> data(FlowFileType.PARQUET).rows())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("aws.schema_conflict"))
                .hasMessageContainingAll("contact/run-1/1", "contact/run-1/2", "'Id'", "int64", "string", "typed");
    }

    @Test
    void types_that_differ_do_not_matter_in_columns_that_are_not_read() {
        batch(
                RUN + "1",
                Schema.of(Column.required("Id", ColumnType.STRING), Column.required("Score", ColumnType.INT64)),
                "1",
                7L);
        RunFolder.parquet(store, RUN + "2", List.of("Score", "Id"), List.of(List.of("8", "2")));

        assertThat(rows(data(FlowFileType.PARQUET).columns("Id"))).containsExactly("[1]", "[2]");
        assertThatThrownBy(() -> data(FlowFileType.PARQUET).columns("Score").rows())
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining("'Score'");
    }

    @Test
    void types_that_differ_do_not_matter_where_a_schema_says_them() {
        batch(RUN + "1", Schema.of(Column.required("Id", ColumnType.INT64)), 1L);
        RunFolder.parquet(store, RUN + "2", "2", "");

        assertThat(rows(data(FlowFileType.PARQUET).typed(Schema.of(Column.nullable("Id", ColumnType.INT32)))))
                .containsExactly("[1]", "[2]", "[null]");
    }

    @Test
    void text_becomes_typed_as_both_apis_of_salesforce_write_it() {
        List<String> names = List.of("IsDeleted", "Id", "Score__c", "Birthdate", "CreatedDate", "Extra");
        RunFolder.parquet(
                store,
                RUN + "rest",
                names,
                List.of(
                        List.of("false", "1", "7.0", "1990-02-28", "2024-05-20T12:10:03.000+0000", "x"),
                        Arrays.asList("true", "2", null, null, null, null)));
        RunFolder.text(store, RUN + "bulk", """
                "Id","Score__c","Birthdate","CreatedDate","IsDeleted"
                "3","","","2024-05-20T12:10:03.000Z","false"
                "4","1.5E2","2000-01-01","","true"
                """);
        RunFolder.text(
                store,
                RUN + "json",
                "{\"Id\":\"5\",\"Score__c\":2.5,\"IsDeleted\":false,\"CreatedDate\":\"2024-05-20T14:10:03.000+0200\"}\n");

        assertThat(rows(data(FlowFileType.CSV).typed(TYPED)))
                .containsExactly(
                        "[3, null, null, 2024-05-20T12:10:03Z, false]",
                        "[4, 150.0, 2000-01-01, null, true]",
                        "[5, 2.5, null, 2024-05-20T12:10:03Z, false]",
                        "[1, 7.0, 1990-02-28, 2024-05-20T12:10:03Z, false]",
                        "[2, null, null, null, true]");
    }

    @Test
    void a_value_that_does_not_fit_rejects_its_row_with_file_and_number() {
        RunFolder.parquet(
                store,
                RUN + "1",
                List.of("Id", "Score__c", "Birthdate", "CreatedDate", "IsDeleted"),
                List.of(
                        List.of("1", "1", "", "", ""),
                        List.of("2", "many", "", "", ""),
                        List.of("", "3", "", "", ""),
                        List.of("4", "4", "", "", "")));
        RunFolder.text(store, RUN + "2", "Id,Score__c\n5,5\n6\n");
        List<RejectedRow> rejected = new ArrayList<>();
        List<String> taken;
        FlowData data = data(FlowFileType.CSV).typed(TYPED);

        try (Stream<Row> rows = data.rows(rejected::add).stream()) {
            taken = rows.map(row -> row.string("Id")).toList();
        }

        assertThat(taken).containsExactly("1", "4", "5");
        assertThat(rejected)
                .extracting(row -> row.source() + ":" + row.position() + " " + row.column())
                .containsExactly(RUN + "1:2 Score__c", RUN + "1:3 Id", RUN + "2:3 ");
        assertThatThrownBy(() -> rows(data))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("table.rejected"))
                .hasMessageContainingAll(RUN + "1:2", "Score__c", "many");
    }

    @Test
    void a_column_that_no_file_has_is_an_error() {
        RunFolder.parquet(store, RUN + "1", List.of("id", "name"), List.of(List.of("1", "Ada")));

        assertThatThrownBy(() -> data(FlowFileType.PARQUET)
                        .typed(Schema.of(Column.nullable("Id", ColumnType.STRING)))
                        .rows())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("aws.no_column"))
                .hasMessageContainingAll("'Id'", "[id, name]");
    }

    @Test
    void a_column_that_json_has_in_another_case_is_an_error_and_one_that_it_lacks_is_absent() {
        RunFolder.text(store, RUN + "1", "{\"Id\":1,\"Name\":\"Ada\"}\n{no json\n{\"Id\":2,\"Late\":\"x\"}\n");
        RunFolder.text(store, RUN + "2", "{no json\n");
        FlowData data = data(FlowFileType.JSON);

        assertThatThrownBy(() -> data.typed(text("Id", "name")).rows())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("aws.no_column"))
                .hasMessageContainingAll("'name'", "[Id, Name]");
        List<RejectedRow> rejected = new ArrayList<>();
        try (Stream<Row> rows = data.typed(text("Late", "Fax", "Id")).rows(rejected::add).stream()) {
            assertThat(rows.map(row -> row.toMap().values().toString()))
                    .containsExactly("[null, null, 1]", "[x, null, 2]");
        }
        assertThat(rejected)
                .extracting(row -> row.source() + ":" + row.position())
                .containsExactly(RUN + "1:2", RUN + "2:1");
        // Keys that differ in case only may be two columns.
        assertThat(data.typed(text("Name", "name")).schema().names()).containsExactly("Name", "name");
    }

    @Test
    void json_whose_first_line_cannot_be_read_is_rejected_line_by_line() {
        RunFolder.text(store, RUN + "1", "{broken\n{\"Id\":1}\n");
        List<RejectedRow> rejected = new ArrayList<>();
        try (Stream<Row> rows = data(FlowFileType.JSON).typed(text("id")).rows(rejected::add).stream()) {
            assertThat(rows).hasSize(1);
        }
        assertThat(rejected).hasSize(1);
    }

    private static Schema text(String... names) {
        return Schema.of(Arrays.stream(names)
                .map(name -> Column.nullable(name, ColumnType.STRING))
                .toList());
    }

    @Test
    void a_run_without_files_has_no_rows() {
        FlowData empty = data(FlowFileType.PARQUET);
        List<String> written = new ArrayList<>();
        RowSink sink = (rows, rejects) -> {
            written.add(rows.schema().toString());
            rows.close();
            return WriteReport.of(0, 0, 0, 0, java.time.Duration.ZERO);
        };

        assertThat(rows(empty)).isEmpty();
        assertThat(empty.schema().size()).isZero();
        assertThat(empty.records(Contact.class)).isEmpty();
        assertThat(empty.into(sink).read()).isZero();
        assertThat(written).isEmpty();
        assertThat(empty.typed(TYPED).schema()).isEqualTo(TYPED);
        assertThat(empty.typed(TYPED).columns("Id").schema().names()).containsExactly("Id");
        assertThat(rows(empty.typed(TYPED))).isEmpty();
        empty.typed(TYPED).into(sink);
        assertThat(written).containsExactly(TYPED.toString());
    }

    @Test
    void rows_go_into_a_sink_and_all_that_are_refused_are_in_the_report() {
        RunFolder.parquet(
                store,
                RUN + "1",
                List.of("Id", "Score__c", "Birthdate", "CreatedDate", "IsDeleted"),
                List.of(List.of("1", "1", "", "", ""), List.of("2", "many", "", "", "")));

        WriteReport report = data(FlowFileType.PARQUET)
                .typed(TYPED)
                .into(Parquet.writer(store, "out/contact.parquet").sink(), RejectListener.keep(1_000));

        assertThat(report.read()).isEqualTo(2);
        assertThat(report.written()).isEqualTo(1);
        assertThat(report.rejected()).isEqualTo(1);
        assertThat(report.rejects()).hasSize(1);
        assertThat(Parquet.reader(store, "out/contact.parquet").schema()).isEqualTo(TYPED);
    }

    @Test
    void a_file_that_is_replaced_since_it_was_listed_is_an_error() {
        RunFolder.parquet(store, RUN + "1", "a");
        RunFolder.parquet(store, RUN + "2", "b");
        FlowData data = data(FlowFileType.PARQUET);
        try (Rows rows = data.rows()) {
            rows.next();
            RunFolder.parquet(store, RUN + "2", "c");

            assertThatThrownBy(rows::next)
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.replaced"));
        }
        assertThatThrownBy(data::rows)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.replaced"));
    }

    @Test
    void rows_are_read_once_whenever_names_are_given() {
        RunFolder.parquet(store, RUN + "a", "1", "2");
        RunFolder.parquet(store, RUN + "b", "3");
        RunFolder.text(store, RUN + "c", "Id\n4\n");
        List<String> expected = List.of("[1]", "[2]", "[3]", "[4]");
        boolean reached = true;
        for (int calls = 0; reached; calls++) {
            int number = calls;
            CrashingStore renaming = new CrashingStore(store, calls) {
                @Override
                void happen() {
                    assertThat(rows(data(FlowFileType.CSV)))
                            .as("call %s", number)
                            .isEqualTo(expected);
                }
            };
            new SparkFormat(renaming, "contact/", "run-1", FlowFileType.CSV, EnumSet.of(SparkFormatOption.CONVERT))
                    .run(renaming.list(RUN));
            reached = renaming.reached();
            List<String> keys = RunFolder.keys(store);
            assertThat(rows(data(FlowFileType.CSV))).isEqualTo(expected);
            keys.forEach(store::delete);
            RunFolder.parquet(store, RUN + "a", "1", "2");
            RunFolder.parquet(store, RUN + "b", "3");
            RunFolder.text(store, RUN + "c", "Id\n4\n");
        }
    }

    @Test
    void a_file_that_got_its_name_since_it_was_listed_is_read_under_it() {
        RunFolder.parquet(store, RUN + "a", "1", "2");
        RunFolder.text(store, RUN + "c", "Id\n4\n");
        FlowData data = data(FlowFileType.CSV);
        new SparkFormat(store, "contact/", "run-1", FlowFileType.CSV, EnumSet.of(SparkFormatOption.CONVERT))
                .run(store.list(RUN));

        assertThat(rows(data)).containsExactly("[1]", "[2]", "[4]");
    }

    @Test
    void two_objects_that_nobody_copied_are_both_read() {
        RunFolder.parquet(store, RUN + "a", "1");
        RunFolder.parquet(store, RUN + "a.parquet", "1");

        assertThat(rows(data(FlowFileType.PARQUET))).containsExactly("[1]", "[1]");
    }

    @Test
    void lent_threads_read_the_same() {
        for (int file = 0; file < 5; file++) {
            RunFolder.parquet(
                    store,
                    RUN + file,
                    Collections.nCopies(100, "row of " + file).toArray(String[]::new));
        }
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            FlowData data = data(FlowFileType.PARQUET);
            assertThat(rows(data.executor(threads))).isEqualTo(rows(data)).hasSize(500);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void a_file_that_is_gone_is_not_taken_for_another_one_of_its_new_name() {
        RunFolder.parquet(store, RUN + "a", "1", "2");
        FlowData data = data(FlowFileType.PARQUET);
        StoredObject file = data.files().get(0);
        SparkJournal.of(store, "contact/", "run-1")
                .plan(List.of(new SparkMove(
                        file.key(), file.etag(), file.size(), file.lastModified(), RUN + "a.parquet", false)));
        RunFolder.parquet(store, RUN + "a.parquet", "somebody's, with more in it");
        store.delete(RUN + "a");

        assertThatThrownBy(data::rows)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.not_found"));
    }

    @Test
    void text_that_people_pasted_is_text() {
        RunFolder.text(store, RUN + "a", "Id,Note\n1,two\u000blines\f\n");

        assertThat(rows(data(FlowFileType.CSV))).containsExactly("[1, two\u000blines\f]");
    }

    private static FlowRun counted(long records, long putFailures) {
        return new FlowRun(
                "run-1",
                FlowStatus.SUCCESSFUL,
                Optional.of(Instant.EPOCH),
                Instant.EPOCH,
                Optional.empty(),
                Optional.empty(),
                records,
                0,
                0,
                putFailures,
                Optional.empty());
    }

    @Test
    void fewer_or_more_rows_than_appflow_counted_are_a_warning_or_an_error() {
        RunFolder.parquet(store, RUN + "1", "a", "b");
        RunFolder.text(store, RUN + "2", "Id\n3\n4,too many\n");

        for (FlowRun other : List.of(counted(6, 0), counted(3, 0), counted(8, 1), counted(4, 2))) {
            events.clear();
            FlowData data = data(FlowFileType.CSV, other);
            RejectListener keep = RejectListener.keep(10);
            assertThat(data.rows(keep).stream()).hasSize(3);
            assertThat(events).extracting(Event::name).containsExactly("aws.flow.rows_differ");
            assertThat(events.get(0).message()).contains(other.recordsProcessed() + " records", "4 rows");
            assertThatThrownBy(() -> data.strict().rows(keep).stream().toList())
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("aws.rows_differ"))
                    .hasMessageContaining("run-1");
        }
        for (FlowRun same : List.of(counted(4, 0), counted(0, 0), counted(9, 5))) {
            events.clear();
            FlowData data = data(FlowFileType.CSV, same).strict();
            assertThat(data.rows(RejectListener.keep(10)).stream()).hasSize(3);
            assertThat(events).hasSize(same.putFailures() > 0 ? 1 : 0);
        }
        events.clear();
        try (Rows some = data(FlowFileType.CSV, counted(6, 0)).strict().rows()) {
            assertThat(some.next()).isNotNull();
        }
        assertThat(events).as("not all rows were read").isEmpty();
    }

    @Test
    void a_column_that_a_later_file_has_in_another_case_is_an_error_that_names_the_file() {
        for (String later : List.of("Id,NAME\n2,Bob\n", "{\"Id\":2,\"NAME\":\"Bob\"}\n")) {
            RunFolder.text(store, RUN + "1", "Id,Name\n1,Ada\n");
            RunFolder.text(store, RUN + "2", later);
            FlowData data = data(FlowFileType.CSV);
            for (FlowData read : List.of(data.typed(text("Id", "Name")), data.columns("Id", "Name"))) {
                assertThatThrownBy(read::rows)
                        .isInstanceOfSatisfying(
                                KeywharfException.class,
                                e -> assertThat(e.code()).isEqualTo("aws.no_column"))
                        .hasMessageContainingAll("contact/run-1/2", "'NAME'", "'Name'");
            }
            assertThat(data.table().schema().names()).containsExactly("Id", "Name", "NAME");
        }
    }
}
