package io.github.keywharf.format;

import io.github.keywharf.KeywharfException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes values as text straight into UTF-8 bytes, without a string or box for each. Not thread-safe. */
final class Utf8Output extends OutputStream {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int CAPACITY = 1 << 16;
    private static final int LONGEST_NUMBER = 64;

    private final OutputStream target;
    private final String subject;
    private final byte[] buffer = new byte[CAPACITY];
    private int size;
    private long drained;

    Utf8Output(OutputStream target, String subject) {
        this.target = target;
        this.subject = subject;
    }

    /** How many bytes were put. */
    long bytes() {
        return drained + size;
    }

    void put(char ascii) {
        room(1);
        buffer[size++] = (byte) ascii;
    }

    @Override
    public void write(int value) {
        room(1);
        buffer[size++] = (byte) value;
    }

    @Override
    public void write(byte[] source, int offset, int length) {
        if (length > buffer.length - size) {
            drain();
            if (length > buffer.length) {
                drain(source, offset, length);
                return;
            }
        }
        System.arraycopy(source, offset, buffer, size, length);
        size += length;
    }

    void putText(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        write(utf8, 0, utf8.length);
    }

    void putLong(long value) {
        room(LONGEST_NUMBER);
        digits(value, 1);
    }

    /** Puts a plain decimal with exactly {@code scale} digits after the point. */
    void putDecimal(long unscaled, int scale) {
        room(LONGEST_NUMBER);
        if (scale == 0) {
            digits(unscaled, 1);
            return;
        }
        digits(unscaled, scale + 1);
        System.arraycopy(buffer, size - scale, buffer, size - scale + 1, scale);
        buffer[size - scale] = '.';
        size++;
    }

    /** Puts year, month and day: {@code 2024-05-20}. */
    void putDate(long epochDay) {
        room(LONGEST_NUMBER);
        long civil = Times.civil(epochDay);
        digits(Times.year(civil), 4);
        buffer[size++] = '-';
        digits(Times.month(civil), 2);
        buffer[size++] = '-';
        digits(Times.day(civil), 2);
    }

    /** Puts hour, minute and second, and the fraction without its trailing zeros: {@code 12:10:03.998}. */
    void putTime(long microsOfDay) {
        room(LONGEST_NUMBER);
        int seconds = (int) (microsOfDay / 1_000_000);
        int fraction = (int) (microsOfDay % 1_000_000);
        digits(seconds / 3600, 2);
        buffer[size++] = ':';
        digits(seconds / 60 % 60, 2);
        buffer[size++] = ':';
        digits(seconds % 60, 2);
        if (fraction != 0) {
            buffer[size++] = '.';
            digits(fraction, 6);
            while (buffer[size - 1] == '0') {
                size--;
            }
        }
    }

    void putHex(byte[] source, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            room(2);
            buffer[size++] = HEX[(source[i] >> 4) & 15];
            buffer[size++] = HEX[source[i] & 15];
        }
    }

    /** Puts 16 bytes the way a UUID is written: 8, 4, 4, 4 and 12 digits. */
    void putUuid(byte[] source, int offset) {
        for (int i = 0; i < 16; i++) {
            if (i == 4 || i == 6 || i == 8 || i == 10) {
                put('-');
            }
            putHex(source, offset + i, 1);
        }
    }

    /** Appends the digits of a number, at least so many; the caller has made room. */
    private void digits(long value, int atLeast) {
        if (value < 0) {
            buffer[size++] = '-';
        }
        int start = size;
        long rest = value;
        do {
            buffer[size++] = (byte) ('0' + Math.abs(rest % 10));
            rest /= 10;
        } while (rest != 0);
        while (size - start < atLeast) {
            buffer[size++] = '0';
        }
        for (int low = start, high = size - 1; low < high; low++, high--) {
            byte swapped = buffer[low];
            buffer[low] = buffer[high];
            buffer[high] = swapped;
        }
    }

    private void room(int bytes) {
        if (bytes > buffer.length - size) {
            drain();
        }
    }

    /** Hands everything put so far to the target. */
    void drain() {
        drain(buffer, 0, size);
        size = 0;
    }

    private void drain(byte[] source, int offset, int length) {
        try {
            target.write(source, offset, length);
            drained += length;
        } catch (IOException e) {
            throw new KeywharfException("format.write_failed", subject, "could not be written: " + e.getMessage(), e);
        }
    }
}
