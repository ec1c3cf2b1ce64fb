package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.Batches;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files damaged at random, of each encoding and codec, are read as rows or refused with a code, within little memory.
 * The properties {@code parquet.damage.files}, {@code parquet.damage.heap} and {@code parquet.damage.seed} make a longer
 * run.
 */
class ParquetDamageIT {

    private static final int ROWS = 120;

    @TempDir
    Path directory;

    @Test
    void a_damaged_file_of_any_encoding_and_codec_is_read_or_refused_in_little_memory() throws Exception {
        writeOurs();
        writeParquets();
        writeDuckDbs();
        String files = System.getProperty("parquet.damage.files", "4000");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + System.getProperty("parquet.damage.heap", "128m"),
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DamagedFiles.class.getName(),
                        directory.toString(),
                        files,
                        System.getProperty("parquet.damage.seed", "1"))
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(output).contains("read " + files + " ").doesNotContain("FAILED");
            if (System.getProperty("parquet.damage.files") != null) {
                System.out.println(output.substring(output.lastIndexOf("read " + files)));
            }
        } finally {
            process.destroyForcibly();
        }
    }

    private void writeOurs() {
        Schema schema = SampleRows.schema(Batches.types());
        for (Parquet.Compression compression : Parquet.Compression.values()) {
            for (Parquet.Version version : Parquet.Version.values()) {
                ParquetRoundTripTest.write(
                        Parquet.writer(directory.resolve("ours-" + compression + "-" + version))
                                .compression(compression)
                                .version(version)
                                .rowGroupRows(70),
                        schema,
                        List.of(new SampleRows(2).batch(schema, ROWS)));
            }
        }
    }

    /** Without checksums, so that damaged pages are decoded; with and without dictionaries. */
    private void writeParquets() throws IOException {
        MessageType schema = MessageTypeParser.parseMessageType("""
            message m {
              required boolean flag;
              optional int32 small;
              required int64 large;
              required float single;
              optional double real;
              optional binary text (STRING);
              required fixed_len_byte_array(5) fixed;
              required int96 time;
              optional group list (LIST) { repeated group list { optional int64 element; } }
              repeated group pairs { required binary key (STRING); optional int32 value; }
            }\
            """);
        List<Group> groups = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            groups.add(group(schema, i));
        }
        for (WriterVersion version : List.of(WriterVersion.PARQUET_1_0, WriterVersion.PARQUET_2_0)) {
            for (boolean dictionary : new boolean[] {false, true}) {
                for (boolean split : new boolean[] {false, true}) {
                    ParquetProperties settings = ParquetProperties.builder()
                            .withWriterVersion(version)
                            .withDictionaryEncoding(dictionary)
                            .withByteStreamSplitEncoding(split)
                            .withPageWriteChecksumEnabled(false)
                            .withPageRowCountLimit(50)
                            .build();
                    for (CompressionCodecName codec : List.of(
                            CompressionCodecName.UNCOMPRESSED,
                            CompressionCodecName.SNAPPY,
                            CompressionCodecName.ZSTD)) {
                        Path file =
                                directory.resolve("parquet-" + version + "-" + dictionary + "-" + split + "-" + codec);
                        ExampleFiles.write(file, schema, settings, codec, groups);
                    }
                }
            }
        }
    }

    private static Group group(MessageType schema, int i) {
        Group group = new SimpleGroupFactory(schema).newGroup();
        group.append("flag", i % 3 == 0)
                .append("large", i * 1_000_003L)
                .append("single", i / 3f)
                .append("fixed", Binary.fromString(String.format(java.util.Locale.ROOT, "%05d", i)))
                .append("time", Binary.fromConstantByteArray(new byte[] {1, 0, 0, 0, 0, 0, 0, 0, (byte) i, 60, 37, 0}));
        if (i % 4 > 0) {
            group.append("small", i * 7).append("real", i / 7.0).append("text", "common prefix " + i);
        }
        Group list = group.addGroup("list");
        for (int n = 0; n < i % 4; n++) {
            list.addGroup("list").append("element", (long) n);
            group.addGroup("pairs").append("key", "k" + n).append("value", n);
        }
        return group;
    }

    private void writeDuckDbs() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("SET threads = 1");
            for (String codec : List.of("lz4_raw", "brotli", "gzip", "zstd")) {
                for (String version : List.of("V1", "V2")) {
                    statement.execute(
                            "COPY (SELECT range AS n, range * 1.5 AS r, 'text ' || range AS t, [range, NULL] AS l,"
                                    + " {'a': range} AS s, range % 2 = 0 AS b, date '2024-01-01' + range::int AS d FROM"
                                    + " range("
                                    + ROWS + ")) TO '" + directory.resolve("duck-" + codec + "-" + version)
                                    + "' (FORMAT parquet, CODEC '" + codec + "', PARQUET_VERSION '" + version + "')");
                }
            }
        }
        assertThat(directory).isDirectoryContaining(path -> Files.isRegularFile(path));
    }
}
