package io.github.keywharf.format;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.MissingLibrary;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.jspecify.annotations.Nullable;
import org.xerial.snappy.Snappy;

/** Decompresses pages, and takes no memory for what a page claims to hold and does not. */
final class ParquetDecompression {

    /** What a page may claim beyond the most its codec can expand, for frames and headers. */
    private static final long EXPANSION_SLACK = 128 * 1024;

    /** Up to this size, or this many times the compressed one, the page's word is taken: as much is about anyway. */
    private static final int TRUSTED_BYTES = 4 * 1024 * 1024;

    private static final int TRUSTED_EXPANSION = 32;

    /** Where the decompression of a page that claims more than that begins. */
    private static final int FIRST_BYTES = 64 * 1024;

    /** What Zstandard works with, some 100 KiB of native memory each: to allocate it takes longer than many a page does. */
    private static final BlockingQueue<ZstdDecompressCtx> ZSTD =
            new ArrayBlockingQueue<>(Math.max(2, Runtime.getRuntime().availableProcessors()));

    private ParquetDecompression() {}

    /** Refuses codecs that are not supported or whose library is missing. */
    static void check(CompressionCodecName codec, String key) {
        switch (codec) {
            case UNCOMPRESSED, SNAPPY, GZIP, ZSTD -> {}
            case LZ4, LZ4_RAW -> checkLibrary("net.jpountz.lz4.LZ4Factory", "at.yawk.lz4:lz4-java:1.13.0", codec, key);
            case BROTLI -> checkLibrary("org.brotli.dec.BrotliInputStream", "org.brotli:dec:0.1.2", codec, key);
            default ->
                throw new KeywharfException(
                        "parquet.codec",
                        key,
                        "is compressed with " + codec
                                + ", which is not supported; write it with ZSTD, SNAPPY, GZIP, LZ4, BROTLI or"
                                + " none");
        }
    }

    private static void checkLibrary(String type, String coordinates, CompressionCodecName codec, String key) {
        try {
            Class.forName(type, false, ParquetDecompression.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            throw new KeywharfException(
                    "parquet.codec",
                    key,
                    MissingLibrary.message("is compressed with " + codec + ", whose library", coordinates),
                    e);
        }
    }

    /**
     * Decompresses a page, to the front of the array that is returned.
     *
     * @param size how long the page says its content is
     * @param target where the array comes from, unless the page is not trusted
     */
    static byte[] decompress(
            CompressionCodecName codec, byte[] source, int offset, int length, int size, PageBuffer target)
            throws IOException {
        if (size < 0 || size > length * maxExpansion(codec) + EXPANSION_SLACK) {
            throw new IOException(length + " bytes of " + codec + " cannot hold " + size);
        }
        if (size == 0 && length == 0) {
            return new byte[0];
        }
        checkOwnSize(codec, source, offset, length, size);
        ParquetLimits.check(size, ParquetLimits.PAGE_BYTES, "bytes in one page");
        boolean trusted = size <= Math.max(TRUSTED_BYTES, (long) length * TRUSTED_EXPANSION);
        return switch (codec) {
            case SNAPPY -> {
                byte[] content = target.room(size);
                yield checked(codec, content, size, Snappy.uncompress(source, offset, length, content, 0));
            }
            case LZ4_RAW -> {
                byte[] content = target.room(size);
                yield checked(codec, content, size, Lz4Pages.decompress(source, offset, length, content, size));
            }
            case LZ4 -> {
                byte[] content = target.room(size);
                yield checked(codec, content, size, Lz4Pages.decompressFramed(source, offset, length, content, size));
            }
            case ZSTD -> {
                if (trusted) {
                    byte[] content = target.room(size);
                    yield checked(codec, content, size, size == 0 ? 0 : zstd(source, offset, length, content, size));
                }
                yield read(codec, new ZstdInputStreamNoFinalizer(stream(source, offset, length)), size, null);
            }
            case GZIP -> {
                GZIPInputStream in = new GZIPInputStream(stream(source, offset, length), 64 * 1024);
                yield read(codec, in, size, trusted ? target : null);
            }
            case BROTLI -> read(codec, BrotliPages.open(stream(source, offset, length)), size, trusted ? target : null);
            default -> throw new IllegalStateException("checked when the file was opened: " + codec);
        };
    }

    private static int zstd(byte[] source, int offset, int length, byte[] target, int size) {
        ZstdDecompressCtx idle = ZSTD.poll();
        ZstdDecompressCtx context = idle == null ? new ZstdDecompressCtx() : idle;
        boolean kept = false;
        try {
            int got = context.decompressByteArray(target, 0, size, source, offset, length);
            kept = ZSTD.offer(context);
            return got;
        } finally {
            if (!kept) {
                context.close();
            }
        }
    }

    /** Compares the page's word with what the compressed bytes say themselves, where they do. */
    private static void checkOwnSize(CompressionCodecName codec, byte[] source, int offset, int length, int size)
            throws IOException {
        long own = size;
        if (codec == CompressionCodecName.SNAPPY) {
            own = Snappy.uncompressedLength(source, offset, length);
        } else if (codec == CompressionCodecName.ZSTD) {
            // The first frame's size, negative where it has none; further frames may follow.
            own = Math.max(size, Zstd.getFrameContentSize(source, offset, length));
        }
        if (own != size) {
            throw new IOException("a page of " + codec + " holds " + own + " bytes, not " + size);
        }
    }

    private static ByteArrayInputStream stream(byte[] source, int offset, int length) {
        return new ByteArrayInputStream(source, offset, length);
    }

    /** Reads a page; without a target, which one that is not trusted has not, memory is taken only as its bytes come. */
    private static byte[] read(CompressionCodecName codec, InputStream stream, int size, @Nullable PageBuffer target)
            throws IOException {
        try (InputStream in = stream) {
            int room = target != null ? size : Math.min(size, FIRST_BYTES);
            byte[] content = target != null ? target.room(size) : new byte[room];
            int got = in.readNBytes(content, 0, room);
            while (got == room && got < size) {
                room = (int) Math.min(size, 2L * got);
                content = Arrays.copyOf(content, room);
                got += in.readNBytes(content, got, room - got);
            }
            checked(codec, content, size, got);
            if (in.read() >= 0) {
                throw new IOException("a page of " + codec + " holds more than " + size + " bytes");
            }
            return content;
        }
    }

    private static byte[] checked(CompressionCodecName codec, byte[] content, int size, long got) throws IOException {
        if (got != size) {
            throw new IOException("a page of " + codec + " holds " + got + " bytes, not " + size);
        }
        return content;
    }

    private static long maxExpansion(CompressionCodecName codec) {
        return switch (codec) {
            case ZSTD -> 43_691;
            case GZIP -> 1_032;
            case SNAPPY -> 64;
            case LZ4, LZ4_RAW -> 255;
            case BROTLI -> Integer.MAX_VALUE;
            default -> 1;
        };
    }
}
