package io.github.keywharf.format;

import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/** Pages of LZ4 blocks. A class of its own, because the library is optional. */
final class Lz4Pages {

    /** The decompressor without native code and without unchecked memory access. */
    private static final LZ4SafeDecompressor DECOMPRESSOR =
            LZ4Factory.safeInstance().safeDecompressor();

    private Lz4Pages() {}

    /** Fills the target, and returns how many bytes there were. */
    static int decompress(byte[] source, int offset, int length, byte[] target) {
        return DECOMPRESSOR.decompress(source, offset, length, target, 0, target.length);
    }
}
