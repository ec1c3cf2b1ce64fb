package io.github.keywharf.format;

import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/** Pages of LZ4 blocks. A class of its own, because the library is optional. */
final class Lz4Pages {

    /** The decompressor without native code and without unchecked memory access. */
    private static final LZ4SafeDecompressor DECOMPRESSOR =
            LZ4Factory.safeInstance().safeDecompressor();

    private Lz4Pages() {}

    /** Fills the target to that size, and returns how many bytes there were. */
    static int decompress(byte[] source, int offset, int length, byte[] target, int size) {
        return DECOMPRESSOR.decompress(source, offset, length, target, 0, size);
    }

    /**
     * Fills the target to that size from what Hadoop's codec writes: frames of a size and, until that is reached, blocks after the
     * length of each. Some writers left the frames out under the same name. Returns how many bytes there were.
     */
    static int decompressFramed(byte[] source, int offset, int length, byte[] target, int size) {
        int framed = frames(source, offset, offset + length, target, size);
        return framed == size ? framed : decompress(source, offset, length, target, size);
    }

    private static int frames(byte[] source, int from, int end, byte[] target, int room) {
        int at = from;
        int filled = 0;
        while (end - at >= Integer.BYTES) {
            int size = Integer.reverseBytes(LittleEndian.intAt(source, at));
            at += Integer.BYTES;
            if (size < 0 || size > room - filled) {
                return -1;
            }
            for (int frameEnd = filled + size; filled < frameEnd; ) {
                int block = end - at < Integer.BYTES ? -1 : Integer.reverseBytes(LittleEndian.intAt(source, at));
                at += Integer.BYTES;
                if (block <= 0 || block > end - at) {
                    return -1;
                }
                try {
                    filled += DECOMPRESSOR.decompress(source, at, block, target, filled, frameEnd - filled);
                } catch (LZ4Exception e) {
                    return -1;
                }
                at += block;
            }
        }
        return at == end ? filled : -1;
    }
}
