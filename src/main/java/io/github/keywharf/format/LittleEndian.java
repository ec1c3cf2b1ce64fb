package io.github.keywharf.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers in byte arrays in the order of bytes that Parquet has. */
final class LittleEndian {

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private LittleEndian() {}

    static int intAt(byte[] bytes, int offset) {
        return (int) INT.get(bytes, offset);
    }

    static long longAt(byte[] bytes, int offset) {
        return (long) LONG.get(bytes, offset);
    }

    static void put(byte[] bytes, int offset, int value) {
        INT.set(bytes, offset, value);
    }

    static void put(byte[] bytes, int offset, long value) {
        LONG.set(bytes, offset, value);
    }
}
