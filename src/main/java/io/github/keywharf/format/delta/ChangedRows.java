package io.github.keywharf.format.delta;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The rows of a file that a version changed, with what became of each. */
final class ChangedRows {

    private static final Column TYPE = Column.nullable("_change_type", ColumnType.STRING);
    private static final Column VERSION = Column.nullable("_commit_version", ColumnType.INT64);
    private static final Column TIMESTAMP = Column.nullable("_commit_timestamp", ColumnType.TIMESTAMP_UTC);

    /** What becomes of a row by its position, as the deletion vectors before and after say; the others are left out. */
    private record Difference(Optional<DeletedRows> before, Optional<DeletedRows> after) {

        static @Nullable String ofRow(@Nullable Difference difference, long position, @Nullable String otherwise) {
            if (difference == null) {
                return otherwise;
            }
            boolean was =
                    difference.before().map(rows -> rows.contains(position)).orElse(false);
            boolean is = difference.after().map(rows -> rows.contains(position)).orElse(false);
            return was == is ? null : is ? "delete" : "insert";
        }
    }

    private final String subject;
    private final Schema schema;
    private final DeltaChange change;
    private final @Nullable Difference difference;
    private long position;

    private ChangedRows(String subject, Schema schema, DeltaChange change, @Nullable Difference difference) {
        this.subject = subject;
        this.schema = schema;
        this.change = change;
        this.difference = difference;
    }

    static Schema schema(String table, Schema columns) {
        List<Column> all = new ArrayList<>(columns.columns());
        for (Column own : List.of(TYPE, VERSION, TIMESTAMP)) {
            if (columns.contains(own.name())) {
                throw DeltaErrors.unsupported(
                        table, "has a column '" + own.name() + "', which the change feed needs; rename it");
            }
            all.add(own);
        }
        return Schema.of(all);
    }

    static Rows of(DeltaLog log, LogState state, Collection<DeltaChange> changes) {
        Schema schema = schema(log.name(), state.types().logical());
        // Files of which a version says more than once, by what may be one file with two deletion vectors.
        Map<List<Object>, List<DeltaChange>> files = new LinkedHashMap<>();
        for (DeltaChange change : changes) {
            files.computeIfAbsent(
                            List.of(
                                    change.version(),
                                    change.kind() == DeltaChange.Kind.CDC,
                                    change.file().key()),
                            key -> new ArrayList<>())
                    .add(change);
        }
        List<Supplier<Rows>> sources = new ArrayList<>();
        for (List<DeltaChange> same : files.values()) {
            Optional<DeltaChange> removed = ofKind(same, DeltaChange.Kind.REMOVE);
            Optional<DeltaChange> added = ofKind(same, DeltaChange.Kind.ADD);
            if (removed.isPresent() && added.isPresent()) {
                sources.add(() -> difference(log, state, schema, removed.get(), added.get()));
            } else {
                same.forEach(change -> sources.add(() -> open(log, state, schema, change)));
            }
        }
        return Rows.concat(schema, sources);
    }

    private static Optional<DeltaChange> ofKind(List<DeltaChange> changes, DeltaChange.Kind kind) {
        return changes.stream().filter(change -> change.kind() == kind).findFirst();
    }

    private static Rows difference(
            DeltaLog log, LogState state, Schema schema, DeltaChange removed, DeltaChange added) {
        Difference difference = new Difference(vector(log, removed.file()), vector(log, added.file()));
        ChangedRows made = new ChangedRows(log.name() + "/" + added.file().key(), schema, added, difference);
        return DeltaFileRows.open(log, state, added.file().withoutDeletionVector())
                .map(schema, made::of);
    }

    private static Optional<DeletedRows> vector(DeltaLog log, DeltaFile file) {
        return file.deletionVector().map(vector -> DeletedRows.read(log, file, vector));
    }

    private static Rows open(DeltaLog log, LogState state, Schema schema, DeltaChange change) {
        LogState opened = state;
        if (change.kind() == DeltaChange.Kind.CDC) {
            DeltaTypes types = state.types();
            opened = state.withTypes(new DeltaTypes(
                    with(types.logical(), TYPE), with(types.physical(), TYPE), types.small(), types.unwritable()));
        }
        ChangedRows made = new ChangedRows(log.name() + "/" + change.file().key(), schema, change, null);
        return DeltaFileRows.open(log, opened, change.file()).map(schema, made::of);
    }

    private static Schema with(Schema columns, Column more) {
        List<Column> all = new ArrayList<>(columns.columns());
        all.add(more);
        return Schema.of(all);
    }

    private ColumnBatch of(ColumnBatch batch) {
        int count = 0;
        int[] kept = new int[batch.size()];
        ColumnVector.Builder types = ColumnVector.builder(TYPE.type(), batch.size());
        String otherwise = change.kind() == DeltaChange.Kind.REMOVE ? "delete" : "insert";
        boolean inFile = change.kind() == DeltaChange.Kind.CDC;
        for (int row = 0; row < batch.size(); row++) {
            String type = inFile
                    ? (String)
                            batch.column(batch.schema().position(TYPE.name())).value(row)
                    : Difference.ofRow(difference, position + row, otherwise);
            if (type != null) {
                types.appendValue(type);
                kept[count++] = row;
            } else if (inFile) {
                throw DeltaErrors.corrupt(subject, "a changed row does not say what became of it");
            }
        }
        position += batch.size();
        ColumnBatch left = count == kept.length ? batch : batch.gather(kept, count);
        List<ColumnVector> vectors = new ArrayList<>(
                IntStream.range(0, schema.size() - 3).mapToObj(left::column).toList());
        vectors.add(types.build());
        vectors.add(constant(VERSION, change.version(), count));
        vectors.add(constant(TIMESTAMP, change.timestamp(), count));
        return left.withColumns(schema, vectors);
    }

    private static ColumnVector constant(Column column, Object value, int size) {
        ColumnVector.Builder builder = ColumnVector.builder(column.type(), size);
        Collections.nCopies(size, value).forEach(builder::appendValue);
        return builder.build();
    }
}
