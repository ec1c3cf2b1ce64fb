package io.github.keywharf.bench.format;

import io.github.keywharf.table.ColumnBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.xerial.snappy.Snappy;

/** Parquet's own example writer and reader of groups, with a codec that needs no Hadoop. */
public final class ExampleParquet {

    private static final MessageType SCHEMA = MessageTypeParser.parseMessageType("""
            message sales {
              required int32 sales_order_id;
              required int64 created_at (TIMESTAMP(MICROS,false));
              required int64 last_updated (TIMESTAMP(MICROS,false));
              required int32 design_id;
              required int32 staff_id;
              required int32 counterparty_id;
              required int32 units_sold;
              required int64 unit_price (DECIMAL(10,2));
              required int32 currency_id;
              required binary agreed_delivery_date (STRING);
              required binary agreed_payment_date (STRING);
              required int32 agreed_delivery_location_id;
            }""");

    private ExampleParquet() {}

    static void write(Path file, List<ColumnBatch> batches) throws Exception {
        try (ParquetWriter<Group> writer = writer(file, SCHEMA)) {
            for (ColumnBatch batch : batches) {
                for (int row = 0; row < batch.size(); row++) {
                    writer.write(group(batch, row));
                }
            }
        }
    }

    private static ParquetWriter<Group> writer(Path file, MessageType schema) throws IOException {
        Files.deleteIfExists(file);
        return ExampleParquetWriter.builder(new LocalOutputFile(file))
                .withType(schema)
                .withConf(new PlainParquetConfiguration())
                .withCodecFactory(new SnappyFactory())
                .withCompressionCodec(CompressionCodecName.SNAPPY)
                .build();
    }

    /** Reads a file with any columns, compressed by Snappy, and writes its rows into another. */
    public static void copy(Path from, Path to) throws Exception {
        try (ParquetFileReader reader = reader(from);
                ParquetWriter<Group> writer =
                        writer(to, reader.getFileMetaData().getSchema())) {
            each(reader, writer::write);
        }
    }

    private static ParquetFileReader reader(Path file) throws IOException {
        return ParquetFileReader.open(
                new LocalInputFile(file),
                ParquetReadOptions.builder(new PlainParquetConfiguration())
                        .withCodecFactory(new SnappyFactory())
                        .build());
    }

    private interface GroupTaker {
        void take(Group group) throws IOException;
    }

    private static void each(ParquetFileReader reader, GroupTaker taker) throws IOException {
        each(reader, reader.getFileMetaData().getSchema(), taker);
    }

    private static void each(ParquetFileReader reader, MessageType schema, GroupTaker taker) throws IOException {
        for (PageReadStore pages = reader.readNextRowGroup(); pages != null; pages = reader.readNextRowGroup()) {
            RecordReader<Group> records =
                    new ColumnIOFactory().getColumnIO(schema).getRecordReader(pages, new GroupRecordConverter(schema));
            for (long row = 0; row < pages.getRowCount(); row++) {
                taker.take(records.read());
            }
        }
    }

    private static Group group(ColumnBatch batch, int row) {
        Group group = new SimpleGroup(SCHEMA);
        for (int column = 0; column < batch.schema().size(); column++) {
            if (batch.column(column) instanceof io.github.keywharf.table.IntVector ints) {
                group.add(column, ints.intAt(row));
            } else if (batch.column(column) instanceof io.github.keywharf.table.LongVector longs) {
                group.add(column, longs.longAt(row));
            } else {
                group.add(column, ((io.github.keywharf.table.BytesVector) batch.column(column)).stringAt(row));
            }
        }
        return group;
    }

    static long read(Path file) throws Exception {
        long[] sum = {0};
        try (ParquetFileReader reader = reader(file)) {
            each(
                    reader,
                    group -> sum[0] +=
                            group.getInteger(0, 0) + group.getString(9, 0).length());
        }
        return sum[0];
    }

    /** Reads these columns of a file whose first column is a 64-bit number, and adds that up. */
    public static long sum(Path file, List<String> columns) throws Exception {
        long[] sum = {0};
        try (ParquetFileReader reader = reader(file)) {
            MessageType all = reader.getFileMetaData().getSchema();
            MessageType some = new MessageType(
                    all.getName(), columns.stream().map(all::getType).toList());
            reader.setRequestedSchema(some);
            each(reader, some, group -> sum[0] += group.getLong(0, 0));
        }
        return sum[0];
    }

    private static final class SnappyFactory implements CompressionCodecFactory {
        @Override
        public BytesInputCompressor getCompressor(CompressionCodecName codec) {
            return new BytesInputCompressor() {
                @Override
                public BytesInput compress(BytesInput bytes) throws IOException {
                    return BytesInput.from(Snappy.compress(bytes.toByteArray()));
                }

                @Override
                public CompressionCodecName getCodecName() {
                    return CompressionCodecName.SNAPPY;
                }

                @Override
                public void release() {}
            };
        }

        @Override
        public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
            return new BytesInputDecompressor() {
                @Override
                public BytesInput decompress(BytesInput bytes, int size) throws IOException {
                    return BytesInput.from(Snappy.uncompress(bytes.toByteArray()));
                }

                @Override
                public void decompress(
                        java.nio.ByteBuffer input, int inputSize, java.nio.ByteBuffer output, int outputSize)
                        throws IOException {
                    byte[] packed = new byte[inputSize];
                    input.get(packed);
                    output.put(Snappy.uncompress(packed));
                }

                @Override
                public void release() {}
            };
        }

        @Override
        public void release() {}
    }
}
