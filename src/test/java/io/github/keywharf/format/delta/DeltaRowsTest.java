package io.github.keywharf.format.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.BatchWriter;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Condition;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Schema;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Files that do not look like the table. */
class DeltaRowsTest {

    private final ObjectStore store = ObjectStore.inMemory();

    private void file(String key, Schema schema, Object... values) {
        List<ColumnVector.Builder> builders = ColumnBatch.builders(schema, 16);
        for (int i = 0; i < values.length; i++) {
            builders.get(i % schema.size()).appendValue(values[i]);
        }
        try (BatchWriter writer = Parquet.writer(store, key).open(schema)) {
            writer.write(ColumnBatch.build(schema, builders));
            writer.commit();
        }
    }

    private List<Map<String, Object>> rows() {
        return DeltaTable.at(store, "").rows().stream().map(Row::toMap).toList();
    }

    @Test
    void columns_that_the_table_lacks_are_left_out_and_those_that_the_file_lacks_are_absent() {
        HandMadeLog.commit(
                store,
                0,
                HandMadeLog.PROTOCOL,
                HandMadeLog.metadata("{}"),
                HandMadeLog.add("extra", "a", 0, 9),
                HandMadeLog.add("other", "b", 0, 9));
        file(
                "extra",
                Schema.of(
                        Column.nullable("_change_type", ColumnType.STRING),
                        Column.nullable("n", ColumnType.INT64),
                        Column.nullable("tenant", ColumnType.STRING)),
                "insert",
                1L,
                "a lie",
                "insert",
                2L,
                "a lie");
        file("other", Schema.of(Column.nullable("gone", ColumnType.STRING)), "x", "y", "z");

        assertThat(rows().stream().map(Object::toString))
                .containsExactly(
                        "{tenant=a, n=1}",
                        "{tenant=a, n=2}",
                        "{tenant=b, n=null}",
                        "{tenant=b, n=null}",
                        "{tenant=b, n=null}");
    }

    @Test
    void times_and_texts_are_what_the_table_says_whatever_the_file_does() {
        String schema = """
                {"type":"struct","fields":[{"name":"at","type":"timestamp","nullable":true,"metadata":{}},\
                {"name":"text","type":"string","nullable":true,"metadata":{}},\
                {"name":"n","type":"long","nullable":true,"metadata":{}},\
                {"name":"s","type":{"type":"struct","fields":[{"name":"new","type":"string","nullable":true,\
                "metadata":{}},{"name":"at","type":"timestamp","nullable":true,"metadata":{}}]},"nullable":true,\
                "metadata":{}}]}""";
        HandMadeLog.commit(
                store,
                0,
                HandMadeLog.PROTOCOL,
                HandMadeLog.metadata(schema, "[]", "{}"),
                "{\"add\":{\"path\":\"f\",\"partitionValues\":{},\"size\":1,\"modificationTime\":1}}");
        ColumnType struct = ColumnType.struct(
                List.of(Column.nullable("old", ColumnType.INT32), Column.nullable("at", ColumnType.TIMESTAMP)));
        LocalDateTime local = LocalDateTime.parse("2026-11-23T10:00:00.000001");
        file(
                "f",
                Schema.of(
                        Column.nullable("at", ColumnType.TIMESTAMP),
                        Column.nullable("text", ColumnType.BYTES),
                        Column.nullable("n", ColumnType.INT32),
                        Column.nullable("s", struct)),
                local,
                "ü".getBytes(StandardCharsets.UTF_8),
                7,
                Map.of("old", 1, "at", local));

        assertThat(rows()).singleElement().satisfies(row -> {
            assertThat(row)
                    .containsEntry("at", Instant.parse("2026-11-23T10:00:00.000001Z"))
                    .containsEntry("text", "ü")
                    .containsEntry("n", 7L);
            assertThat((Map<?, ?>) row.get("s")).hasToString("{new=null, at=2026-11-23T10:00:00.000001Z}");
        });
    }

    @Test
    void a_column_of_another_type_is_an_error() {
        HandMadeLog.commit(store, 0, HandMadeLog.PROTOCOL, HandMadeLog.metadata("{}"), HandMadeLog.add("f", "a", 0, 9));
        file("f", Schema.of(Column.nullable("n", ColumnType.STRING)), "1");

        assertThatThrownBy(this::rows)
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining("'n string' does not fit 'n int64'");
    }

    @Test
    void a_file_that_was_cleaned_up_is_an_error_that_says_so() {
        HandMadeLog.commit(store, 0, HandMadeLog.PROTOCOL, HandMadeLog.metadata("{}"), HandMadeLog.add("f", "a", 0, 9));

        assertThatThrownBy(this::rows)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("delta.no_version"))
                .hasMessageContaining("VACUUM");
    }

    @Test
    void columns_may_have_other_names_in_files() {
        String schema = """
                {"type":"struct","fields":[\
                {"name":"tenant","type":"string","nullable":true,"metadata":{"delta.columnMapping.id":1,\
                "delta.columnMapping.physicalName":"col-1"}},\
                {"name":"new name","type":"long","nullable":true,"metadata":{"delta.columnMapping.id":2,\
                "delta.columnMapping.physicalName":"n"}},\
                {"name":"in","type":{"type":"struct","fields":[{"name":"x","type":"long","nullable":true,"metadata":\
                {"delta.columnMapping.id":4,"delta.columnMapping.physicalName":"col-4"}}]},"nullable":true,\
                "metadata":{"delta.columnMapping.id":3,"delta.columnMapping.physicalName":"col-3"}}]}""";
        HandMadeLog.commit(
                store,
                0,
                "{\"protocol\":{\"minReaderVersion\":2,\"minWriterVersion\":5}}",
                HandMadeLog.metadata(schema, "[\"tenant\"]", "{\"delta.columnMapping.mode\":\"name\"}"),
                HandMadeLog.add("f", "a", 5, 9).replace("\"tenant\"", "\"col-1\""));
        file(
                "f",
                Schema.of(
                        Column.nullable("n", ColumnType.INT64),
                        Column.nullable(
                                "col-3", ColumnType.struct(List.of(Column.nullable("col-4", ColumnType.INT64))))),
                7L,
                Map.of("col-4", 8L));
        DeltaSnapshot snapshot = DeltaTable.at(store, "").snapshot();

        assertThat(rows().toString()).isEqualTo("[{tenant=a, new name=7, in={x=8}}]");
        assertThat(snapshot.files("tenant", "a")).hasSize(1);
        assertThat(snapshot.partitionValue(snapshot.files().findFirst().orElseThrow(), "tenant"))
                .isEqualTo("a");
        assertThat(snapshot.files(Condition.gt("new name", 9L))).isEmpty();
        assertThatThrownBy(() -> DeltaTable.at(store, "").sink().write(SampleTable.usage("a", 0, 1)))
                .hasMessageContaining("column mapping");
    }

    @Test
    void deleted_rows_are_left_out_in_each_form_of_vectors() {
        DeltaTable table = DeltaTable.at(store, "");
        table.create(SampleTable.USAGE, List.of("tenant"));
        table.sink().write(SampleTable.usage("a", 0, 200_000));
        RoaringBytes.Container[] rows = {
            RoaringBytes.bits(0, 3, 60_000), RoaringBytes.runs(1, 0, 1_000, 5_000, 60_000), RoaringBytes.array(2, 0, 77)
        };
        DeltaSnapshot whole = table.snapshot();
        RoaringBytes.delete(
                store, whole, RoaringBytes.inline(RoaringBytes.bitmap(rows), RoaringBytes.cardinality(rows)));

        List<Long> expected = LongStream.range(0, 200_000)
                .filter(n -> !(n < 60_000 && n % 3 == 0))
                .filter(n -> !(n >= 65_536 && n < 66_536) && !(n >= 70_536 && n < 130_536))
                .filter(n -> n != 131_072 && n != 131_149)
                .boxed()
                .toList();
        assertThat(SampleTable.numbers(table.rows())).isEqualTo(expected);
        assertThat(table.snapshot().files().findFirst().orElseThrow().rowCount())
                .hasValue(expected.size());
        assertThat(SampleTable.numbers(table.snapshot(1).rows())).hasSize(200_000);
    }

    @Test
    void a_bitmap_of_many_containers_skips_its_offsets() {
        DeltaTable table = DeltaTable.at(store, "");
        table.create(SampleTable.USAGE, List.of("tenant"));
        table.sink().write(SampleTable.usage("a", 0, 10));
        RoaringBytes.Container[] rows = {
            RoaringBytes.array(0, 1, 2),
            RoaringBytes.runs(1, 0, 5),
            RoaringBytes.array(7, 1),
            RoaringBytes.array(8, 1),
            RoaringBytes.array(900, 1)
        };
        RoaringBytes.delete(
                store,
                table.snapshot(),
                RoaringBytes.stored(store, RoaringBytes.bitmap(rows), RoaringBytes.cardinality(rows)));

        assertThat(SampleTable.numbers(table.rows())).containsExactly(0L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    }

    @Test
    void a_damaged_vector_is_an_error_and_never_rows_that_are_deleted() {
        byte[] bitmap = RoaringBytes.bitmap(RoaringBytes.array(0, 1, 2));
        for (int damaged = 0; damaged < bitmap.length; damaged++) {
            ObjectStore fresh = ObjectStore.inMemory();
            DeltaTable table = DeltaTable.at(fresh, "");
            table.create(SampleTable.USAGE, List.of("tenant"));
            table.sink().write(SampleTable.usage("a", 0, 10));
            DeletionVector vector = RoaringBytes.stored(fresh, bitmap, 2);
            byte[] file = RoaringBytes.file(bitmap);
            file[5 + damaged] ^= 0x10;
            String key = fresh.list("ab/").findFirst().orElseThrow().key();
            fresh.delete(key);
            fresh.createIfAbsent(key, file);
            RoaringBytes.delete(fresh, table.snapshot(), vector);

            assertThatThrownBy(() -> SampleTable.numbers(table.rows()))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("delta.corrupt"))
                    .hasMessageContaining("checksum");
        }
    }

    @Test
    void an_inline_vector_that_is_cut_or_claims_too_much_is_an_error() {
        byte[] bitmap = RoaringBytes.bitmap(RoaringBytes.array(0, 1, 2));
        for (int length = 0; length <= bitmap.length; length += 3) {
            ObjectStore fresh = ObjectStore.inMemory();
            DeltaTable table = DeltaTable.at(fresh, "");
            table.create(SampleTable.USAGE, List.of("tenant"));
            table.sink().write(SampleTable.usage("a", 0, 10));
            byte[] cut = Arrays.copyOf(bitmap, length);
            RoaringBytes.delete(fresh, table.snapshot(), RoaringBytes.inline(cut, 3));

            assertThatThrownBy(() -> SampleTable.numbers(table.rows()))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("delta.corrupt"));
        }
    }
}
