package io.github.keywharf.bench.format;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Hardwood's column readers, called by name: its classes need Java 21, and this is compiled for 17. Only what is done once
 * for each column of a batch goes through reflection.
 */
final class HardwoodPeer implements AutoCloseable {

    private static final String PACKAGE = "dev.hardwood.";

    private final Map<String, Method> methods = new HashMap<>();
    private final Object context;

    HardwoodPeer(int threads) throws Exception {
        context = call("HardwoodContext", "create", null, threads);
    }

    /** Whether this Java can load it. */
    static boolean isThere() {
        try {
            Class.forName(PACKAGE + "HardwoodContext");
            return true;
        } catch (ClassNotFoundException | UnsupportedClassVersionError e) {
            return false;
        }
    }

    /** Adds up the values of these columns. */
    long sum(Path file, List<String> columns) throws Exception {
        long sum = 0;
        Object input = call("InputFile", "of", null, file);
        Object projection = call("schema.ColumnProjection", "columns", null, (Object) columns.toArray(String[]::new));
        try (AutoCloseable reader = (AutoCloseable) call("reader.ParquetFileReader", "open", null, input, context);
                AutoCloseable readers =
                        (AutoCloseable) call("reader.ParquetFileReader", "columnReaders", reader, projection)) {
            while ((boolean) call("reader.ColumnReaders", "nextBatch", readers)) {
                int rows = (int) call("reader.ColumnReaders", "getRecordCount", readers);
                for (int i = 0; i < columns.size(); i++) {
                    Object column = call("reader.ColumnReaders", "getColumnReader", readers, i);
                    sum += column(column, ParquetWideBench.kind(columns.get(i)), rows);
                }
            }
        }
        return sum;
    }

    private long column(Object column, WideSums.Kind kind, int rows) throws Exception {
        Object validity = call("reader.ColumnReader", "getLeafValidity", column);
        long[] present = (boolean) call("reader.Validity", "hasNulls", validity)
                ? (long[]) call("reader.Validity", "words", validity)
                : null;
        return switch (kind) {
            case INT -> WideSums.ints((int[]) values(column, "getInts"), present, rows);
            case LONG -> WideSums.longs((long[]) values(column, "getLongs"), present, rows);
            case FLOAT -> WideSums.floats((float[]) values(column, "getFloats"), present, rows);
            case DOUBLE -> WideSums.doubles((double[]) values(column, "getDoubles"), present, rows);
            case BOOLEAN -> WideSums.booleans((boolean[]) values(column, "getBooleans"), present, rows);
            case TEXT ->
                WideSums.texts(
                        (byte[]) values(column, "getBinaryValues"),
                        (int[]) values(column, "getBinaryOffsets"),
                        present,
                        rows);
        };
    }

    private Object values(Object column, String name) throws Exception {
        return call("reader.ColumnReader", name, column);
    }

    private Object call(String type, String name, Object target, Object... arguments) throws Exception {
        Method method =
                methods.computeIfAbsent(type + "." + name + arguments.length, key -> find(type, name, arguments));
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private static Method find(String type, String name, Object[] arguments) {
        try {
            for (Method method : Class.forName(PACKAGE + type).getMethods()) {
                if (method.getName().equals(name) && takes(method.getParameterTypes(), arguments)) {
                    return method;
                }
            }
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
        throw new IllegalStateException("There is no " + type + "." + name);
    }

    private static boolean takes(Class<?>[] types, Object[] arguments) {
        if (types.length != arguments.length) {
            return false;
        }
        for (int i = 0; i < types.length; i++) {
            if (!types[i].isInstance(arguments[i]) && !(types[i] == int.class && arguments[i] instanceof Integer)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() throws Exception {
        ((AutoCloseable) context).close();
    }
}
