package io.github.keywharf.format;

/** An array for bytes of a column, used again for one page after the other. */
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
