package io.github.keywharf.format;

import java.io.IOException;
import java.io.InputStream;
import org.brotli.dec.BrotliInputStream;

/** Pages of Brotli. A class of its own, because the library is optional. */
final class BrotliPages {

    private BrotliPages() {}

    /** The decompressed bytes. */
    static InputStream open(InputStream compressed) throws IOException {
        return new BrotliInputStream(compressed);
    }
}
