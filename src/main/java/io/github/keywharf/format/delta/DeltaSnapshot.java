package io.github.keywharf.format.delta;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.BoundCondition;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnStats;
import io.github.keywharf.table.Condition;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A table at one version: its columns and its files, all in memory (about 1 KB for each file).
 *
 * <p>Immutable and thread-safe. Reading rows needs the files, which a cleanup of the table may have deleted if the version
 * is old.
 */
public final class DeltaSnapshot {

    private final DeltaLog log;
    private final LogState state;
    private volatile @Nullable Groups groups;

    /**
     * Files by the values of their partition columns.
     *
     * @param all by all of them
     * @param byColumn by one of them, under its physical name
     */
    private record Groups(
            Map<Map<String, @Nullable String>, List<DeltaFile>> all,
            Map<String, Map<@Nullable String, List<DeltaFile>>> byColumn) {}

    DeltaSnapshot(DeltaLog log, LogState state) {
        this.log = log;
        this.state = state;
    }

    /**
     * A version that is known from elsewhere than a log, as from the server of a share. It has no files of its own: hand
     * files to {@link #rows(Collection)}, {@link #mayFit} and {@link #changeRows}.
     *
     * @param name what messages call the table
     * @param store has the files under their keys, and deletion vectors of the type {@code p} under their paths
     * @throws io.github.keywharf.KeywharfException with code {@code delta.unsupported} when the table needs what this
     *     library does not have; with {@code delta.corrupt} when the metadata cannot be read
     */
    public static DeltaSnapshot of(
            String name, ObjectStore store, DeltaProtocol protocol, DeltaMetadata metadata, long version) {
        return new DeltaSnapshot(new DeltaLog(store, name), LogReplay.known(name, version, protocol, metadata));
    }

    LogState state() {
        return state;
    }

    /** The version of the table, from 0 on. */
    public long version() {
        return state.version();
    }

    /** When the version was committed: as the commit states where the table has in-commit timestamps, else by the store's clock. */
    public Instant timestamp() {
        return state.timestamp();
    }

    /** The columns, partition columns among them. */
    public Schema schema() {
        return state.types().logical();
    }

    /** What the table is, the schema's own JSON included. */
    public DeltaMetadata metadata() {
        return state.metadata();
    }

    /** What clients must be able to do. */
    public DeltaProtocol protocol() {
        return state.protocol();
    }

    /** The newest version that an application has written, by {@link DeltaTable#sink(String, long)} or another client's means. */
    public OptionalLong transaction(String application) {
        LogState.Transaction newest = state.transactions().get(application);
        return newest == null ? OptionalLong.empty() : OptionalLong.of(newest.version());
    }

    /** All files. */
    public Stream<DeltaFile> files() {
        return state.files().values().stream();
    }

    /** How many files there are. */
    public int fileCount() {
        return state.files().size();
    }

    /**
     * The files in which a row may fit a condition, by their partition values and statistics. They may have other rows as
     * well.
     *
     * @throws IllegalArgumentException when the condition does not fit the columns
     */
    public Stream<DeltaFile> files(Condition condition) {
        Pruning pruning = new Pruning(condition.bind(schema()));
        return groups().all().entrySet().stream()
                .filter(group -> pruning.mayFit(group.getKey()))
                .flatMap(group -> group.getValue().stream())
                .filter(pruning::mayFit);
    }

    /**
     * Whether a row of a file may fit a condition: {@link #files(Condition)} for files from elsewhere, such as those of
     * {@link DeltaTable#changes}.
     */
    public Predicate<DeltaFile> mayFit(Condition condition) {
        Pruning pruning = new Pruning(condition.bind(schema()));
        return file -> pruning.mayFit(file.partitionValues()) && pruning.mayFit(file);
    }

    /**
     * The files of which all rows have this value in a partition column, by an index: as fast as there are few of them.
     *
     * @param value its text as the log has it, null for the absent one
     * @throws IllegalArgumentException when the column is not a partition column
     */
    public List<DeltaFile> files(String partitionColumn, @Nullable String value) {
        return groups().byColumn()
                .getOrDefault(physical(partitionColumn), Map.of())
                .getOrDefault(value, List.of());
    }

    /**
     * The text of a file's value of a partition column, null where it is absent.
     *
     * @throws IllegalArgumentException when the column is not a partition column
     */
    public @Nullable String partitionValue(DeltaFile file, String column) {
        return text(file.partitionValues(), physical(column));
    }

    /** An empty text is an absent value. */
    private static @Nullable String text(Map<String, @Nullable String> values, String column) {
        String text = values.get(column);
        return text == null || text.isEmpty() ? null : text;
    }

    /**
     * The object that says which rows of a file are deleted, as a key in the table's folder; empty when no row is, or when the
     * log itself says so.
     */
    public Optional<String> deletionVectorKey(DeltaFile file) {
        return file.deletionVector().flatMap(vector -> DeletedRows.key(log, vector, log.name() + "/" + file.key()));
    }

    /**
     * A file's deletion vector in the form that needs no other object, for who may not read the object that holds it, as
     * other files' vectors may be in it too; empty when no row is deleted.
     *
     * @param maxBytes how many bytes the vector may have
     * @throws KeywharfException with code {@code delta.too_large} when it has more
     */
    public Optional<DeletionVector> inlineDeletionVector(DeltaFile file, int maxBytes) {
        return file.deletionVector().map(vector -> {
            String subject = log.name() + "/" + file.key();
            if (vector.sizeInBytes() < 0 || vector.sizeInBytes() > maxBytes) {
                throw DeltaErrors.tooLarge(
                        subject,
                        "its deletion vector has " + vector.sizeInBytes() + " bytes, more than the " + maxBytes
                                + " that fit; rewrite the file, as OPTIMIZE does");
            }
            return vector.storageType().equals("i")
                    ? vector
                    : new DeletionVector(
                            "i",
                            DeletedRows.encode(DeletedRows.bytes(log, vector, subject)),
                            OptionalInt.empty(),
                            vector.sizeInBytes(),
                            vector.cardinality());
        });
    }

    private String physical(String column) {
        if (!metadata().partitionColumns().contains(column)) {
            throw new IllegalArgumentException("'" + column + "' is not among the partition columns "
                    + metadata().partitionColumns());
        }
        return state.types().physical().column(schema().position(column)).name();
    }

    private Groups groups() {
        Groups known = groups;
        if (known == null) {
            Map<Map<String, @Nullable String>, List<DeltaFile>> all = new LinkedHashMap<>();
            Map<String, Map<@Nullable String, List<DeltaFile>>> byColumn = new HashMap<>();
            for (DeltaFile file : state.files().values()) {
                all.computeIfAbsent(file.partitionValues(), values -> new ArrayList<>())
                        .add(file);
            }
            for (String column : metadata().partitionColumns()) {
                String physical = physical(column);
                Map<@Nullable String, List<DeltaFile>> files = new HashMap<>();
                all.forEach((values, group) -> files.computeIfAbsent(text(values, physical), value -> new ArrayList<>())
                        .addAll(group));
                files.replaceAll((value, group) -> Collections.unmodifiableList(group));
                byColumn.put(physical, files);
            }
            known = new Groups(all, byColumn);
            groups = known;
        }
        return known;
    }

    /** All rows, in no particular order, with the columns of {@link #schema}; opens files as they are needed. */
    public Rows rows() {
        return rows(state.files().values());
    }

    /**
     * The rows that fit a condition; files that cannot have one are not opened.
     *
     * @throws IllegalArgumentException when the condition does not fit the columns
     */
    public Rows rows(Condition condition) {
        return rows(files(condition).toList()).filter(condition);
    }

    /** The rows of some of the files. */
    public Rows rows(Collection<DeltaFile> files) {
        return Rows.concat(
                schema(),
                files.stream()
                        .<Supplier<Rows>>map(file -> () -> DeltaFileRows.open(log, state, file))
                        .toList());
    }

    /** The columns of {@link #changeRows}: those of the table, and {@code _change_type}, {@code _commit_version}, {@code _commit_timestamp}. */
    public Schema changeSchema() {
        return ChangedRows.schema(log.name(), schema());
    }

    /**
     * The rows that changes are about, in their order, with the columns of {@link #changeSchema}: {@code _change_type} is
     * {@code insert}, {@code delete}, {@code update_preimage} or {@code update_postimage}. A file that the same version
     * removes and adds with another deletion vector has only the rows in which the vectors differ.
     */
    public Rows changeRows(Collection<DeltaChange> changes) {
        return ChangedRows.of(log, state, changes);
    }

    /** What is asked of files. */
    private final class Pruning {

        private final BoundCondition condition;
        private final Map<String, String> partitionColumns = new HashMap<>();
        private final Map<Map.Entry<String, String>, ColumnStats> known = new ConcurrentHashMap<>();

        Pruning(BoundCondition condition) {
            this.condition = condition;
            for (String column : metadata().partitionColumns()) {
                partitionColumns.put(column, physical(column));
            }
        }

        boolean mayFit(Map<String, @Nullable String> values) {
            return condition.mayBeTrue(
                    column -> partition(column, values).orElseGet(() -> ColumnStats.unknown(Long.MAX_VALUE)));
        }

        private Optional<ColumnStats> partition(Column column, Map<String, @Nullable String> values) {
            return Optional.ofNullable(partitionColumns.get(column.name())).map(physical -> {
                String text = text(values, physical);
                return known.computeIfAbsent(
                        Map.entry(physical, text == null ? "" : text),
                        value -> PartitionText.stats(column, text, log.name()));
            });
        }

        boolean mayFit(DeltaFile file) {
            FileStats stats = FileStats.of(file);
            return condition.mayBeTrue(column -> partition(column, file.partitionValues())
                    .orElseGet(() -> stats.column(state.types().physical().column(schema().position(column.name())))));
        }
    }

    @Override
    public String toString() {
        return "DeltaSnapshot[" + log.name() + ", version " + version() + ", " + fileCount()
                + (fileCount() == 1 ? " file]" : " files]");
    }
}
