import io.delta.kernel.DataWriteContext;
import io.delta.kernel.Operation;
import io.delta.kernel.Scan;
import io.delta.kernel.Snapshot;
import io.delta.kernel.Table;
import io.delta.kernel.Transaction;
import io.delta.kernel.TransactionBuilder;
import io.delta.kernel.data.ArrayValue;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.MapValue;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.engine.FileReadResult;
import io.delta.kernel.expressions.Literal;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.data.ScanStateRow;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.types.*;
import io.delta.kernel.utils.CloseableIterable;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.DataFileStatus;
import io.delta.kernel.utils.FileStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads and copies tables by Delta Kernel, in a process of its own. Arguments are commands: {@code read TABLE LINES} writes
 * each row as a line; {@code copy FROM TO PROPERTIES} makes a table of another's rows, a commit for each file, and a
 * checkpoint; {@code checkpoint TABLE} makes a checkpoint.
 */
class KernelOracle {
    private static final Engine ENGINE = DefaultEngine.create(new org.apache.hadoop.conf.Configuration());

    public static void main(String[] arguments) throws Exception {
        for (int i = 0; i < arguments.length; ) {
            switch (arguments[i]) {
                case "read" -> {
                    Files.write(Path.of(arguments[i + 2]), read(arguments[i + 1]));
                    i += 3;
                }
                case "copy" -> {
                    copy(arguments[i + 1], arguments[i + 2], arguments[i + 3]);
                    i += 4;
                }
                default -> throw new IllegalArgumentException(arguments[i]);
            }
        }
    }

    private interface Taker {
        void take(Row file, CloseableIterator<FilteredColumnarBatch> rows) throws Exception;
    }

    private static void each(String table, Taker taker) throws Exception {
        Snapshot snapshot = Table.forPath(ENGINE, table).getLatestSnapshot(ENGINE);
        Scan scan = snapshot.getScanBuilder().build();
        Row state = scan.getScanState(ENGINE);
        StructType physical = ScanStateRow.getPhysicalDataReadSchema(state);
        try (CloseableIterator<FilteredColumnarBatch> files = scan.getScanFiles(ENGINE)) {
            while (files.hasNext()) {
                try (CloseableIterator<Row> rows = files.next().getRows()) {
                    while (rows.hasNext()) {
                        Row file = rows.next();
                        FileStatus status = InternalScanFileUtils.getAddFileStatus(file);
                        CloseableIterator<ColumnarBatch> data = ENGINE.getParquetHandler()
                                .readParquetFiles(Utils.singletonCloseableIterator(status), physical, Optional.empty())
                                .map(FileReadResult::getData);
                        taker.take(file, Scan.transformPhysicalData(ENGINE, state, file, data));
                    }
                }
            }
        }
    }

    private static List<String> read(String table) throws Exception {
        List<String> lines = new ArrayList<>();
        each(table, (file, batches) -> {
            while (batches.hasNext()) {
                try (CloseableIterator<Row> rows = batches.next().getRows()) {
                    while (rows.hasNext()) {
                        lines.add(text(rows.next()));
                    }
                }
            }
        });
        return lines;
    }

    private static void copy(String from, String to, String properties) throws Exception {
        Snapshot source = Table.forPath(ENGINE, from).getLatestSnapshot(ENGINE);
        Table target = Table.forPath(ENGINE, to);
        Map<String, String> configuration = new HashMap<>();
        for (String property : properties.split(",")) {
            if (!property.isEmpty()) {
                configuration.put(property.split("=")[0], property.split("=")[1]);
            }
        }
        boolean[] created = {false};
        long[] version = {0};
        each(from, (file, rows) -> {
            TransactionBuilder builder = target.createTransactionBuilder(
                    ENGINE, "oracle", created[0] ? Operation.WRITE : Operation.CREATE_TABLE);
            if (!created[0]) {
                builder = builder.withSchema(ENGINE, source.getSchema())
                        .withPartitionColumns(ENGINE, source.getPartitionColumnNames())
                        .withTableProperties(ENGINE, configuration);
                created[0] = true;
            }
            Transaction transaction = builder.build(ENGINE);
            Row state = transaction.getTransactionState(ENGINE);
            Map<String, Literal> partition = new HashMap<>();
            List<FilteredColumnarBatch> batches = rows.toInMemoryList();
            for (String column : source.getPartitionColumnNames()) {
                ColumnarBatch first = batches.get(0).getData();
                int at = first.getSchema().indexOf(column);
                partition.put(column, literal(first.getColumnVector(at), source.getSchema().get(column).getDataType()));
            }
            CloseableIterator<FilteredColumnarBatch> physical = Transaction.transformLogicalData(
                    ENGINE, state, Utils.toCloseableIterator(batches.iterator()), partition);
            DataWriteContext context = Transaction.getWriteContext(ENGINE, state, partition);
            CloseableIterator<DataFileStatus> written = ENGINE.getParquetHandler()
                    .writeParquetFiles(context.getTargetDirectory(), physical, context.getStatisticsColumns());
            CloseableIterator<Row> actions = Transaction.generateAppendActions(ENGINE, state, written, context);
            version[0] = transaction
                    .commit(ENGINE, CloseableIterable.inMemoryIterable(actions))
                    .getVersion();
        });
        target.checkpoint(ENGINE, version[0]);
    }

    private static Literal literal(ColumnVector vector, DataType type) {
        if (vector.isNullAt(0)) {
            return Literal.ofNull(type);
        }
        if (type instanceof StringType) {
            return Literal.ofString(vector.getString(0));
        }
        if (type instanceof DateType) {
            return Literal.ofDate(vector.getInt(0));
        }
        if (type instanceof TimestampType) {
            return Literal.ofTimestamp(vector.getLong(0));
        }
        return Literal.ofInt(vector.getInt(0));
    }

    private static String text(Row row) {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < row.getSchema().length(); i++) {
            StructField field = row.getSchema().at(i);
            text.append(field.getName()).append('=');
            text.append(row.isNullAt(i) ? "null" : text(row, i, field.getDataType())).append(';');
        }
        return text.append('}').toString();
    }

    private static String text(Row row, int i, DataType type) {
        if (type instanceof BooleanType) return "" + row.getBoolean(i);
        if (type instanceof ByteType) return "" + row.getByte(i);
        if (type instanceof ShortType) return "" + row.getShort(i);
        if (type instanceof IntegerType || type instanceof DateType) return "" + row.getInt(i);
        if (type instanceof LongType || type instanceof TimestampType || type instanceof TimestampNTZType) {
            return "" + row.getLong(i);
        }
        if (type instanceof FloatType) return "" + row.getFloat(i);
        if (type instanceof DoubleType) return "" + row.getDouble(i);
        if (type instanceof DecimalType) return row.getDecimal(i).toPlainString();
        if (type instanceof StringType) return "'" + row.getString(i) + "'";
        if (type instanceof BinaryType) return HexFormat.of().formatHex(row.getBinary(i));
        if (type instanceof StructType) return text(row.getStruct(i));
        if (type instanceof ArrayType array) return text(row.getArray(i), array);
        return text(row.getMap(i), (MapType) type);
    }

    private static String text(ArrayValue array, ArrayType type) {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < array.getSize(); i++) {
            text.append(text(array.getElements(), i, type.getElementType())).append(';');
        }
        return text.append(']').toString();
    }

    private static String text(MapValue map, MapType type) {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < map.getSize(); i++) {
            text.append(text(map.getKeys(), i, type.getKeyType())).append('=');
            text.append(text(map.getValues(), i, type.getValueType())).append(';');
        }
        return text.append('}').toString();
    }

    private static String text(ColumnVector vector, int i, DataType type) {
        if (vector.isNullAt(i)) return "null";
        if (type instanceof IntegerType || type instanceof DateType) return "" + vector.getInt(i);
        if (type instanceof LongType || type instanceof TimestampType || type instanceof TimestampNTZType) {
            return "" + vector.getLong(i);
        }
        if (type instanceof StringType) return "'" + vector.getString(i) + "'";
        throw new IllegalArgumentException("no text of " + type);
    }
}
