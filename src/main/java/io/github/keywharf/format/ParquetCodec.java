package io.github.keywharf.format;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPOutputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.jspecify.annotations.Nullable;
import org.xerial.snappy.Snappy;

/** Compresses pages over byte arrays; one compressor a column, used by one thread at a time. */
final class ParquetCodec {

    /** The level with which zstd's own command line starts: past it, time grows faster than size shrinks. */
    private static final int ZSTD_LEVEL = 3;

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
