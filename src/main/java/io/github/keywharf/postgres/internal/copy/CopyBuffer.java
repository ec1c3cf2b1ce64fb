package io.github.keywharf.postgres.internal.copy;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.sql.SQLException;
import org.postgresql.copy.CopyIn;

/** One reusable buffer of binary COPY data, handed to the driver whenever it is full. */
public final class CopyBuffer {

    /** Large enough that a call of the driver is nothing beside the bytes, small enough to stay in the cache. */
    static final int CAPACITY = 128 * 1024;

    private static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final byte[] HEADER = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };

    private final byte[] bytes = new byte[CAPACITY];
    private final CopyIn copy;
    private int end;
    private long flushed;

    CopyBuffer(CopyIn copy) {
        this.copy = copy;
    }

    void header() throws SQLException {
        putBytes(HEADER, 0, HEADER.length);
    }

    void trailer() throws SQLException {
        putShort(-1);
        flush();
    }

    /** Makes room for so many bytes, which must be fewer than the buffer holds. */
    private void room(int length) throws SQLException {
        if (CAPACITY - end < length) {
            flush();
        }
    }

    void putShort(int value) throws SQLException {
        room(2);
        SHORTS.set(bytes, end, (short) value);
        end += 2;
    }

    void putInt(int value) throws SQLException {
        room(4);
        INTS.set(bytes, end, value);
        end += 4;
    }

    /** A field that is absent. */
    void putNull() throws SQLException {
        putInt(-1);
    }

    void putByteField(int value) throws SQLException {
        room(5);
        INTS.set(bytes, end, 1);
        bytes[end + 4] = (byte) value;
        end += 5;
    }

    void putShortField(int value) throws SQLException {
        room(6);
        INTS.set(bytes, end, 2);
        SHORTS.set(bytes, end + 4, (short) value);
        end += 6;
    }

    void putIntField(int value) throws SQLException {
        room(8);
        INTS.set(bytes, end, 4);
        INTS.set(bytes, end + 4, value);
        end += 8;
    }

    void putLongField(long value) throws SQLException {
        room(12);
        INTS.set(bytes, end, 8);
        LONGS.set(bytes, end + 4, value);
        end += 12;
    }

    void putBytesField(byte[] source, int offset, int length) throws SQLException {
        putInt(length);
        putBytes(source, offset, length);
    }

    /** Puts bytes as they are. */
    public void putBytes(byte[] source, int offset, int length) throws SQLException {
        if (length > CAPACITY - end) {
            flush();
            if (length > CAPACITY) {
                copy.writeToCopy(source, offset, length);
                flushed += length;
                return;
            }
        }
        System.arraycopy(source, offset, bytes, end, length);
        end += length;
    }

    void flush() throws SQLException {
        if (end > 0) {
            copy.writeToCopy(bytes, 0, end);
            flushed += end;
            end = 0;
        }
    }

    /** How many bytes were put in all. */
    public long total() {
        return flushed + end;
    }
}
