package io.github.keywharf.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.GroupWriter;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

/** Files written and read by parquet's own example code, uncompressed so that no Hadoop codec is asked for. */
final class ExampleFiles {

    private ExampleFiles() {}

    static void write(Path file, MessageType schema, WriterVersion version, List<Group> groups) throws IOException {
        ParquetProperties settings = ParquetProperties.builder()
                .withWriterVersion(version)
                .withPageRowCountLimit(64)
                .build();
        write(file, schema, settings, CompressionCodecName.UNCOMPRESSED, groups);
    }

    static void write(
            Path file, MessageType schema, ParquetProperties settings, CompressionCodecName codec, List<Group> groups)
            throws IOException {
        try (ParquetFileWriter writer = new ParquetFileWriter(
                new LocalOutputFile(file), schema, ParquetFileWriter.Mode.OVERWRITE, 1 << 20, 0, null, settings)) {
            ColumnChunkPageWriteStore pages = new ColumnChunkPageWriteStore(
                    ParquetCodec.compressor(codec),
                    schema,
                    settings.getAllocator(),
                    64,
                    settings.getPageWriteChecksumEnabled());
            ColumnWriteStore columns = settings.newColumnWriteStore(schema, pages, pages);
            RecordConsumer records = new ColumnIOFactory().getColumnIO(schema).getRecordWriter(columns);
            groups.forEach(new GroupWriter(records, schema)::write);
            records.flush();
            columns.flush();
            writer.start();
            writer.startBlock(groups.size());
            pages.flushToFileWriter(writer);
            writer.endBlock();
            writer.end(Map.of());
            columns.close();
            pages.close();
        }
    }

    static List<Group> read(Path file) throws IOException {
        List<Group> groups = new ArrayList<>();
        ParquetReadOptions options = ParquetReadOptions.builder(new PlainParquetConfiguration())
                .withCodecFactory(new Uncompressed())
                .usePageChecksumVerification()
                .build();
        try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file), options)) {
            MessageType schema = reader.getFileMetaData().getSchema();
            for (PageReadStore pages = reader.readNextRowGroup(); pages != null; pages = reader.readNextRowGroup()) {
                RecordReader<Group> records = new ColumnIOFactory()
                        .getColumnIO(schema)
                        .getRecordReader(pages, new GroupRecordConverter(schema));
                for (long row = 0; row < pages.getRowCount(); row++) {
                    groups.add(records.read());
                }
            }
        }
        return groups;
    }

    private static final class Uncompressed implements CompressionCodecFactory {
        @Override
        public BytesInputCompressor getCompressor(CompressionCodecName codec) {
            return ParquetCodec.compressor(codec);
        }

        @Override
        public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
            return new BytesInputDecompressor() {
                @Override
                public BytesInput decompress(BytesInput bytes, int size) {
                    return bytes;
                }

                @Override
                public void decompress(ByteBuffer input, int inputSize, ByteBuffer output, int outputSize) {
                    output.put(input);
                }

                @Override
                public void release() {}
            };
        }

        @Override
        public void release() {}
    }
}
