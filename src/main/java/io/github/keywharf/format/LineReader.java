package io.github.keywharf.format;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Splits a stream of bytes into lines of bounded length. */
final class LineReader implements AutoCloseable {

    private final InputStream stream;
    private final int maxLength;
    private byte[] buffer = new byte[1 << 16];
    private int begin;
    private int end;
    private int lineOffset;
    private int lineLength;
    private long number;
    private boolean isTooLong;
    private boolean atEnd;

    LineReader(InputStream stream, int maxLength) {
        this.stream = stream;
        this.maxLength = maxLength;
    }

    /** Moves on to the next line, which need not have an end if it is the last. */
    boolean next() throws IOException {
        isTooLong = false;
        int scanned = begin;
        while (true) {
            while (scanned < end && buffer[scanned] != '\n') {
                scanned++;
            }
            boolean found = scanned < end;
            if (scanned - begin > maxLength) {
                isTooLong = true;
            }
            if (found || (atEnd && scanned > begin)) {
                lineOffset = begin;
                lineLength = Math.min(scanned - begin, maxLength);
                begin = found ? scanned + 1 : scanned;
                number++;
                skipByteOrderMark();
                return true;
            }
            if (atEnd) {
                return false;
            }
            if (isTooLong) {
                end = begin + maxLength + 1;
            }
            scanned = fill();
        }
    }

    /** Reads more behind the line's bytes, and returns where to go on scanning. */
    private int fill() throws IOException {
        int kept = end - begin;
        if (begin > 0) {
            System.arraycopy(buffer, begin, buffer, 0, kept);
            begin = 0;
            end = kept;
        }
        if (end == buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.addExact(buffer.length, Math.min(buffer.length, 1 << 28)));
        }
        int count = stream.read(buffer, end, buffer.length - end);
        if (count < 0) {
            atEnd = true;
        } else {
            end += count;
        }
        return kept;
    }

    private void skipByteOrderMark() {
        if (number == 1
                && lineLength >= 3
                && buffer[lineOffset] == (byte) 0xEF
                && buffer[lineOffset + 1] == (byte) 0xBB
                && buffer[lineOffset + 2] == (byte) 0xBF) {
            lineOffset += 3;
            lineLength -= 3;
        }
    }

    byte[] buffer() {
        return buffer;
    }

    int offset() {
        return lineOffset;
    }

    int length() {
        return lineLength;
    }

    /** The number of the line, from 1. */
    long number() {
        return number;
    }

    /** Whether the line is longer than allowed; then only its beginning is there. */
    boolean isTooLong() {
        return isTooLong;
    }

    boolean isBlank() {
        for (int i = lineOffset; i < lineOffset + lineLength; i++) {
            if (buffer[i] != ' ' && buffer[i] != '\t' && buffer[i] != '\r') {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
