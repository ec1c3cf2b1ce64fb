package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Table;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.time.temporal.ChronoField;
import java.time.temporal.JulianFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.crypto.ColumnEncryptionProperties;
import org.apache.parquet.crypto.FileEncryptionProperties;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.GroupWriter;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.ColumnPath;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What other writers put into files and ours does not. */
class ParquetForeignTest {

    @TempDir
    Path directory;

    private Path int96(LocalDateTime... times) throws Exception {
        MessageType schema = MessageTypeParser.parseMessageType("message m { required int96 t; }");
        List<Group> groups = new ArrayList<>();
        for (LocalDateTime time : times) {
            ByteBuffer bytes = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
            bytes.putLong(time.getLong(ChronoField.NANO_OF_DAY)).putInt((int) time.getLong(JulianFields.JULIAN_DAY));
            groups.add(
                    new SimpleGroupFactory(schema).newGroup().append("t", Binary.fromConstantByteArray(bytes.array())));
        }
        Path file = directory.resolve("int96.parquet");
        ExampleFiles.write(file, schema, WriterVersion.PARQUET_1_0, groups);
        return file;
    }

    @Test
    void int96_times_beyond_nanoseconds_in_a_long_are_right() throws Exception {
        LocalDateTime[] times = {
            LocalDateTime.parse("0001-01-01T00:00:00.000001"),
            LocalDateTime.parse("1600-02-29T23:59:59.999999"),
            LocalDateTime.parse("9999-12-31T23:59:59.999999"),
            LocalDateTime.parse("+290000-01-01T12:00")
        };
        try (Rows rows = Parquet.reader(int96(times)).rows()) {
            Table table = rows.toTable();
            for (int i = 0; i < times.length; i++) {
                assertThat(table.row(i).value("t")).isEqualTo(times[i]);
            }
        }
    }

    @Test
    void int96_times_beyond_microseconds_in_a_long_are_refused_as_out_of_range() throws Exception {
        try (Rows rows = Parquet.reader(int96(LocalDateTime.parse("+300000-01-01T12:00")))
                .rows()) {
            assertThatThrownBy(rows::next)
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("parquet.out_of_range"))
                    .hasMessageContaining("column 't'");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lz4_raw", "brotli"})
    void pages_of_optional_codecs_are_read(String codec) throws Exception {
        Path file = directory.resolve(codec);
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("COPY (SELECT range AS n, 'text ' || range % 100 AS t FROM range(20000)) TO '" + file
                    + "' (FORMAT parquet, CODEC '" + codec + "')");
        }
        try (Rows rows = Parquet.reader(file).rows()) {
            Table table = rows.toTable();
            assertThat(table.size()).isEqualTo(20_000);
            assertThat(table.row(19_999)).hasToString("{n=19999, t=text 99}");
        }
    }

    @Test
    void a_codec_without_support_is_refused_by_name() {
        assertThatThrownBy(() -> ParquetDecompression.check(CompressionCodecName.LZO, "file"))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("parquet.codec"))
                .hasMessageContaining("LZO");
    }

    @Test
    void encrypted_columns_are_named_and_can_be_left_out() throws Exception {
        Path file = directory.resolve("encrypted.parquet");
        writeEncrypted(file, true, true);

        assertThatThrownBy(() -> Parquet.reader(file).rows())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("parquet.encrypted"))
                .hasMessageContaining("[hidden]");
        try (Rows rows = Parquet.reader(file).columns("open").rows()) {
            assertThat(rows.toTable().row(9).value("open")).isEqualTo(9);
        }
        assertThat(Parquet.reader(file).rowCount()).isEqualTo(10);
    }

    @Test
    void a_file_whose_footer_is_encrypted_says_so() throws Exception {
        Path file = directory.resolve("encrypted.parquet");
        writeEncrypted(file, false, true);

        assertThatThrownBy(() -> Parquet.reader(file).schema())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("parquet.encrypted"))
                .hasMessageContaining("is encrypted");
    }

    @Test
    void columns_encrypted_with_the_key_of_the_footer_are_named() throws Exception {
        Path file = directory.resolve("encrypted.parquet");
        writeEncrypted(file, true, false);

        assertThatThrownBy(() -> Parquet.reader(file).rows())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("parquet.encrypted"))
                .hasMessageContaining("[open, hidden]");
    }

    private static void writeEncrypted(Path file, boolean plainFooter, boolean oneColumn) throws Exception {
        MessageType schema =
                MessageTypeParser.parseMessageType("message m { required int32 open; required int32 hidden; }");
        ColumnEncryptionProperties hidden = ColumnEncryptionProperties.builder("hidden")
                .withKey("0123456789012345".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                .build();
        FileEncryptionProperties.Builder encrypting = FileEncryptionProperties.builder(
                "1234567890123450".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        if (plainFooter) {
            encrypting.withPlaintextFooter();
        }
        if (oneColumn) {
            encrypting.withEncryptedColumns(Map.of(ColumnPath.get("hidden"), hidden));
        }
        FileEncryptionProperties encryption = encrypting.build();
        ParquetProperties settings = ParquetProperties.builder().build();
        try (ParquetFileWriter writer = new ParquetFileWriter(
                new LocalOutputFile(file),
                schema,
                ParquetFileWriter.Mode.OVERWRITE,
                1 << 20,
                0,
                encryption,
                settings)) {
            ColumnChunkPageWriteStore pages = new ColumnChunkPageWriteStore(
                    ParquetCodec.compressor(CompressionCodecName.UNCOMPRESSED),
                    schema,
                    new HeapByteBufferAllocator(),
                    64,
                    false,
                    writer.getEncryptor(),
                    0);
            ColumnWriteStore columns = settings.newColumnWriteStore(schema, pages, pages);
            GroupWriter groups =
                    new GroupWriter(new ColumnIOFactory().getColumnIO(schema).getRecordWriter(columns), schema);
            for (int i = 0; i < 10; i++) {
                groups.write(new SimpleGroupFactory(schema)
                        .newGroup()
                        .append("open", i)
                        .append("hidden", -i));
            }
            columns.flush();
            writer.start();
            writer.startBlock(10);
            pages.flushToFileWriter(writer);
            writer.endBlock();
            writer.end(Map.of());
            columns.close();
            pages.close();
        }
    }
}
