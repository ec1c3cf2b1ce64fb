package io.github.keywharf.format;

/** An array for the decompressed bytes of a column's pages, used again for one page after the other. */
final class PageBuffer {

    private byte[] bytes = new byte[0];

    /** An array of at least that many bytes; what was in it before is lost. */
    byte[] room(int size) {
        if (bytes.length < size) {
            bytes = new byte[size];
        }
        return bytes;
    }
}
