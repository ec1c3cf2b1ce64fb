package io.github.keywharf.sharing.server;

import io.github.keywharf.store.ObjectReader;
import java.io.InputStream;
import java.util.Objects;

/** A part of an object, read in pieces; closes the reader. */
final class ReaderStream extends InputStream {
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

    private boolean hasMore() {
        if (position == filled && left > 0) {
            int n = (int) Math.min(left, piece.length);
            reader.readFully(next, piece, 0, n);
            next += n;
            left -= n;
            position = 0;
            filled = n;
        }
        return position < filled;
    }

    @Override
    public int read() {
        return hasMore() ? piece[position++] & 0xFF : -1;
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
