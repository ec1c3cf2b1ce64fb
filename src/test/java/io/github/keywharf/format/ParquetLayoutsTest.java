package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Table;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4Factory;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.bytes.ByteBufferAllocator;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.column.values.bitpacking.ByteBitPackingValuesWriter;
import org.apache.parquet.column.values.bitpacking.Packer;
import org.apache.parquet.column.values.bytestreamsplit.ByteStreamSplitValuesWriter.DoubleByteStreamSplitValuesWriter;
import org.apache.parquet.column.values.bytestreamsplit.ByteStreamSplitValuesWriter.FixedLenByteArrayByteStreamSplitValuesWriter;
import org.apache.parquet.column.values.bytestreamsplit.ByteStreamSplitValuesWriter.FloatByteStreamSplitValuesWriter;
import org.apache.parquet.column.values.bytestreamsplit.ByteStreamSplitValuesWriter.IntegerByteStreamSplitValuesWriter;
import org.apache.parquet.column.values.bytestreamsplit.ByteStreamSplitValuesWriter.LongByteStreamSplitValuesWriter;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForInteger;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForLong;
import org.apache.parquet.column.values.deltalengthbytearray.DeltaLengthByteArrayValuesWriter;
import org.apache.parquet.column.values.deltastrings.DeltaByteArrayWriter;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridValuesWriter;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Statistics;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the format allows and other writers use: read with the same values, or refused by a clear code. */
class ParquetLayoutsTest {

    private static final ByteBufferAllocator HEAP = HeapByteBufferAllocator.getInstance();

    @TempDir
    Path directory;

    private static Table read(RawParquet file) {
        return read(file.bytes());
    }

    private static Table read(byte[] bytes) {
        ObjectStore store = ObjectStore.inMemory();
        store.createIfAbsent("file", bytes);
        try (Rows rows = Parquet.reader(store, "file").rows()) {
            return rows.toTable();
        }
    }

    private static List<@Nullable Object> column(Table table, int column) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int row = 0; row < table.size(); row++) {
            values.add(table.row(row).toMap().get(table.schema().column(column).name()));
        }
        return values;
    }

    private static void assertRefused(RawParquet file, String code, String problem) {
        byte[] bytes = file.bytes();
        assertThatThrownBy(() -> read(bytes))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageStartingWith("[file] ")
                .hasMessageContaining(problem);
    }

    // Lists, maps and what is in them.

    @ParameterizedTest
    @ValueSource(
            strings = {
                "optional group v (LIST) { repeated group list { optional int32 element; } }",
                "optional group v (LIST) { repeated group bag { optional int32 array_element; } }",
                "optional group v (LIST) { repeated group element { optional int32 array; } }",
                "required group v (LIST) { repeated group list { required int32 item; } }",
                "optional group v (LIST) { repeated int32 array; }",
                "required group v (LIST) { repeated int32 v_tuple; }",
                "repeated int32 v;"
            })
    void every_layout_of_a_list_of_numbers_is_a_list_of_numbers(String field) throws Exception {
        MessageType schema = MessageTypeParser.parseMessageType("message m { " + field + " }");
        List<Group> rows = new ArrayList<>();
        for (int[] numbers : new int[][] {{1, 2}, {}, {3}}) {
            Group row = new SimpleGroup(schema);
            if (schema.getType(0).isPrimitive()) {
                IntStream.of(numbers).forEach(n -> row.append("v", n));
            } else {
                Group list = row.addGroup(0);
                for (int n : numbers) {
                    if (list.getType().getType(0).isPrimitive()) {
                        list.add(0, n);
                    } else {
                        list.addGroup(0).add(0, n);
                    }
                }
            }
            rows.add(row);
        }
        assertThat(column(written(schema, WriterVersion.PARQUET_1_0, rows), 0))
                .isEqualTo(List.of(List.of(1, 2), List.of(), List.of(3)));
    }

    private Table written(MessageType schema, WriterVersion version, List<Group> rows) throws IOException {
        Path file = directory.resolve("written.parquet");
        ExampleFiles.write(file, schema, version, rows);
        return read(Files.readAllBytes(file));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "optional group v (LIST) { repeated group array { required int32 a; optional int32 b; } }",
                "optional group v (LIST) { repeated group v_tuple { required int32 a; optional int32 b; } }",
                "optional group v (LIST) { repeated group element { required int32 a; optional int32 b; } }",
                "optional group v (LIST) { repeated group list { optional group element"
                        + " { required int32 a; optional int32 b; } } }",
                "repeated group v { required int32 a; optional int32 b; }"
            })
    void every_layout_of_a_list_of_structs_is_a_list_of_structs(String field) throws Exception {
        MessageType schema = MessageTypeParser.parseMessageType("message m { " + field + " }");
        Group row = new SimpleGroup(schema);
        boolean bare = field.startsWith("repeated");
        boolean three = field.contains("repeated group list");
        Group list = bare ? row : row.addGroup(0);
        for (int n = 1; n < 3; n++) {
            Group element = three ? list.addGroup(0).addGroup(0) : list.addGroup(0);
            element.append("a", n);
        }
        assertThat(written(schema, WriterVersion.PARQUET_2_0, List.of(row)).row(0))
                .hasToString("{v=[{a=1, b=null}, {a=2, b=null}]}");
    }

    @Test
    void lists_of_lists_of_two_levels_are_read() throws Exception {
        MessageType schema = MessageTypeParser.parseMessageType(
                "message m { optional group v (LIST) { repeated group array (LIST) { repeated int32 array; } } }");
        Group row = new SimpleGroup(schema);
        Group list = row.addGroup(0);
        list.addGroup(0).append("array", 1).append("array", 2);
        list.addGroup(0);
        list.addGroup(0).append("array", 3);
        assertThat(written(schema, WriterVersion.PARQUET_1_0, List.of(row, new SimpleGroup(schema)))
                        .toString())
                .contains("[[1, 2], [], [3]]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "optional group v (MAP) { repeated group key_value { required binary key (STRING); optional int32 value; } }",
                "optional group v (MAP) { repeated group entries { required binary k (STRING); required int32 v; } }",
                "optional group v (MAP) { repeated group map (MAP_KEY_VALUE) { required binary key (STRING);"
                        + " optional int32 value; } }",
                "optional group v (MAP_KEY_VALUE) { repeated group map { required binary key (STRING);"
                        + " optional int32 value; } }",
                "required group v (MAP) { repeated group map { optional binary key (STRING); optional int32 value; } }"
            })
    void every_layout_of_a_map_is_a_map(String field) throws Exception {
        MessageType schema = MessageTypeParser.parseMessageType("message m { " + field + " }");
        List<Group> rows = new ArrayList<>();
        for (int size = 0; size < 3; size++) {
            Group row = new SimpleGroup(schema);
            Group map = row.addGroup(0);
            for (int n = 0; n < size; n++) {
                Group entry = map.addGroup(0);
                entry.add(0, "k" + n);
                entry.add(1, n);
            }
            rows.add(row);
        }
        assertThat(column(written(schema, WriterVersion.PARQUET_1_0, rows), 0))
                .hasToString("[{}, {k0=0}, {k0=0, k1=1}]");
    }

    @Test
    void a_map_of_keys_alone_keeps_its_keys() throws Exception {
        MessageType schema = MessageTypeParser.parseMessageType(
                "message m { optional group v (MAP) { repeated group key_value { required binary key (STRING); } } }");
        Group row = new SimpleGroup(schema);
        row.addGroup(0).addGroup(0).append("key", "k");
        assertThat(written(schema, WriterVersion.PARQUET_1_0, List.of(row)).row(0))
                .hasToString("{v={key_value=[{key=k}]}}");
    }

    @Test
    void lists_maps_and_structs_three_levels_deep_are_read() throws Exception {
        Path file = directory.resolve("deep.parquet");
        duckdb("COPY (SELECT * FROM (VALUES"
                + " ([[[1, NULL], []], NULL, []], map {'a': [{'x': map {1: 'one'}}, NULL]}, {'s': {'t': {'u': [7]}}}),"
                + " (NULL, map {}, {'s': NULL}),"
                + " ([], map {'b': NULL, 'c': []}, NULL),"
                + " ([[NULL], [[2]]], NULL, {'s': {'t': NULL}})) t(l, m, s)) TO '" + file + "' (FORMAT parquet)");
        Table table = read(Files.readAllBytes(file));
        assertThat(IntStream.range(0, 4).mapToObj(i -> table.row(i).toString()))
                .containsExactly(
                        "{l=[[[1, null], []], null, []], m={a=[{x={1=one}}, null]}, s={s={t={u=[7]}}}}",
                        "{l=null, m={}, s={s=null}}",
                        "{l=[], m={b=null, c=[]}, s=null}",
                        "{l=[[null], [[2]]], m=null, s={s={t=null}}}");
    }

    private static void duckdb(String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    // Types.

    @Test
    void every_annotation_has_its_type_and_value() throws Exception {
        MessageType schema = MessageTypeParser.parseMessageType("""
                message m {
                  required int32 i8 (INTEGER(8,true)); required int32 u16 (INTEGER(16,false)); required int32 day (DATE);
                  required int32 t_ms (TIME(MILLIS,false)); required int64 t_us (TIME(MICROS,true));
                  required int64 ts_ms (TIMESTAMP(MILLIS,false)); required int64 ts_us (TIMESTAMP(MICROS,true));
                  required int64 ts_ns (TIMESTAMP(NANOS,true));
                  required fixed_len_byte_array(16) id (UUID); required binary doc (JSON);
                  required fixed_len_byte_array(12) span (INTERVAL);
                  required int32 d9 (DECIMAL(9,2)); required int64 d18 (DECIMAL(18,4));
                  required fixed_len_byte_array(16) d38 (DECIMAL(38,10)); required binary d30 (DECIMAL(30,3));
                  required fixed_len_byte_array(2) half (FLOAT16); required binary plain;
                }""");
        Group row = new SimpleGroup(schema);
        row.append("i8", -128).append("u16", 65_535).append("day", -1);
        row.append("t_ms", 86_399_999).append("t_us", 1L).append("ts_ms", -1L).append("ts_us", -1L);
        row.append("ts_ns", -1_001L);
        row.append("id", binary(0, 17, 34, 51, 68, 85, 102, 119, 136, 153, 170, 187, 204, 221, 238, 255));
        row.append("doc", "{\"a\":1}");
        row.append("span", binary(1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0));
        row.append("d9", -999_999_999).append("d18", 999_999_999_999_999_999L);
        row.append("d38", binary(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -2));
        row.append("d30", binary(3, -24)).append("half", binary(0x00, 0x3C)).append("plain", binary(1, 2));
        Table table = written(schema, WriterVersion.PARQUET_2_0, List.of(row));
        assertThat(table.schema())
                .hasToString("(i8 int32 not null, u16 int32 not null, day date not null, t_ms time not null,"
                        + " t_us time not null, ts_ms timestamp not null, ts_us timestamp_utc not null,"
                        + " ts_ns timestamp_utc not null, id uuid not null, doc json not null, span bytes not null,"
                        + " d9 decimal(9,2) not null, d18 decimal(18,4) not null, d38 decimal(38,10) not null,"
                        + " d30 decimal(30,3) not null, half float32 not null, plain bytes not null)");
        assertThat(table.row(0).toMap().values().stream()
                        .map(io.github.keywharf.testing.Batches::comparable)
                        .map(String::valueOf))
                .containsExactly(
                        "-128",
                        "65535",
                        "1969-12-31",
                        "23:59:59.999",
                        "00:00:00.000001",
                        "1969-12-31T23:59:59.999",
                        "1969-12-31T23:59:59.999999Z",
                        "1969-12-31T23:59:59.999998Z",
                        "00112233-4455-6677-8899-aabbccddeeff",
                        "{\"a\":1}",
                        "bytes " + new java.math.BigInteger("010000000200000003000000", 16) + "/12",
                        "-9999999.99",
                        "99999999999999.9999",
                        "-2E-10",
                        "1.000",
                        "1.0",
                        "bytes 258/2");
    }

    private static Binary binary(int... bytes) {
        byte[] content = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            content[i] = (byte) bytes[i];
        }
        return Binary.fromConstantByteArray(content);
    }

    private static RawParquet numbers() {
        return new RawParquet("required int32 n;")
                .group(2)
                .column(2, RawParquet.page(2, Encoding.PLAIN, RawParquet.ints(7, 8)));
    }

    @Test
    void a_logical_type_that_is_not_known_yet_leaves_the_stored_type() {
        RawParquet file = numbers();
        file.footer.getSchema().get(1).setLogicalType(LogicalType.UNKNOWN(new org.apache.parquet.format.NullType()));
        byte[] bytes = file.bytes();
        // Field 10, a structure whose field 11 is that of UNKNOWN, an empty one; field 9 is not used.
        bytes[indexOf(bytes, new byte[] {0x6C, (byte) 0xBC, 0, 0}) + 1] = (byte) 0x9C;
        assertThat(column(read(bytes), 0)).isEqualTo(List.of(7, 8));
    }

    @Test
    void a_column_of_nulls_only_is_read() {
        RawParquet file = new RawParquet("optional int32 n;")
                .group(3)
                .column(3, RawParquet.page(3, Encoding.PLAIN, RawParquet.levels(1, 0, 0, 0)));
        file.footer.getSchema().get(1).setLogicalType(LogicalType.UNKNOWN(new org.apache.parquet.format.NullType()));
        assertThat(column(read(file), 0)).containsOnlyNulls().hasSize(3);
    }

    @Test
    void two_columns_of_one_name_are_refused() {
        RawParquet file = new RawParquet("required int32 n; required int32 m;")
                .group(1)
                .column(1, RawParquet.page(1, Encoding.PLAIN, RawParquet.ints(7)))
                .column(1, RawParquet.page(1, Encoding.PLAIN, RawParquet.ints(8)));
        file.footer.getSchema().get(2).setName("n");
        file.chunk(0, 1).getMeta_data().setPath_in_schema(List.of("n"));
        assertRefused(file, "parquet.unsupported_type", "'n'");
    }

    // Encodings.

    private record Encoded(
            String type, Encoding encoding, ValuesWriter writer, BiConsumer<ValuesWriter, Object> add, List<?> values) {
        @Override
        public String toString() {
            return encoding + " of " + type;
        }
    }

    static Stream<Encoded> encodings() {
        Random random = new Random(1);
        int count = 5_000;
        List<Integer> ints = new ArrayList<>(List.of(Integer.MIN_VALUE, Integer.MAX_VALUE, 0, -1, Integer.MIN_VALUE));
        List<Long> longs = new ArrayList<>(List.of(Long.MIN_VALUE, Long.MAX_VALUE, 0L, -1L, Long.MIN_VALUE));
        List<Float> floats = new ArrayList<>(List.of(Float.NaN, -0f, Float.MIN_VALUE));
        List<Double> doubles = new ArrayList<>(List.of(Double.NaN, -0.0, Double.MIN_VALUE));
        List<String> texts = new ArrayList<>(List.of("", "a", "ab", "", "Grüße, 世界", "x".repeat(3_000)));
        while (texts.size() < count) {
            ints.add(random.nextInt() >> random.nextInt(32));
            longs.add(random.nextLong() >> random.nextInt(64));
            floats.add(random.nextFloat());
            doubles.add(random.nextDouble());
            texts.add("prefix " + random.nextInt(1000) + "x".repeat(random.nextInt(9)));
        }
        List<Boolean> flags = ints.stream().map(n -> n % 3 == 0).toList();
        List<Encoded> all = new ArrayList<>();
        all.add(new Encoded(
                "int32",
                Encoding.DELTA_BINARY_PACKED,
                new DeltaBinaryPackingValuesWriterForInteger(64, 64, HEAP),
                (writer, value) -> writer.writeInteger((Integer) value),
                ints));
        all.add(new Encoded(
                "int32",
                Encoding.DELTA_BINARY_PACKED,
                new DeltaBinaryPackingValuesWriterForInteger(2048, 8, 64, 64, HEAP),
                (writer, value) -> writer.writeInteger((Integer) value),
                ints));
        all.add(new Encoded(
                "int64",
                Encoding.DELTA_BINARY_PACKED,
                new DeltaBinaryPackingValuesWriterForLong(64, 64, HEAP),
                (writer, value) -> writer.writeLong((Long) value),
                longs));
        all.add(new Encoded(
                "int32",
                Encoding.BYTE_STREAM_SPLIT,
                new IntegerByteStreamSplitValuesWriter(64, 64, HEAP),
                (writer, value) -> writer.writeInteger((Integer) value),
                ints));
        all.add(new Encoded(
                "int64",
                Encoding.BYTE_STREAM_SPLIT,
                new LongByteStreamSplitValuesWriter(64, 64, HEAP),
                (writer, value) -> writer.writeLong((Long) value),
                longs));
        all.add(new Encoded(
                "float",
                Encoding.BYTE_STREAM_SPLIT,
                new FloatByteStreamSplitValuesWriter(64, 64, HEAP),
                (writer, value) -> writer.writeFloat((Float) value),
                floats));
        all.add(new Encoded(
                "double",
                Encoding.BYTE_STREAM_SPLIT,
                new DoubleByteStreamSplitValuesWriter(64, 64, HEAP),
                (writer, value) -> writer.writeDouble((Double) value),
                doubles));
        all.add(new Encoded(
                "boolean",
                Encoding.RLE,
                new RunLengthBitPackingHybridValuesWriter(1, 64, 64, HEAP),
                (writer, value) -> writer.writeBoolean((Boolean) value),
                flags));
        BiConsumer<ValuesWriter, Object> bytes = (writer, value) -> writer.writeBytes(
                value instanceof String text ? Binary.fromString(text) : Binary.fromConstantByteArray((byte[]) value));
        all.add(new Encoded(
                "binary",
                Encoding.DELTA_LENGTH_BYTE_ARRAY,
                new DeltaLengthByteArrayValuesWriter(64, 64, HEAP),
                bytes,
                texts));
        all.add(new Encoded("binary", Encoding.DELTA_BYTE_ARRAY, new DeltaByteArrayWriter(64, 64, HEAP), bytes, texts));
        for (int width : new int[] {1, 2, 3, 5, 8, 12, 16, 17}) {
            List<byte[]> fixed = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                byte[] value = new byte[width];
                random.nextBytes(value);
                fixed.add(value);
            }
            String type = "fixed_len_byte_array(" + width + ")";
            all.add(new Encoded(
                    type,
                    Encoding.BYTE_STREAM_SPLIT,
                    new FixedLenByteArrayByteStreamSplitValuesWriter(width, 64, 64, HEAP),
                    bytes,
                    fixed));
            all.add(new Encoded(type, Encoding.DELTA_BYTE_ARRAY, new DeltaByteArrayWriter(64, 64, HEAP), bytes, fixed));
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void every_encoding_is_read_with_nulls_between_in_pages_of_both_versions(Encoded encoded) {
        encoded.values().forEach(value -> encoded.add().accept(encoded.writer(), value));
        byte[] values = RawParquet.bytes(encoded.writer().getBytes());
        List<@Nullable Object> expected = new ArrayList<>();
        for (Object value : encoded.values()) {
            expected.add(value instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : value);
            if (expected.size() % 3 == 1) {
                expected.add(null);
            }
        }
        int[] levels =
                expected.stream().mapToInt(value -> value == null ? 0 : 1).toArray();
        int nulls = levels.length - encoded.values().size();
        RawParquet file = new RawParquet("optional " + encoded.type() + " v;")
                .group(2L * levels.length)
                .column(
                        2L * levels.length,
                        RawParquet.page(levels.length, encoded.encoding(), RawParquet.levels(1, levels), values),
                        RawParquet.page2(
                                levels.length,
                                nulls,
                                levels.length,
                                encoded.encoding(),
                                new byte[0],
                                RawParquet.runs(1, levels),
                                values));
        List<@Nullable Object> twice = new ArrayList<>(expected);
        twice.addAll(expected);
        List<@Nullable Object> got = column(read(file), 0);
        assertThat(got).hasSameSizeAs(twice);
        for (int i = 0; i < twice.size(); i++) {
            assertThat(got.get(i)).as("row " + i).isEqualTo(twice.get(i));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PARQUET_1_0", "PARQUET_2_0"})
    void a_dictionary_may_end_in_the_middle_of_a_column(WriterVersion version) throws Exception {
        MessageType schema =
                MessageTypeParser.parseMessageType("message m { required binary t (STRING); optional int64 n; }");
        List<Group> rows = new ArrayList<>();
        List<@Nullable Object> texts = new ArrayList<>();
        List<@Nullable Object> numbers = new ArrayList<>();
        for (int i = 0; i < 6_000; i++) {
            // Few values first, of which the dictionary makes less, then more than it takes.
            String text = "text number " + (i < 3_000 ? i % 20 : i);
            Long number = i % 7 == 0 ? null : Long.valueOf(i < 3_000 ? i % 20 : i);
            Group row = new SimpleGroup(schema).append("t", text);
            if (number != null) {
                row.append("n", number);
            }
            rows.add(row);
            texts.add(text);
            numbers.add(number);
        }
        Path file = directory.resolve("fallback.parquet");
        ParquetProperties settings = ParquetProperties.builder()
                .withWriterVersion(version)
                .withDictionaryPageSize(4_000)
                .withPageRowCountLimit(500)
                .build();
        ExampleFiles.write(file, schema, settings, CompressionCodecName.SNAPPY, rows);
        try (ParquetFileReader reader = ParquetFileReader.open(
                new LocalInputFile(file),
                ParquetReadOptions.builder(new PlainParquetConfiguration()).build())) {
            assertThat(reader.getFooter().getBlocks().get(0).getColumns())
                    .allSatisfy(chunk -> assertThat(chunk.getEncodingStats())
                            .satisfies(stats -> assertThat(stats.hasDictionaryEncodedPages())
                                    .isTrue())
                            .satisfies(stats -> assertThat(stats.hasNonDictionaryEncodedPages())
                                    .isTrue()));
        }
        Table table = read(Files.readAllBytes(file));
        assertThat(column(table, 0)).isEqualTo(texts);
        assertThat(column(table, 1)).isEqualTo(numbers);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 8, 9, 15, 16, 17, 20})
    void numbers_of_a_dictionary_of_any_width_are_read(int width) {
        int size = Math.min(1 << width, 40_000);
        int[] values = IntStream.range(0, size).map(i -> i * 31).toArray();
        Random random = new Random(width);
        int[] ids = IntStream.range(0, 9_001)
                .map(i -> i % 100 < 30 ? size - 1 : random.nextInt(size))
                .toArray();
        RawParquet file = new RawParquet("required int32 n;")
                .group(ids.length)
                .column(
                        ids.length,
                        RawParquet.dictionary(size, RawParquet.ints(values)),
                        RawParquet.page(
                                ids.length,
                                Encoding.RLE_DICTIONARY,
                                new byte[] {(byte) width},
                                RawParquet.runs(width, ids)));
        assertThat(column(read(file), 0))
                .isEqualTo(IntStream.of(ids).mapToObj(id -> values[id]).toList());
    }

    @Test
    void an_encoding_that_is_not_known_is_refused() {
        PageHeader header = new PageHeader(PageType.DATA_PAGE, 8, 8);
        header.setData_page_header(new DataPageHeader(2, Encoding.PLAIN, Encoding.RLE, Encoding.RLE));
        byte[] page = RawParquet.page(header, RawParquet.ints(1, 2));
        // The second field of the page's own header, its encoding: 0 is PLAIN, 98 (49 in zigzag) is not known.
        int at = indexOf(page, new byte[] {0x15, 0x04, 0x15, 0x00});
        page[at + 3] = 98;
        assertRefused(new RawParquet("required int32 n;").group(2).column(2, page), "parquet.corrupt", "'encoding'");
    }

    private static int indexOf(byte[] bytes, byte[] part) {
        for (int i = 0; i <= bytes.length - part.length; i++) {
            if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
                return i;
            }
        }
        throw new IllegalStateException("not there");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7})
    void bit_packed_levels_of_old_writers_are_read(int maxLevel) {
        String field = "optional int32 v;";
        for (int depth = 1; depth < maxLevel; depth++) {
            field = "optional group v { " + field + " }";
        }
        int[] levels = IntStream.range(0, 100).map(i -> i * 7 % (maxLevel + 1)).toArray();
        try (ByteBitPackingValuesWriter packed = new ByteBitPackingValuesWriter(maxLevel, Packer.BIG_ENDIAN)) {
            IntStream.of(levels).forEach(packed::writeInteger);
            int[] values =
                    IntStream.range(0, 100).filter(i -> levels[i] == maxLevel).toArray();
            byte[] content = RawParquet.concat(RawParquet.bytes(packed.getBytes()), RawParquet.ints(values));
            PageHeader header = new PageHeader(PageType.DATA_PAGE, content.length, content.length);
            header.setData_page_header(
                    new DataPageHeader(100, Encoding.PLAIN, Encoding.BIT_PACKED, Encoding.BIT_PACKED));
            Table table = read(new RawParquet(field).group(100).column(100, RawParquet.page(header, content)));
            for (int i = 0; i < 100; i++) {
                Object expected = levels[i] == maxLevel ? Integer.valueOf(i) : null;
                for (int wraps = Math.min(levels[i], maxLevel - 1); wraps > 0; wraps--) {
                    expected = Collections.singletonMap("v", expected);
                }
                assertThat(table.row(i).value("v")).as("row " + i).isEqualTo(expected);
            }
        }
    }

    // Compression.

    private static byte[] lz4(byte[] content) {
        return LZ4Factory.safeInstance().fastCompressor().compress(content);
    }

    private static byte[] bigEndian(int... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Integer.BYTES);
        IntStream.of(numbers).forEach(bytes::putInt);
        return bytes.array();
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream packed = new GZIPOutputStream(out)) {
            packed.write(content);
        }
        return out.toByteArray();
    }

    static Stream<Arguments> packings() throws IOException {
        byte[] whole = RawParquet.ints(IntStream.range(0, 1_000).toArray());
        byte[] first = Arrays.copyOf(whole, 1_500);
        byte[] second = Arrays.copyOfRange(whole, 1_500, whole.length);
        return Stream.of(
                Arguments.of(
                        "LZ4 of Hadoop",
                        CompressionCodec.LZ4,
                        RawParquet.concat(bigEndian(whole.length, lz4(whole).length), lz4(whole))),
                Arguments.of(
                        "LZ4 of Hadoop, two frames",
                        CompressionCodec.LZ4,
                        RawParquet.concat(
                                bigEndian(first.length, lz4(first).length), lz4(first),
                                bigEndian(second.length, lz4(second).length), lz4(second))),
                Arguments.of(
                        "LZ4 of Hadoop, two blocks",
                        CompressionCodec.LZ4,
                        RawParquet.concat(
                                bigEndian(whole.length, lz4(first).length), lz4(first),
                                bigEndian(lz4(second).length), lz4(second))),
                Arguments.of("LZ4 without frames", CompressionCodec.LZ4, lz4(whole)),
                Arguments.of("LZ4_RAW", CompressionCodec.LZ4_RAW, lz4(whole)),
                Arguments.of("GZIP, two members", CompressionCodec.GZIP, RawParquet.concat(gzip(first), gzip(second))),
                Arguments.of(
                        "ZSTD, two frames",
                        CompressionCodec.ZSTD,
                        RawParquet.concat(Zstd.compress(first), Zstd.compress(second))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("packings")
    void every_form_of_compressed_pages_is_read(String form, CompressionCodec codec, byte[] content) {
        RawParquet file = new RawParquet("required int32 n;")
                .group(1_000)
                .column(codec, 1_000, RawParquet.packed(1_000, Encoding.PLAIN, 4_000, content));
        assertThat(column(read(file), 0))
                .isEqualTo(IntStream.range(0, 1_000).boxed().toList());
        for (int size : new int[] {3_999, 4_001, 400_000}) {
            assertRefused(
                    new RawParquet("required int32 n;")
                            .group(1_000)
                            .column(codec, 1_000, RawParquet.packed(1_000, Encoding.PLAIN, size, content)),
                    "parquet.corrupt",
                    "column 'n'");
        }
    }

    @Test
    void a_codec_that_is_not_known_is_refused() {
        RawParquet file = numbers();
        byte[] bytes = file.bytes();
        // The codec is the fourth field of a column's description: 0 is none, 98 (49 in zigzag) is not known.
        int at = indexOf(bytes, new byte[] {0x18, 0x01, 'n', 0x15, 0x00}) + 4;
        bytes[at] = (byte) 98;
        assertThatThrownBy(() -> read(bytes))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("parquet.corrupt"))
                .hasMessageContaining("'codec'");
    }

    // Pages, row groups and where they stand.

    @Test
    void empty_pages_pages_of_other_kinds_and_headers_of_any_length_are_read() {
        PageHeader index = new PageHeader(PageType.INDEX_PAGE, 3, 3);
        PageHeader wide = new PageHeader(PageType.DATA_PAGE, 4, 4);
        DataPageHeader data = new DataPageHeader(1, Encoding.PLAIN, Encoding.RLE, Encoding.RLE);
        data.setStatistics(new Statistics().setMax(new byte[300_001]).setMin_value(new byte[77]));
        wide.setData_page_header(data);
        RawParquet file = new RawParquet("required int32 n;")
                .group(3)
                .column(
                        3,
                        RawParquet.page(0, Encoding.PLAIN),
                        RawParquet.dictionary(0, new byte[0]),
                        RawParquet.page(index, new byte[3]),
                        RawParquet.page(1, Encoding.PLAIN, RawParquet.ints(5)),
                        RawParquet.page2(0, 0, 0, Encoding.PLAIN, new byte[0], new byte[0], new byte[0]),
                        RawParquet.page(wide, RawParquet.ints(6)),
                        RawParquet.page(1, Encoding.PLAIN, RawParquet.ints(7)),
                        RawParquet.page(0, Encoding.RLE_DICTIONARY));
        assertThat(column(read(file), 0)).isEqualTo(List.of(5, 6, 7));
    }

    @Test
    void files_and_row_groups_without_rows_are_read() {
        assertThat(read(new RawParquet("required int32 n;")).size()).isZero();
        assertThat(read(new RawParquet("required int32 n;").group(0).column(0)).size())
                .isZero();
        RawParquet file = new RawParquet("required int32 n;")
                .group(0)
                .column(0)
                .group(1)
                .column(1, RawParquet.page(1, Encoding.PLAIN, RawParquet.ints(9)))
                .group(0)
                .column(0, RawParquet.page(0, Encoding.PLAIN));
        assertThat(column(read(file), 0)).isEqualTo(List.of(9));
    }

    @Test
    void columns_may_stand_in_another_order_than_in_the_schema() {
        RawParquet file = new RawParquet("required int32 n; required int64 m;")
                .group(1)
                .column(1, RawParquet.page(1, Encoding.PLAIN, RawParquet.ints(9)))
                .column(1, RawParquet.page(1, Encoding.PLAIN, RawParquet.ints(10, 0)));
        Collections.reverse(file.footer.getRow_groups().get(0).getColumns());
        assertThat(read(file).row(0)).hasToString("{n=9, m=10}");
    }

    @Test
    void a_file_that_only_points_at_others_is_refused() {
        RawParquet file = numbers();
        file.chunk(0, 0).setFile_path("part-00000.parquet");
        assertRefused(file, "parquet.not_parquet", "part-00000.parquet");
    }

    @Test
    void rows_that_the_parts_of_a_file_count_differently_are_refused() {
        RawParquet fewer = numbers();
        fewer.footer.getRow_groups().get(0).setNum_rows(1);
        fewer.footer.setNum_rows(1);
        assertRefused(fewer, "parquet.corrupt", "1 row");
        RawParquet total = numbers();
        total.footer.setNum_rows(3);
        assertRefused(total, "parquet.corrupt", "3 rows");
        RawParquet lists = new RawParquet("repeated int32 v;")
                .group(1)
                .column(
                        3,
                        RawParquet.page(
                                3,
                                Encoding.PLAIN,
                                RawParquet.levels(1, 0, 1, 0),
                                RawParquet.levels(1, 1, 1, 1),
                                RawParquet.ints(1, 2, 3)));
        assertRefused(lists, "parquet.corrupt", "more rows");
    }
}
