package io.github.keywharf.sharing.server;

import io.github.keywharf.internal.BlockInputStream;
import io.github.keywharf.store.ObjectReader;
import java.util.Objects;

/** A part of an object, read in pieces, of which each may be a request to a server; closes the reader. */
final class ReaderStream extends BlockInputStream {
    private final ObjectReader reader;
    private final byte[] piece;
    private long next;
    private long left;
    private int position;
    private int filled;

    ReaderStream(ObjectReader reader, long from, long length) {
        this.reader = reader;
        this.next = from;
        this.left = length;
        this.piece = new byte[(int) Math.min(length, reader.pieceBytes())];
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length > 0 && position == filled) {
            if (left == 0) {
                return -1;
            }
            int fetched = (int) Math.min(left, piece.length);
            reader.readFully(next, piece, 0, fetched);
            next += fetched;
            left -= fetched;
            position = 0;
            filled = fetched;
        }
        int n = Math.min(length, filled - position);
        System.arraycopy(piece, position, target, offset, n);
        position += n;
        return n;
    }

    @Override
    public void close() {
        left = 0;
        position = filled;
        reader.close();
    }
}
