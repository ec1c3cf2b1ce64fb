package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.MessageTypeParser;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.Snappy;

/** Sizes that the bytes do not bear out are refused before memory is taken for them. */
class ParquetBombTest {

    private static final long FEW_BYTES = 32L << 20;

    private static void refusedInLittleMemory(ThrowingCallable reading) {
        refusedInLittleMemory(reading, "");
    }

    private static void refusedInLittleMemory(ThrowingCallable reading, String problem) {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        assertThatThrownBy(reading)
                .isInstanceOfAny(IOException.class, RuntimeException.class)
                .satisfies(e -> assertThat(String.valueOf(e.getMessage())).contains(problem));
        assertThat(threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before)
                .isLessThan(FEW_BYTES);
    }

    private static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    @Test
    void a_page_that_claims_more_than_its_compressed_bytes_hold_is_refused() throws IOException {
        byte[] zstd = Zstd.compress(noise(50_000));
        byte[] snappy = Snappy.compress(noise(50_000));
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
            out.write(noise(50_000));
        }
        for (int size : new int[] {-1, 3_000_000, 50_000_000, Integer.MAX_VALUE}) {
            refusedInLittleMemory(() -> decompress(CompressionCodecName.ZSTD, zstd, size));
            refusedInLittleMemory(() -> decompress(CompressionCodecName.SNAPPY, snappy, size));
            refusedInLittleMemory(() -> decompress(CompressionCodecName.GZIP, gzip.toByteArray(), size));
            refusedInLittleMemory(() -> decompress(CompressionCodecName.BROTLI, noise(500), size));
        }
    }

    private static void decompress(CompressionCodecName codec, byte[] bytes, int size) throws IOException {
        ParquetDecompression.decompress(codec, bytes, 0, bytes.length, size, new PageBuffer());
    }

    private static PageSource dictionary(String type, byte[] zstd, int size, int count) throws IOException {
        PageHeader header = new PageHeader(PageType.DICTIONARY_PAGE, size, zstd.length);
        header.setDictionary_page_header(new DictionaryPageHeader(count, Encoding.PLAIN));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Util.writePageHeader(header, out);
        out.write(zstd);
        byte[] bytes = out.toByteArray();
        return new PageSource(
                new ChunkInput(bytes, 0, bytes.length),
                MessageTypeParser.parseMessageType("message m { required " + type + " v; }")
                        .getColumns()
                        .get(0),
                CompressionCodecName.ZSTD,
                new PageBuffer());
    }

    @Test
    void a_dictionary_whose_values_take_more_than_a_page_is_refused() throws IOException {
        int size = (int) (ParquetLimits.PAGE_BYTES / Long.BYTES) + 1;
        byte[] zeros = Zstd.compress(new byte[size]);
        for (String type : new String[] {"fixed_len_byte_array(1)", "int32", "binary"}) {
            PageSource source = dictionary(type, zeros, size, size);
            refusedInLittleMemory(() -> source.next(1), "bytes of values in one dictionary");
        }
    }

    @Test
    void a_dictionary_of_booleans_or_of_more_values_than_its_bytes_hold_is_refused() throws IOException {
        byte[] zeros = Zstd.compress(new byte[6_000_000]);
        refusedInLittleMemory(
                () -> dictionary("boolean", zeros, 6_000_000, 6_000_000).next(1), "booleans");
        for (String type : new String[] {"int32", "int64", "int96", "binary", "fixed_len_byte_array(4)"}) {
            refusedInLittleMemory(
                    () -> dictionary(type, zeros, 6_000_000, 2_000_000).next(1), "claims 2000000");
        }
    }

    @Test
    void a_page_that_shrinks_well_is_read() throws IOException {
        byte[] packed = Zstd.compress(new byte[6_000_000]);
        assertThat(ParquetDecompression.decompress(
                        CompressionCodecName.ZSTD, packed, 0, packed.length, 6_000_000, new PageBuffer()))
                .hasSize(6_000_000);
    }

    @Test
    void lists_and_strings_longer_than_their_structure_are_refused() {
        // A list of 2^31 - 1 numbers, text of as many bytes, a map of as many entries, and structures without end.
        byte[] list = {0x19, (byte) 0xF5, -1, -1, -1, -1, 0x07, 0};
        byte[] text = {0x18, -1, -1, -1, -1, 0x07, 0};
        byte[] map = {0x1B, -1, -1, -1, -1, 0x07, 0x55, 0};
        byte[] deep = new byte[100_000];
        java.util.Arrays.fill(deep, (byte) 0x1C);
        byte[] lists = new byte[100_000];
        java.util.Arrays.fill(lists, (byte) 0x19);
        for (byte[] bytes : new byte[][] {list, text, map, deep, lists, {}}) {
            refusedInLittleMemory(() -> ThriftCheck.length(new ChunkInput(bytes, 0, bytes.length), bytes.length));
        }
    }

    @Test
    void delta_pages_that_claim_more_than_their_entries_or_bytes_are_refused() {
        byte[] huge = {(byte) 0x80, 1, 4, -1, -1, -1, -1, 7, 0};
        byte[] blocks = {-128, -128, -128, -128, 4, -128, -128, -128, 64, 5, 0, 0};
        byte[] lengths = {(byte) 0x80, 1, 4, 2, -2, -1, -1, -1, 15, 0, 0, 0, 0, 0};
        refusedInLittleMemory(() -> new DeltaNumbers(huge, 0, huge.length, 1_000));
        refusedInLittleMemory(() -> new DeltaNumbers(blocks, 0, blocks.length, 1_000));
        refusedInLittleMemory(
                () -> new DeltaDecoders.Strings(lengths, 0, lengths.length, 10).decode(new DecodedValues(), 2));
    }

    @Test
    void a_repeated_number_of_more_bits_than_its_width_is_refused() {
        assertThatThrownBy(() -> new RunDecoder(new byte[] {4, 3}, 0, 2, 1).read(new int[2], 2))
                .isInstanceOf(IllegalArgumentException.class);
        int[] target = new int[1];
        new RunDecoder(new byte[] {2, -1, -1, -1, -1}, 0, 5, 32).read(target, 1);
        assertThat(target).containsExactly(-1);
    }

    @Test
    void bit_packed_numbers_without_bits_are_zeros_whatever_the_array_held() {
        int[] target = {9, 9, 9, 9, 9, 9, 9, 9, 9, 9};
        new RunDecoder(new byte[] {0x05}, 0, 1, 0).read(target, 10);
        assertThat(target).containsOnly(0);
    }
}
