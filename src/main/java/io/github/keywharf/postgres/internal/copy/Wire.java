package io.github.keywharf.postgres.internal.copy;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers in network byte order. */
public final class Wire {

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Wire() {}

    /** The two bytes at a position, with a sign. */
    public static int shortAt(byte[] bytes, int at) {
        return (short) SHORT.get(bytes, at);
    }

    /** The four bytes at a position. */
    public static int intAt(byte[] bytes, int at) {
        return (int) INT.get(bytes, at);
    }

    /** The eight bytes at a position. */
    public static long longAt(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at);
    }
}
