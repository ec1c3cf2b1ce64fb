package io.github.keywharf.format.delta;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Delta table in an object store: its versions, its rows, and a sink that appends to it, and a merge of small files.
 *
 * <pre>{@code
 * DeltaTable usage = DeltaTable.at(store, "tables/usage");
 * usage.create(schema, List.of("tenant"));
 * usage.sink().write(rows);
 * Table tenant = usage.snapshot().rows(Condition.eq("tenant", "t-1")).toTable();
 * }</pre>
 *
 * <p>Thread-safe. Keep one for each table: it keeps the newest snapshot, and asks the store only whether there is a newer
 * version. Other clients may read and write the table meanwhile. The store must be able to create an object only if there
 * is none of its key, as {@link ObjectStore#createIfAbsent} promises. The store stays open.
 *
 * <p>Every method that reads the log throws {@link KeywharfException}: {@code delta.not_a_table}, {@code delta.corrupt},
 * {@code delta.unsupported} when the table needs what this library does not have, {@code delta.no_version}.
 */
public final class DeltaTable {
    /** Code of an error about a folder without a log. */
    public static final String NOT_A_TABLE = "delta.not_a_table";

    /** After this time the log is listed again, so that a table that was dropped or cleaned up meanwhile is noticed. */
    private static final Duration LISTED_FOR = Duration.ofHours(1);

    /** How many snapshots of versions that are not the newest are kept. */
    private static final int MAX_OLDER = 4;

    private final DeltaLog log;
    private final InstantSource clock;
    private final Object refresh = new Object();
    private final Map<Long, DeltaSnapshot> older = new LinkedHashMap<>(16, 0.75f, true);
    private volatile @Nullable Newest newest;

    private record Newest(DeltaSnapshot snapshot, Instant listed) {}

    private DeltaTable(ObjectStore store, InstantSource clock) {
        this.log = new DeltaLog(store);
        this.clock = clock;
    }

    /**
     * The table in a folder of a store; reads nothing.
     *
     * @param folder a valid key; empty when the store as a whole is the table
     */
    public static DeltaTable at(ObjectStore store, String folder) {
        return at(store, folder, InstantSource.system());
    }

    /** The table in a folder of a store, with a clock that dates what is written. */
    public static DeltaTable at(ObjectStore store, String folder, InstantSource clock) {
        return new DeltaTable(
                folder.isEmpty() ? Objects.requireNonNull(store, "store") : store.under(folder),
                Objects.requireNonNull(clock, "clock"));
    }

    /** What the table is, for messages: its place. */
    public String name() {
        return log.name();
    }

    /** Whether there is a table; one request. */
    public boolean exists() {
        try (Stream<StoredObject> objects = log.store.list(LogListing.FOLDER + "00")) {
            return objects.findFirst().isPresent();
        }
    }

    /** The newest version. Where it is known already, one request asks whether there is another. */
    public DeltaSnapshot snapshot() {
        Newest known = newest;
        if (known != null && clock.instant().isBefore(known.listed().plus(LISTED_FOR))) {
            Optional<DeltaLog.Commit> next = log.find(known.snapshot().version() + 1);
            return next.isEmpty() ? known.snapshot() : after(next.get());
        }
        synchronized (refresh) {
            if (Objects.equals(newest, known)) {
                Newest read = new Newest(new DeltaSnapshot(log, log.newest()), clock.instant());
                if (known != null
                        && !known.snapshot()
                                .metadata()
                                .id()
                                .equals(read.snapshot().metadata().id())) {
                    older.clear();
                }
                newest = read;
            }
            return Objects.requireNonNull(newest).snapshot();
        }
    }

    private DeltaSnapshot after(DeltaLog.Commit next) {
        synchronized (refresh) {
            Newest known = Objects.requireNonNull(newest);
            if (known.snapshot().version() < next.version()) {
                LogState state = log.after(known.snapshot().state(), next);
                keep(known.snapshot());
                newest = new Newest(new DeltaSnapshot(log, state), known.listed());
            }
            return Objects.requireNonNull(newest).snapshot();
        }
    }

    private void keep(DeltaSnapshot snapshot) {
        older.put(snapshot.version(), snapshot);
        if (older.size() > MAX_OLDER) {
            older.remove(older.keySet().iterator().next());
        }
    }

    /**
     * A version.
     *
     * @throws KeywharfException with code {@code delta.no_version} when it does not exist, or its part of the log was cleaned
     *     up
     */
    public DeltaSnapshot snapshot(long version) {
        Newest known = newest;
        if (known != null && known.snapshot().version() == version) {
            return known.snapshot();
        }
        synchronized (refresh) {
            DeltaSnapshot kept = older.get(version);
            if (kept != null) {
                return kept;
            }
        }
        DeltaSnapshot read = new DeltaSnapshot(log, log.load(Optional.of(version)));
        synchronized (refresh) {
            keep(read);
        }
        return read;
    }

    /**
     * The version that was the newest at a time: by the times that commits state where the table has in-commit timestamps,
     * else by those of the log's files, made to go forward.
     *
     * @throws KeywharfException with code {@code delta.no_version} when the time is before all versions that are left
     */
    public DeltaSnapshot snapshotAt(Instant time) {
        DeltaSnapshot last = snapshot();
        if (!time.isBefore(last.timestamp())) {
            return last;
        }
        return snapshot(new VersionTimes(log, last.metadata())
                .newest(time)
                .orElseThrow(() -> DeltaErrors.noVersion(
                        name(), "No version that is left is as old as " + time + "; ask for a later time")));
    }

    /** The rows of the newest version, in no particular order. */
    public Rows rows() {
        return snapshot().rows();
    }

    /**
     * The first version that is not older than a time, by the times that {@link #snapshotAt} takes; empty when all are older.
     * Versions that were cleaned up are not considered.
     */
    public OptionalLong firstVersionSince(Instant time) {
        DeltaSnapshot last = snapshot();
        if (time.isAfter(last.timestamp())) {
            return OptionalLong.empty();
        }
        VersionTimes times = new VersionTimes(log, last.metadata());
        long first = times.newest(time.minusNanos(1))
                .map(older -> older + 1)
                .or(times::first)
                .orElse(last.version());
        return OptionalLong.of(Math.min(first, last.version()));
    }

    /**
     * What the versions of a range changed, in the order of versions: where a version has files of changed rows, those
     * alone, else the files that it added and removed. Files that were only rewritten are left out. The log is read as the
     * stream is.
     *
     * @param from the first version, from 0 on
     * @param to the last version, included
     * @throws KeywharfException with code {@code delta.no_version} when a version does not exist (any more); with
     *     {@code delta.unsupported} when a version removes a file without its partition values
     */
    public Stream<DeltaChange> changes(long from, long to) {
        return versions(from, to).flatMap(version -> version.changes().stream());
    }

    /**
     * The versions of a range, in order. The log is read as the stream is.
     *
     * @param from the first version, from 0 on
     * @param to the last version, included
     * @throws KeywharfException as {@link #changes} does
     */
    public Stream<DeltaVersion> versions(long from, long to) {
        boolean partitioned = isPartitioned(requireVersions(from, to));
        return LongStream.rangeClosed(from, to).mapToObj(version -> version(version, partitioned));
    }

    private static boolean isPartitioned(DeltaSnapshot last) {
        return !last.metadata().partitionColumns().isEmpty();
    }

    private DeltaSnapshot requireVersions(long from, long to) {
        if (from < 0 || to < from) {
            throw new IllegalArgumentException(
                    "Changes go from a version to a later one, but " + from + " to " + to + " was asked for");
        }
        DeltaSnapshot last = snapshot();
        if (to > last.version()) {
            throw DeltaErrors.noVersion(
                    name(),
                    "There is no version " + to + ": the newest is " + last.version() + "; ask for one up to it");
        }
        return last;
    }

    /**
     * The rows of {@link #changes}, version by version, with the columns of {@link DeltaSnapshot#changeSchema} of the newest
     * version. The log and the files are read as the rows are.
     *
     * @param from the first version, from 0 on
     * @param to the last version, included
     * @throws KeywharfException as {@link #changes} does, from this call or while the rows are read
     */
    public Rows changeRows(long from, long to) {
        DeltaSnapshot last = requireVersions(from, to);
        boolean partitioned = isPartitioned(last);
        return Rows.concat(
                last.changeSchema(),
                () -> LongStream.rangeClosed(from, to)
                        .<Supplier<Rows>>mapToObj(version -> () ->
                                last.changeRows(version(version, partitioned).changes()))
                        .iterator());
    }

    private DeltaVersion version(long version, boolean partitioned) {
        DeltaLog.Commit commit = log.find(version)
                .orElseThrow(() -> DeltaErrors.noVersion(
                        name(), "The commit of version " + version + " was cleaned up; ask for newer versions"));
        Instant time = commit.actions("commitInfo").stream()
                .flatMap(info -> info.optionalNumber("inCommitTimestamp").stream())
                .findFirst()
                .map(Instant::ofEpochMilli)
                .orElse(commit.written());
        List<DeltaChange> files = new ArrayList<>();
        List<DeltaChange> changedRows = new ArrayList<>();
        for (DeltaChange.Kind kind : List.of(DeltaChange.Kind.REMOVE, DeltaChange.Kind.ADD, DeltaChange.Kind.CDC)) {
            List<DeltaChange> changes = kind == DeltaChange.Kind.CDC ? changedRows : files;
            for (Fields fields : commit.actions(kind.action())) {
                if (kind != DeltaChange.Kind.CDC && !fields.flag("dataChange", true)) {
                    continue;
                }
                if (partitioned && !fields.has("partitionValues")) {
                    throw DeltaErrors.unsupported(
                            name(),
                            "version " + version + " removes '" + fields.text("path")
                                    + "' without its partition values; ask for newer versions");
                }
                changes.add(new DeltaChange(version, time, kind, DeltaFile.of(fields, log.paths)));
            }
        }
        return new DeltaVersion(
                version,
                time,
                commit.actions("protocol").stream().findFirst().map(DeltaProtocol::of),
                commit.actions("metaData").stream().findFirst().map(DeltaMetadata::of),
                files,
                changedRows);
    }

    /**
     * Creates the table with no rows. Where there is one with these columns already, it is left as it is, so that the call
     * can be repeated.
     *
     * @param partitionColumns by which files are kept apart, such as a tenant; at least one column must be left
     * @throws IllegalArgumentException when a column cannot be one of a Delta table, or files cannot be kept apart by it
     * @throws KeywharfException with code {@code delta.conflict} when there is a table with other columns
     */
    public DeltaSnapshot create(Schema schema, List<String> partitionColumns) {
        String json = DeltaTypes.toJson(schema);
        for (String column : partitionColumns) {
            if (!PartitionText.isPartitionType(schema.column(column).type())) {
                throw new IllegalArgumentException(
                        "Files cannot be kept apart by the column '" + schema.column(column) + "'");
            }
        }
        if (Set.copyOf(partitionColumns).size() != partitionColumns.size()
                || partitionColumns.size() >= schema.size()) {
            throw new IllegalArgumentException("The partition columns " + partitionColumns
                    + " must differ, and leave at least one of " + schema.names());
        }
        if (!exists()) {
            boolean hasNtz =
                    schema.columns().stream().anyMatch(c -> DeltaTypes.has(c.type(), ColumnType.Kind.TIMESTAMP));
            Set<String> features = hasNtz ? Set.of(DeltaProtocol.NTZ) : Set.of();
            Instant now = clock.instant();
            log.store.createIfAbsent(
                    LogListing.commit(0),
                    DeltaCommit.lines(List.of(
                            Map.of("commitInfo", DeltaCommit.info("CREATE TABLE", now)),
                            Map.of(
                                    "protocol",
                                    new DeltaProtocol(hasNtz ? 3 : 1, hasNtz ? 7 : 2, features, features).toAction()),
                            Map.of(
                                    "metaData",
                                    new DeltaMetadata(
                                                    UUID.randomUUID().toString(),
                                                    Optional.empty(),
                                                    Optional.empty(),
                                                    json,
                                                    List.copyOf(partitionColumns),
                                                    Map.of(),
                                                    Optional.of(now))
                                            .toAction()))));
        }
        DeltaSnapshot there = snapshot();
        Schema wanted = DeltaTypes.parse(name(), json, false).logical();
        if (!there.schema().equals(wanted)
                || !there.metadata().partitionColumns().equals(partitionColumns)) {
            throw DeltaErrors.conflict(
                    name(),
                    "There is a table of " + there.schema() + " by "
                            + there.metadata().partitionColumns()
                            + " already; write to that one, or choose another folder");
        }
        return there;
    }

    /**
     * A sink that appends rows: either all that are not rejected, by one commit, or none. Writers may work at the same time;
     * none loses rows of another.
     *
     * <p>Rows have the columns of the table, in any order; a column that may be absent can be left out. A row is rejected
     * when it lacks a value that the table requires, or has an empty text in a partition column, which Delta does not
     * distinguish from an absent value. Timestamps are written in UTC. At most about {@value PartitionBuffers#MAX_MEGABYTES} MB of rows
     * wait in memory: what has most of a partition becomes a file then. Every tenth commit, or as the table says, is
     * followed by a checkpoint.
     *
     * <p>Writing throws {@link KeywharfException}: {@code delta.conflict} when the table's columns, properties or
     * protocol changed meanwhile; {@code delta.unsupported} when the table has rules that an append would have to keep;
     * {@code delta.too_large} when the rows would be too many files; {@code table.schema_mismatch} when the columns are
     * others.
     */
    public RowSink sink() {
        return new DeltaSink(this, log, clock, AppendFiles.Opener.PARQUET, Optional.empty());
    }

    /**
     * A sink whose rows are written once: where the table has this or a newer version of an application already, nothing is
     * written, and the report counts no rows. Repeat with the same version after a crash, and use a greater one for the next
     * rows.
     *
     * @param application who writes, such as a job's name
     * @param version which write it is
     */
    public RowSink sink(String application, long version) {
        return new DeltaSink(
                this,
                log,
                clock,
                AppendFiles.Opener.PARQUET,
                Optional.of(new DeltaCommit.Transaction(application, version)));
    }

    /**
     * Writes the rows of small files, below 16 MB, into fewer files: as {@code OPTIMIZE} does. Rows stay as they are, deleted
     * ones are left out, and {@link #changes} has nothing of it. Earlier versions keep their files, which a cleanup by another
     * client, such as {@code VACUUM}, deletes.
     *
     * <p>Others may append meanwhile. Files that another removes first stay as that one left them. As with {@link #sink()}, at
     * most about {@value PartitionBuffers#MAX_MEGABYTES} MB of rows wait in memory.
     *
     * @param least how many small files a partition has to have, from 2 on; others are left alone
     * @return how many files were replaced
     * @throws KeywharfException as writing to {@link #sink()} does
     */
    public long compact(int least) {
        if (least < 2) {
            throw new IllegalArgumentException("Files become fewer from 2 on, but at least " + least + " was given");
        }
        return new DeltaCompaction(this, log, clock, AppendFiles.Opener.PARQUET).run(least);
    }

    @Override
    public String toString() {
        return "DeltaTable[" + name() + "]";
    }
}
