package io.github.keywharf.format;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnStats;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.ObjectVector;
import io.github.keywharf.table.Schema;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/** Encodes batches into row groups and sends each to the store as soon as it is full. */
final class ParquetBatchWriter implements BatchWriter {

    /** Longer least and greatest texts are cut in the footer: enough to skip by, and the footer stays small. */
    private static final int STATISTICS_BYTES = 64;

    private static final int OUTPUT_BUFFER = 64 * 1024;

    /** What a list, map or struct is reckoned to take before it is taken apart. */
    private static final int NESTED_BYTES = 64;

    private final ParquetWriter settings;
    private final Map<String, String> metadata;
    private final Schema schema;
    private final MessageType fileSchema;
    private final ObjectWriter target;
    private final OutputStream buffered;
    private final ParquetOutput output;
    private final ParquetFileWriter file;
    private final List<BytesInputCompressor> compressors = new ArrayList<>();
    private final List<ColumnEncoder> encoders = new ArrayList<>();
    private final List<@Nullable NestedShredder> shredders = new ArrayList<>();
    private final int[] firstLeaf;
    private @Nullable ColumnChunkPageWriteStore group;
    private int groupRows;
    private long rows;
    private boolean ended;
    private boolean broken;
    private boolean committed;

    ParquetBatchWriter(ParquetWriter settings, Schema schema, ObjectWriter target) {
        this.settings = settings;
        this.metadata = Map.copyOf(settings.metadata);
        this.schema = schema;
        this.target = target;
        fileSchema = ParquetWriteSchema.of(schema);
        firstLeaf = new int[schema.size()];
        for (int i = 0; i < firstLeaf.length; i++) {
            firstLeaf[i] = encoders.size();
            addEncoders(schema.column(i));
        }
        for (int i = 0; i < encoders.size(); i++) {
            compressors.add(ParquetCodec.compressor(ParquetCodec.name(settings.compression)));
        }
        buffered = new BufferedOutputStream(target, OUTPUT_BUFFER);
        output = new ParquetOutput(buffered);
        try {
            file = new ParquetFileWriter(
                    output,
                    fileSchema,
                    ParquetFileWriter.Mode.CREATE,
                    settings.rowGroupBytes,
                    0,
                    STATISTICS_BYTES,
                    STATISTICS_BYTES,
                    true);
            file.start();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private void addEncoders(Column column) {
        String name = column.name();
        List<ColumnDescriptor> leaves = fileSchema.getColumns().stream()
                .filter(leaf -> leaf.getPath()[0].equals(name))
                .toList();
        List<ColumnEncoder> own = new ArrayList<>();
        boolean nested = !column.type().children().isEmpty();
        NestedShredder shredder = nested ? new NestedShredder(column, own) : null;
        for (int i = 0; i < leaves.size(); i++) {
            var type = shredder == null ? column.type() : shredder.leafType(i);
            own.add(new ColumnEncoder(leaves.get(i), type, settings.version, settings.pageBytes));
        }
        encoders.addAll(own);
        shredders.add(shredder);
    }

    @Override
    public void write(ColumnBatch batch) {
        checkOpen();
        if (!batch.schema().equals(schema)) {
            throw new IllegalArgumentException(
                    "The file " + settings.key + " has the schema " + schema + ", not " + batch.schema());
        }
        refuseMissing(batch);
        try {
            for (int at = 0; at < batch.size(); ) {
                int end = Math.min(batch.size(), at + settings.rowGroupRows - groupRows);
                while (end > at + 1 && rawBytes(batch, at, end) > settings.rowGroupBytes) {
                    end = at + (end - at) / 2;
                }
                if (groupRows > 0 && rawBytes(batch, at, end) > settings.rowGroupBytes - groupRawBytes()) {
                    endGroup();
                }
                add(batch, at, end);
                at = end;
            }
        } catch (UncheckedIOException e) {
            broken = true;
            throw failed(Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            broken = true;
            throw failed(e);
        } catch (RuntimeException | Error e) {
            broken = true;
            throw e;
        }
    }

    private void refuseMissing(ColumnBatch batch) {
        for (int i = 0; i < schema.size(); i++) {
            ColumnVector vector = batch.column(i);
            if (schema.column(i).nullable() || !vector.hasNulls()) {
                continue;
            }
            for (int row = 0; row < batch.size(); row++) {
                if (vector.isNull(row)) {
                    throw new KeywharfException(
                            "parquet.missing_value",
                            settings.key,
                            "column '" + schema.column(i) + "' has a null in row " + (rows + row + 1)
                                    + "; make the column nullable, or write through sink(), which rejects such rows");
                }
            }
        }
    }

    private static long rawBytes(ColumnBatch batch, int from, int to) {
        long bytes = 0;
        for (int i = 0; i < batch.schema().size(); i++) {
            ColumnVector vector = batch.column(i);
            if (vector instanceof BytesVector texts) {
                bytes += texts.byteCount(from, to);
            } else {
                bytes += (long) (to - from) * (vector instanceof ObjectVector ? NESTED_BYTES : Long.BYTES);
            }
        }
        return bytes;
    }

    private void add(ColumnBatch batch, int from, int to) throws IOException {
        if (group == null) {
            startGroup();
        }
        ColumnParallel.each(settings.executor, schema.size(), column -> {
            NestedShredder shredder = shredders.get(column);
            if (shredder == null) {
                encoders.get(firstLeaf[column]).add(batch.column(column), from, to);
            } else {
                shredder.add(batch.column(column), from, to);
            }
        });
        groupRows += to - from;
        rows += to - from;
        if (groupRows >= settings.rowGroupRows || groupRawBytes() >= settings.rowGroupBytes) {
            endGroup();
        }
    }

    private long groupRawBytes() {
        long raw = 0;
        for (ColumnEncoder encoder : encoders) {
            raw += encoder.rawBytes();
        }
        return raw;
    }

    private void startGroup() {
        int[] next = {0};
        ColumnChunkPageWriteStore store = ColumnChunkPageWriteStore.builder()
                .withCompressorProvider(leaf -> compressors.get(next[0]++))
                .withSchema(fileSchema)
                .withAllocator(HeapByteBufferAllocator.getInstance())
                .withColumnIndexTruncateLength(STATISTICS_BYTES)
                .build();
        for (int i = 0; i < encoders.size(); i++) {
            encoders.get(i)
                    .startGroup(store.getPageWriter(fileSchema.getColumns().get(i)));
        }
        group = store;
        groupRows = 0;
    }

    private void endGroup() throws IOException {
        ColumnChunkPageWriteStore store = group;
        if (store == null) {
            return;
        }
        ColumnParallel.each(
                settings.executor, encoders.size(), leaf -> encoders.get(leaf).endGroup());
        file.startBlock(groupRows);
        store.flushToFileWriter(file);
        file.endBlock();
        store.close();
        group = null;
        groupRows = 0;
    }

    @Override
    public long rows() {
        return rows;
    }

    @Override
    public long bytes() {
        long pending = 0;
        if (group != null) {
            for (ColumnDescriptor leaf : fileSchema.getColumns()) {
                pending += group.getPageWriter(leaf).getMemSize();
            }
        }
        return output.getPos() + pending;
    }

    @Override
    public StoredObject commit() {
        checkOpen();
        try {
            endGroup();
            file.end(metadata);
            buffered.flush();
        } catch (UncheckedIOException e) {
            broken = true;
            throw failed(Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            broken = true;
            throw failed(e);
        }
        ended = true;
        StoredObject stored = target.commit();
        committed = true;
        close();
        return stored;
    }

    @Override
    public Map<String, ColumnStats> columnStats() {
        if (!committed) {
            throw new IllegalStateException("The file " + settings.key + " is not committed");
        }
        Map<String, ParquetLeafType> types = new HashMap<>();
        for (Type column : fileSchema.getFields()) {
            if (column.isPrimitive()) {
                types.put(column.getName(), ParquetLeafType.of(column.asPrimitiveType(), settings.key));
            }
        }
        List<RowGroupStats> groups = file.getFooter().getBlocks().stream()
                .map(block -> RowGroupStats.of(block, types))
                .toList();
        Map<String, ColumnStats> all = new LinkedHashMap<>();
        for (Column column : schema) {
            all.put(
                    column.name(),
                    groups.stream()
                            .map(group -> group.apply(column))
                            .reduce(new ColumnStats(0, 0, Optional.empty()), ColumnStats::plus));
        }
        return Collections.unmodifiableMap(all);
    }

    private void checkOpen() {
        if (ended || broken) {
            throw new IllegalStateException("The file " + settings.key
                    + (ended ? " was committed or closed" : " failed before; begin it again"));
        }
    }

    private KeywharfException failed(IOException e) {
        if (e.getCause() instanceof KeywharfException cause) {
            return cause;
        }
        return new KeywharfException("parquet.write", settings.key, "cannot be written: " + e.getMessage(), e);
    }

    @Override
    public void close() {
        ended = true;
        if (group != null) {
            group.close();
            group = null;
        }
        compressors.forEach(BytesInputCompressor::release);
        target.close();
    }
}
