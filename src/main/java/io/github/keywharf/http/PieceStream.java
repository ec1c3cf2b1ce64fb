package io.github.keywharf.http;

import java.io.InputStream;
import java.util.Iterator;
import java.util.Objects;

/** Reads pieces one after the other. */
final class PieceStream extends InputStream {
    private final Iterator<byte[]> pieces;
    private byte[] piece = {};
    private int position;

    PieceStream(Iterator<byte[]> pieces) {
        this.pieces = pieces;
    }

    @Override
    public int read() {
        return hasMore() ? piece[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (!hasMore()) {
            return -1;
        }
        int n = Math.min(length, piece.length - position);
        System.arraycopy(piece, position, target, offset, n);
        position += n;
        return n;
    }

    private boolean hasMore() {
        while (position == piece.length && pieces.hasNext()) {
            piece = pieces.next();
            position = 0;
        }
        return position < piece.length;
    }
}
