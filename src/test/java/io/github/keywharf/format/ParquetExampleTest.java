package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import io.github.keywharf.testing.Batches;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Parquet's own example code reads what we write, and writes what old and other writers have left behind. */
class ParquetExampleTest {

    @TempDir
    Path directory;

    private Table read(String schema, WriterVersion version, List<Consumer<Group>> rows) throws Exception {
        MessageType type = MessageTypeParser.parseMessageType("message m {" + schema + "}");
        List<Group> groups = new ArrayList<>();
        for (Consumer<Group> row : rows) {
            Group group = new SimpleGroup(type);
            row.accept(group);
            groups.add(group);
        }
        Path file = directory.resolve("theirs-" + version + ".parquet");
        ExampleFiles.write(file, type, version, groups);
        return Parquet.reader(file).rows().toTable();
    }

    @Test
    void units_and_signs_of_other_writers_are_turned_into_ours() throws Exception {
        Binary int96 = Binary.fromConstantByteArray(ByteBuffer.allocate(12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(3_600_000_000_123L)
                .putInt(2_440_589)
                .array());
        Table table = read("""
                required int32 u32 (INTEGER(32,false)); required int64 u64 (INTEGER(64,false));
                required int32 tms (TIME(MILLIS,true)); required int64 tns (TIME(NANOS,true));
                required int64 ms (TIMESTAMP(MILLIS,true)); required int64 ns (TIMESTAMP(NANOS,false));
                required int96 old; required binary enum (ENUM); required binary dec (DECIMAL(20,3));
                required fixed_len_byte_array(3) small (DECIMAL(5,1)); required binary bson (BSON);
                required fixed_len_byte_array(2) half (FLOAT16); required binary raw;
                """, WriterVersion.PARQUET_1_0, List.of(group -> {
            group.append("u32", -1).append("u64", -1L).append("tms", 1_001).append("tns", 1_999L);
            group.append("ms", -1L).append("ns", -1L).append("old", int96).append("enum", "RED");
            group.append("dec", Binary.fromConstantByteArray(new byte[] {(byte) 0xFF, 0x38}));
            group.append("small", Binary.fromConstantByteArray(new byte[] {(byte) 0xFF, (byte) 0xFF, (byte) 0xF6}));
            group.append("bson", Binary.fromConstantByteArray(new byte[] {1}));
            group.append("half", Binary.fromConstantByteArray(new byte[] {0x00, (byte) 0xC1}));
            group.append("raw", Binary.fromConstantByteArray(new byte[0]));
        }));

        assertThat(table.row(0).toMap().values().stream()
                        .map(Batches::comparable)
                        .map(String::valueOf))
                .containsExactly(
                        "4294967295",
                        "18446744073709551615",
                        "00:00:01.001",
                        "00:00:00.000001",
                        "1969-12-31T23:59:59.999Z",
                        "1969-12-31T23:59:59.999999",
                        "1970-01-02T01:00",
                        "RED",
                        "-0.200",
                        "-1.0",
                        "bytes 1/1",
                        "-2.5",
                        "bytes 0/0");
        assertThat(table.schema().column("old").type()).isEqualTo(ColumnType.TIMESTAMP);
        assertThat(table.schema().column("u64").type()).isEqualTo(ColumnType.decimal(20, 0));
    }

    @ParameterizedTest
    @EnumSource(
            value = WriterVersion.class,
            names = {"PARQUET_1_0", "PARQUET_2_0"})
    void repeated_fields_and_lists_of_old_writers_become_lists(WriterVersion version) throws Exception {
        List<Consumer<Group>> rows = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int row = i;
            rows.add(group -> {
                for (int n = 0; n < row % 4; n++) {
                    group.append("bare", row + n);
                    group.addGroup("pairs").append("x", n).append("y", "t" + n);
                }
                if (row % 3 > 0) {
                    Group two = group.addGroup("two");
                    Group tuple = group.addGroup("tuple");
                    for (int n = 1; n < row % 3; n++) {
                        two.append("array", row);
                        tuple.addGroup("array").append("only", row);
                    }
                    Group entry = group.addGroup("map").addGroup("map");
                    entry.append("key", "k" + row);
                }
            });
        }
        Table table = read("""
                repeated int32 bare;
                repeated group pairs { required int32 x; optional binary y (STRING); }
                optional group two (LIST) { repeated int32 array; }
                optional group tuple (LIST) { repeated group array { required int32 only; } }
                optional group map (MAP_KEY_VALUE) { repeated group map { required binary key (STRING);
                  optional int32 value; } }
                """, version, rows);

        assertThat(table.row(3))
                .hasToString("{bare=[3, 4, 5], pairs=[{x=0, y=t0}, {x=1, y=t1}, {x=2, y=t2}],"
                        + " two=null, tuple=null, map=null}");
        assertThat(table.row(4)).hasToString("{bare=[], pairs=[], two=[], tuple=[], map={k4=null}}");
        assertThat(table.row(197).value("two")).isEqualTo(List.of(197));
        assertThat(table.row(197).value("tuple")).hasToString("[{only=197}]");
        assertThat(table.row(199))
                .hasToString("{bare=[199, 200, 201],"
                        + " pairs=[{x=0, y=t0}, {x=1, y=t1}, {x=2, y=t2}], two=[], tuple=[], map={k199=null}}");
    }

    @Test
    void a_decimal_too_long_is_refused_unless_left_out() throws Exception {
        MessageType type = MessageTypeParser.parseMessageType(
                "message m { required int32 id; required binary wide (DECIMAL(50,2)); }");
        Path file = directory.resolve("wide.parquet");
        ExampleFiles.write(
                file,
                type,
                WriterVersion.PARQUET_1_0,
                List.of(new SimpleGroup(type).append("id", 1).append("wide", Binary.fromConstantByteArray(new byte[] {1
                }))));
        assertThatThrownBy(() -> Parquet.reader(file).schema())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("parquet.unsupported_type"))
                .hasMessageContaining("columns(...)");
        assertThat(Parquet.reader(file).columns("id").rows().toTable().size()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void every_page_we_write_is_read_by_parquets_own_reader(Parquet.Version version) throws Exception {
        Schema schema = Schema.of(
                Column.required("id", ColumnType.INT32),
                Column.nullable("big", ColumnType.INT64),
                Column.nullable("text", ColumnType.STRING),
                Column.nullable("x", ColumnType.FLOAT64),
                Column.nullable("b", ColumnType.BOOLEAN),
                Column.nullable("ids", ColumnType.list(ColumnType.INT64)));
        ColumnBatch batch = new SampleRows(9).batch(schema, 25_000);
        Path file = directory.resolve("ours.parquet");
        ParquetRoundTripTest.write(
                Parquet.writer(file)
                        .version(version)
                        .compression(Parquet.Compression.NONE)
                        .rowGroupRows(21_000),
                schema,
                List.of(batch));

        List<Group> groups = ExampleFiles.read(file);

        assertThat(groups).hasSize(batch.size());
        for (int row = 0; row < batch.size(); row++) {
            Group group = groups.get(row);
            for (int c = 0; c < 5; c++) {
                Object value = batch.column(c).value(row);
                assertThat(group.getFieldRepetitionCount(c) == 0 ? null : group.getValueToString(c, 0))
                        .isEqualTo(value == null ? null : value.toString());
            }
            Object list = batch.column(5).value(row);
            assertThat(group.getFieldRepetitionCount(5)).isEqualTo(list == null ? 0 : 1);
            if (list != null) {
                assertThat(group.getGroup(5, 0).getFieldRepetitionCount(0)).isEqualTo(((List<?>) list).size());
            }
        }
    }
}
