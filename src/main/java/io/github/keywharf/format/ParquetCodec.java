package io.github.keywharf.format;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.github.keywharf.KeywharfException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.jspecify.annotations.Nullable;
import org.xerial.snappy.Snappy;

/** Compresses and decompresses pages over byte arrays; one compressor a column, used by one thread at a time. */
final class ParquetCodec {

    /** The level with which zstd's own command line starts: past it, time grows faster than size shrinks. */
    private static final int ZSTD_LEVEL = 3;

    /** What a page may claim beyond the most its codec can expand, for frames and headers. */
    private static final long EXPANSION_SLACK = 128 * 1024;

    private ParquetCodec() {}

    static CompressionCodecName name(Parquet.Compression compression) {
        return switch (compression) {
            case NONE -> CompressionCodecName.UNCOMPRESSED;
            case SNAPPY -> CompressionCodecName.SNAPPY;
            case GZIP -> CompressionCodecName.GZIP;
            case ZSTD -> CompressionCodecName.ZSTD;
        };
    }

    static BytesInputCompressor compressor(CompressionCodecName codec) {
        return new Compressor(codec);
    }

    /**
     * Decompresses a page.
     *
     * @param size how long the page says its content is; checked against what the codec can expand before any memory is
     *     taken
     */
    static byte[] decompress(CompressionCodecName codec, byte[] source, int offset, int length, int size)
            throws IOException {
        if (size < 0 || size > length * maxExpansion(codec) + EXPANSION_SLACK) {
            throw new IOException(length + " bytes of " + codec + " cannot hold " + size);
        }
        byte[] content = new byte[size];
        int got = switch (codec) {
            case SNAPPY -> snappy(source, offset, length, content);
            case ZSTD -> size == 0 ? 0 : (int) Zstd.decompressByteArray(content, 0, size, source, offset, length);
            case GZIP -> gunzip(source, offset, length, content);
            default -> throw new IllegalStateException("checked when the file was opened: " + codec);
        };
        if (got != size) {
            throw new IOException("a page of " + codec + " holds " + got + " bytes, not " + size);
        }
        return content;
    }

    /** Refuses codecs that are not on board. */
    static void check(CompressionCodecName codec, String key) {
        switch (codec) {
            case UNCOMPRESSED, SNAPPY, GZIP, ZSTD -> {}
            default ->
                throw new KeywharfException(
                        "parquet.codec",
                        key,
                        "is compressed with " + codec
                                + ", which is not supported; write it with ZSTD, SNAPPY, GZIP or none");
        }
    }

    private static long maxExpansion(CompressionCodecName codec) {
        return switch (codec) {
            case ZSTD -> 43_691;
            case GZIP -> 1_032;
            case SNAPPY -> 64;
            default -> 1;
        };
    }

    private static int snappy(byte[] source, int offset, int length, byte[] content) throws IOException {
        if (Snappy.uncompressedLength(source, offset, length) > content.length) {
            throw new IOException("a page of SNAPPY holds more than the " + content.length + " bytes it says");
        }
        return Snappy.uncompress(source, offset, length, content, 0);
    }

    private static int gunzip(byte[] source, int offset, int length, byte[] content) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(source, offset, length), 64 * 1024)) {
            return in.readNBytes(content, 0, content.length);
        }
    }

    private static final class Compressor implements BytesInputCompressor {
        private final CompressionCodecName codec;
        private @Nullable ZstdCompressCtx zstd;
        private byte[] buffer = new byte[0];

        Compressor(CompressionCodecName codec) {
            this.codec = codec;
        }

        @Override
        public BytesInput compress(BytesInput bytes) throws IOException {
            return switch (codec) {
                case SNAPPY -> {
                    ByteBuffer source = buffered(bytes);
                    byte[] target = room(Snappy.maxCompressedLength(source.remaining()));
                    int length = Snappy.compress(
                            source.array(), source.arrayOffset() + source.position(), source.remaining(), target, 0);
                    yield BytesInput.from(target, 0, length);
                }
                case ZSTD -> {
                    if (zstd == null) {
                        zstd = new ZstdCompressCtx().setLevel(ZSTD_LEVEL);
                    }
                    ByteBuffer source = buffered(bytes);
                    byte[] target = room(Math.toIntExact(Zstd.compressBound(source.remaining())));
                    int length = zstd.compressByteArray(
                            target,
                            0,
                            target.length,
                            source.array(),
                            source.arrayOffset() + source.position(),
                            source.remaining());
                    yield BytesInput.from(target, 0, length);
                }
                case GZIP -> {
                    ByteArrayOutputStream packed = new ByteArrayOutputStream((int) bytes.size() / 2 + 64);
                    try (GZIPOutputStream out = new GZIPOutputStream(packed, 64 * 1024)) {
                        bytes.writeAllTo(out);
                    }
                    yield BytesInput.from(packed);
                }
                default -> bytes;
            };
        }

        private static ByteBuffer buffered(BytesInput bytes) {
            return bytes.toByteBuffer(HeapByteBufferAllocator.getInstance(), buffer -> {});
        }

        private byte[] room(int size) {
            if (buffer.length < size) {
                buffer = new byte[size];
            }
            return buffer;
        }

        @Override
        public CompressionCodecName getCodecName() {
            return codec;
        }

        @Override
        public void release() {
            if (zstd != null) {
                zstd.close();
                zstd = null;
            }
        }
    }
}
