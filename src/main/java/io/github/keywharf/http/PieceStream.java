package io.github.keywharf.http;

import io.github.keywharf.internal.BlockInputStream;
import java.util.Iterator;
import java.util.Objects;

/** Concatenation of pieces as a stream. */
final class PieceStream extends BlockInputStream {
    private final Iterator<byte[]> pieces;
    private byte[] piece = {};
    private int position;

    PieceStream(Iterator<byte[]> pieces) {
        this.pieces = pieces;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        while (length > 0 && position == piece.length) {
            if (!pieces.hasNext()) {
                return -1;
            }
            piece = pieces.next();
            position = 0;
        }
        int n = Math.min(length, piece.length - position);
        System.arraycopy(piece, position, target, offset, n);
        position += n;
        return n;
    }
}
