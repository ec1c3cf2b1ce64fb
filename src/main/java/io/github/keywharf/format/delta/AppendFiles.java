package io.github.keywharf.format.delta;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.BatchWriter;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.internal.Sha256;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnType.Kind;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.IntVector;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowMask;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The data files of one append. Nobody reads them before the commit. */
final class AppendFiles {

    /** The most files of a commit: one of a thousand rows each is a sign of a wrong partition column already. */
    static final int MAX_FILES = 50_000;

    private static final int MAX_SEGMENT = 100;
    private static final int HASH_CHARACTERS = 32;
    private static final String NO_VALUE = "__HIVE_DEFAULT_PARTITION__";

    /** Begins a file. */
    @FunctionalInterface
    interface Opener {

        /** Files of Parquet. */
        Opener PARQUET = (store, key, schema) -> Parquet.writer(store, key).open(schema);

        BatchWriter open(ObjectStore store, String key, Schema schema);
    }

    private final DeltaLog log;
    private final LogState state;
    private final InstantSource clock;
    private final Opener opener;
    private final Schema source;
    private final Schema dataSchema;
    private final List<String> partitionColumns;
    private final List<Column> statsColumns;
    private final PartitionBuffers buffers;
    private final List<DeltaFile> files = new ArrayList<>();
    private final String id = UUID.randomUUID().toString();
    private long read;
    private long written;
    private long bytes;

    AppendFiles(DeltaLog log, LogState state, Schema source, InstantSource clock, Opener opener) {
        this.log = log;
        this.state = state;
        this.source = source;
        this.clock = clock;
        this.opener = opener;
        partitionColumns = state.metadata().partitionColumns();
        Schema table = state.types().logical();
        checkColumns(table);
        dataSchema = Schema.of(table.columns().stream()
                .filter(column -> !partitionColumns.contains(column.name()))
                .toList());
        int indexed = state.metadata().number("delta.dataSkippingNumIndexedCols", 32);
        statsColumns = indexed < 0
                ? dataSchema.columns()
                : dataSchema.columns().subList(0, Math.min(indexed, dataSchema.size()));
        buffers = new PartitionBuffers(PartitionBuffers.MAX_MEGABYTES * 1024L * 1024, this::write);
    }

    private void checkColumns(Schema table) {
        for (Column column : source) {
            if (!table.contains(column.name())) {
                throw mismatch("The rows have a column '" + column + "', which the table of " + table + " has not");
            }
        }
        for (Column column : table) {
            if (!source.contains(column.name())) {
                if (!column.nullable()) {
                    throw mismatch("The rows lack the column '" + column + "'");
                }
            } else if (!isSame(source.column(column.name()).type(), column.type())) {
                throw mismatch(
                        "The rows have '" + source.column(column.name()) + "' where the table has '" + column + "'");
            }
        }
    }

    private KeywharfException mismatch(String problem) {
        return new KeywharfException(
                "table.schema_mismatch", log.name(), problem + "; select, rename or retype columns of the rows");
    }

    /** Whether values may be absent is checked row by row. */
    private static boolean isSame(ColumnType from, ColumnType to) {
        boolean isText = from.kind() == Kind.JSON && to.kind() == Kind.STRING;
        if (!isText
                && (from.kind() != to.kind()
                        || from.precision() != to.precision()
                        || from.scale() != to.scale()
                        || from.children().size() != to.children().size())) {
            return false;
        }
        for (int i = 0; i < from.children().size(); i++) {
            Column child = from.children().get(i);
            Column wanted = to.children().get(i);
            if (!isSame(child.type(), wanted.type())
                    || (to.kind() == Kind.STRUCT && !child.name().equals(wanted.name()))) {
                return false;
            }
        }
        return true;
    }

    long written() {
        return written;
    }

    long bytes() {
        return bytes;
    }

    List<DeltaFile> files() {
        return Collections.unmodifiableList(files);
    }

    void write(Rows rows, RejectListener rejects) {
        for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
            RowMask mask = new RowMask(batch, log.name(), read);
            read += batch.size();
            Rejection.check(batch, state, mask);
            mask.report(rejects);
            ColumnBatch left = mask.rest();
            if (left.size() > 0) {
                split(left);
            }
        }
        buffers.end();
    }

    private void split(ColumnBatch batch) {
        ColumnBatch data = data(batch);
        if (partitionColumns.isEmpty()) {
            buffers.add(List.of(), data);
            return;
        }
        Map<List<@Nullable String>, int[]> rows = new LinkedHashMap<>();
        Map<List<@Nullable String>, Integer> counts = new LinkedHashMap<>();
        for (int row = 0; row < batch.size(); row++) {
            List<@Nullable String> partition = partition(batch, row);
            int count = counts.merge(partition, 1, Integer::sum);
            int[] known = rows.computeIfAbsent(partition, all -> new int[8]);
            if (count > known.length) {
                known = Arrays.copyOf(known, known.length * 2);
                rows.put(partition, known);
            }
            known[count - 1] = row;
        }
        rows.forEach((partition, positions) -> {
            int count = counts.getOrDefault(partition, 0);
            buffers.add(partition, count == data.size() ? data : data.gather(positions, count));
        });
    }

    private List<@Nullable String> partition(ColumnBatch batch, int row) {
        List<@Nullable String> values = new ArrayList<>(partitionColumns.size());
        for (String column : partitionColumns) {
            values.add(source.contains(column) ? PartitionText.of(batch.column(column), row) : null);
        }
        return values;
    }

    private ColumnBatch data(ColumnBatch batch) {
        List<ColumnVector> vectors = new ArrayList<>();
        for (Column column : dataSchema) {
            vectors.add(
                    source.contains(column.name())
                            ? typed(batch.column(column.name()), column.type())
                            : ColumnVector.ofNulls(column.type(), batch.size()));
        }
        return ColumnBatch.of(dataSchema, vectors);
    }

    /** Types differ only in what is text, and in which values within may be absent. */
    private static ColumnVector typed(ColumnVector vector, ColumnType type) {
        if (vector.type().equals(type)) {
            return vector;
        }
        ColumnVector.Builder made = ColumnVector.builder(type, vector.size());
        for (int row = 0; row < vector.size(); row++) {
            if (vector.isNull(row)) {
                made.appendNull();
            } else if (vector instanceof BytesVector text && made instanceof BytesVector.Builder builder) {
                builder.append(text.bytes(), text.offset(row), text.length(row));
            } else {
                made.appendValue(vector.value(row));
            }
        }
        return made.build();
    }

    private void write(List<@Nullable String> partition, List<ColumnBatch> pieces) {
        if (files.size() == MAX_FILES) {
            throw DeltaErrors.tooLarge(
                    log.name(),
                    "the rows would be more than " + MAX_FILES + " files by " + partitionColumns
                            + "; write in several parts, or choose partition columns of fewer values");
        }
        String key = key(partition);
        try (BatchWriter writer = opener.open(log.store, key, dataSchema)) {
            pieces.forEach(writer::write);
            StoredObject object = writer.commit();
            Map<String, @Nullable String> values = new LinkedHashMap<>();
            for (int i = 0; i < partition.size(); i++) {
                values.put(partitionColumns.get(i), partition.get(i));
            }
            files.add(new DeltaFile(
                    DeltaPaths.encode(key),
                    key,
                    object.size(),
                    Collections.unmodifiableMap(values),
                    clock.instant(),
                    Optional.of(FileStats.write(writer.rows(), writer.columnStats(), statsColumns)),
                    Optional.empty(),
                    Map.of()));
            written += writer.rows();
            bytes += object.size();
        }
    }

    private String key(List<@Nullable String> partition) {
        StringBuilder key = new StringBuilder();
        for (int i = 0; i < partition.size(); i++) {
            String value = partition.get(i);
            key.append(segment(partitionColumns.get(i)))
                    .append('=')
                    .append(value == null ? NO_VALUE : segment(value))
                    .append('/');
        }
        return key.append(String.format(Locale.ROOT, "part-%05d-%s-c000.zstd.parquet", files.size(), id))
                .toString();
    }

    /** Folders are for people only: the log says which values a file has. Keys must not get too long. */
    private static String segment(String text) {
        String segment = DeltaPaths.segment(text);
        return segment.length() <= MAX_SEGMENT ? segment : Sha256.hexOf(text).substring(0, HASH_CHARACTERS);
    }

    /** Deletes the files, as nothing will refer to them. */
    void discard() {
        files.forEach(file -> log.store.delete(file.key()));
        files.clear();
    }

    /** Which rows the table does not take. */
    private static final class Rejection {

        private Rejection() {}

        static void check(ColumnBatch batch, LogState state, RowMask mask) {
            for (Column column : state.types().logical()) {
                if (batch.schema().contains(column.name())) {
                    ColumnVector vector = batch.column(column.name());
                    missing(vector, column, mask);
                    if (state.metadata().partitionColumns().contains(column.name())
                            && vector instanceof BytesVector texts) {
                        empty(texts, column, mask);
                    }
                }
            }
            for (DeltaTypes.SmallColumn small : state.types().small()) {
                if (batch.schema().contains(small.name())) {
                    large((IntVector) batch.column(small.name()), small, mask);
                }
            }
        }

        private static void missing(ColumnVector vector, Column column, RowMask mask) {
            boolean isNested = !column.type().children().isEmpty();
            if (!isNested && (column.nullable() || !vector.hasNulls())) {
                return;
            }
            for (int row = 0; row < vector.size(); row++) {
                if (vector.isNull(row)) {
                    if (!column.nullable()) {
                        mask.reject(row, column.name(), "is null, but the column is not nullable");
                    }
                } else if (isNested && !isWhole(vector.value(row), column.type())) {
                    mask.reject(row, column.name(), "has a null within where the table requires a value");
                }
            }
        }

        private static boolean isWhole(@Nullable Object value, ColumnType type) {
            if (value == null) {
                return true;
            }
            List<Column> children = type.children();
            return switch (type.kind()) {
                case LIST -> ((List<?>) value).stream().allMatch(element -> fits(element, children.get(0)));
                case MAP ->
                    ((Map<?, ?>) value)
                            .entrySet().stream()
                                    .allMatch(entry -> fits(entry.getKey(), children.get(0))
                                            && fits(entry.getValue(), children.get(1)));
                case STRUCT -> children.stream().allMatch(child -> fits(((Map<?, ?>) value).get(child.name()), child));
                default -> true;
            };
        }

        private static boolean fits(@Nullable Object value, Column column) {
            return value == null ? column.nullable() : isWhole(value, column.type());
        }

        private static void empty(BytesVector texts, Column column, RowMask mask) {
            for (int row = 0; row < texts.size(); row++) {
                if (!texts.isNull(row) && texts.length(row) == 0) {
                    mask.reject(
                            row, column.name(), "is empty, which Delta keeps as an absent value in a partition column");
                }
            }
        }

        private static void large(IntVector numbers, DeltaTypes.SmallColumn small, RowMask mask) {
            int limit = 1 << (small.bits() - 1);
            for (int row = 0; row < numbers.size(); row++) {
                if (!numbers.isNull(row) && (numbers.intAt(row) < -limit || numbers.intAt(row) >= limit)) {
                    mask.reject(row, small.name(), numbers.intAt(row) + " has more than " + small.bits() + " bits");
                }
            }
        }
    }
}
