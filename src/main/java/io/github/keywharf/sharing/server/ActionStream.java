package io.github.keywharf.sharing.server;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * An answer that is written while it is read: the first lines are there before the last are known, and memory holds a piece
 * of it at a time.
 */
final class ActionStream extends InputStream {
    /** Little, so that the first bytes are sent soon. */
    private static final int FIRST_PIECE = 4 * 1024;

    private static final int PIECE = 48 * 1024;

    private final ActionLines lines;
    private final LineSource source;
    private final boolean saysFailure;
    private final String subject;
    private final EventListener events;
    private int position;
    private boolean more = true;
    private boolean closed;

    /**
     * Writes the first lines, so that what is wrong with a request shows before there is an answer.
     *
     * @param saysFailure whether the client expects a last line, which can say that the answer failed
     */
    ActionStream(ActionLines lines, LineSource source, boolean saysFailure, String subject, EventListener events) {
        this.lines = lines;
        this.source = source;
        this.saysFailure = saysFailure;
        this.subject = subject;
        this.events = events;
        try {
            write(FIRST_PIECE);
        } catch (RuntimeException | Error e) {
            source.close();
            throw e;
        }
    }

    private void write(int most) {
        while (more && lines.json().length() < most) {
            more = source.writeNext();
        }
    }

    private boolean hasMore() throws IOException {
        if (position == lines.json().length() && more) {
            lines.json().clear();
            position = 0;
            int whole = 0;
            try {
                while (more && lines.json().length() < PIECE) {
                    whole = lines.json().length();
                    more = source.writeNext();
                }
            } catch (RuntimeException e) {
                DeltaSharingServer.reportFailed(events, subject, e);
                more = false;
                lines.json().cut(whole);
                if (!saysFailure) {
                    // Only an answer that breaks off shows such a client that it is not whole.
                    throw new IOException("The answer cannot be finished", e);
                }
                lines.failed(
                        e instanceof KeywharfException known
                                ? SharingErrors.described(known)
                                : "The server failed; ask again");
            }
        }
        return position < lines.json().length();
    }

    @Override
    public int read() throws IOException {
        return hasMore() ? lines.json().bytes()[position++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (!hasMore()) {
            return -1;
        }
        int n = Math.min(length, lines.json().length() - position);
        System.arraycopy(lines.json().bytes(), position, target, offset, n);
        position += n;
        return n;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            more = false;
            source.close();
        }
    }
}
