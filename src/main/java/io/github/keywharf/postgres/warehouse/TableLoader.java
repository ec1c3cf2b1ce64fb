package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.postgres.internal.copy.CopyColumn;
import io.github.keywharf.postgres.internal.copy.CopyColumns;
import io.github.keywharf.postgres.internal.copy.CopyWriter;
import io.github.keywharf.postgres.internal.session.Quoted;
import io.github.keywharf.sql.Coverage;
import io.github.keywharf.sql.LoadMode;
import io.github.keywharf.sql.WarehouseLoad.TableLoad;
import io.github.keywharf.sql.WarehouseTable;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowMask;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Table;
import io.github.keywharf.table.WrittenOrigins;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Loads one table.
 *
 * <p>An empty table takes rows by COPY as long as every key is new; from the first row on whose key may have come
 * before, and wherever the table is not empty or may refuse rows for reasons of its own, rows are staged and merged by
 * one statement.
 */
final class TableLoader {

    /** Keys of larger tables are looked up by the server, unless the table loaded is empty; about 100,000 rows. */
    private static final long FETCH_KEYS_BELOW = 4 << 20;

    /** Staged rows are many when they are more than this part of the table's: then the table is read as a whole. */
    private static final int MANY = 3;

    /** What the server stores beside a row's values, about. */
    private static final int ROW_OVERHEAD = 24;

    private final LoadContext context;
    private final WarehouseTable table;
    private final TargetTable target;
    private final LateReference late;
    private final RejectListener rejects;
    private final Deletions deletions;
    private final WrittenOrigins origins;
    private final SeenKeys seen;

    private @Nullable CopyWriter writer;
    private @Nullable StageTable stage;
    private boolean repeated;
    private long read;
    private long direct;
    private long bytes;
    private LeftOut leftOut = LeftOut.NONE;

    TableLoader(
            LoadContext context, WarehouseTable table, TargetTable target, LateReference late, RejectListener rejects) {
        this.context = context;
        this.table = table;
        this.target = target;
        this.late = late;
        this.rejects = rejects;
        this.deletions = new Deletions(context, table, target);
        this.origins = new WrittenOrigins(table.name());
        this.seen = new SeenKeys(table.schema(), table.key());
    }

    TableLoad load(LoadMode mode, Coverage coverage, Rows rows) throws SQLException {
        boolean complete = coverage instanceof Coverage.Complete;
        @Nullable ColumnBatch first = rows.next();
        if (first == null && !complete) {
            return new TableLoad(0, 0, 0, 0, 0, 0);
        }
        context.lockTable(table.name());
        if (target.changeable()) {
            context.update("LOCK TABLE " + target.quoted() + " IN SHARE ROW EXCLUSIVE MODE");
        }
        boolean empty = !context.ask("SELECT EXISTS (SELECT FROM " + target.quoted() + ")");
        boolean anyDeleted = deletions.any();
        ReferenceCheck references =
                ReferenceCheck.prepare(context, table, late, empty ? Long.MAX_VALUE : FETCH_KEYS_BELOW);
        repeated = CopyColumns.anyCast(table.schema().select(table.key()), target.columns())
                || table.key().stream()
                        .map(target.columns()::get)
                        .anyMatch(column -> column == null || column.mayMakeEqual());
        boolean straight = empty
                && !anyDeleted
                && mode != LoadMode.APPEND_ABSENT_VERSIONS
                && !repeated
                && references.isComplete()
                && takesAnything();
        PausedForeignKeys paused =
                straight && first != null ? PausedForeignKeys.of(context, table, target) : PausedForeignKeys.NONE;
        straight = straight && (paused != PausedForeignKeys.NONE || !refersLate());
        long refused = copy(first, rows, references, straight, complete && !empty);
        late.grow().run();
        paused.resume(context);
        long inserted = direct;
        long updated = 0;
        long deleted = 0;
        if (stage == null && complete && !empty) {
            stage = StageTable.create(context, target, table.schema());
        }
        if (stage != null) {
            stage.analyze(read - direct, table.key());
            refused += references.check(context, origins, stage, rejects);
            StagedMerge merge = new StagedMerge(
                    context,
                    origins,
                    table.name(),
                    stage,
                    statement(mode, stage, anyDeleted),
                    rejects,
                    new MissingParents(context, target, stage),
                    repeated ? table.key() : List.of());
            if (read > direct) {
                stage.createCounters(
                        repeated ? List.of(StageTable.REPEATED, StageTable.UNCHANGED) : List.of(StageTable.UNCHANGED));
                merge.run(read);
            }
            inserted += merge.inserted();
            if (empty) {
                // Whatever a row equals or replaces is another row of this load.
                leftOut = LeftOut.byDistinct(merge.updated() + merge.leftOut().total());
            } else {
                updated = merge.updated();
                leftOut = merge.leftOut();
            }
            refused += merge.refused();
            if (anyDeleted && (mode == LoadMode.UPSERT || mode == LoadMode.APPEND_VERSIONS)) {
                deletions.restore(stage);
            }
            if (!empty
                    && context.batch().isKept()
                    && addRefused(coverage, stage)
                    && !(mode == LoadMode.UPSERT && refused == 0 && holdsNothingElse())) {
                deleted =
                        deletions.enterMissing(stage, mode == LoadMode.UPSERT, ((Coverage.Complete) coverage).limit());
            }
            stage.drop();
        }
        leftOut = leftOut.plus(
                LeftOut.byTrigger(target.suppressed(read, refused + inserted + updated + leftOut.total())));
        leftOut.withRejected(refused).requireClosed(table.name(), read, inserted + updated);
        return new TableLoad(read, inserted, updated, leftOut.total(), refused, deleted);
    }

    /** Adds the keys that were rejected on the way to those staged; returns whether all keys of the source are known. */
    private static boolean addRefused(Coverage coverage, StageTable stage) throws SQLException {
        if (!(coverage instanceof Coverage.Complete complete)) {
            return false;
        }
        Optional<Table> refused = complete.rejected().get();
        if (refused.isPresent() && refused.get().size() > 0) {
            stage.addKeys(refused.get());
        }
        return refused.isPresent();
    }

    /** Whether the merged rows, no key of which came twice, are all the rows there are: a count instead of a join. */
    private boolean holdsNothingElse() throws SQLException {
        return !repeated
                && target.isUnique(table.key())
                && context.ask("SELECT count(*) = " + read + " FROM " + target.quoted());
    }

    private boolean refersLate() {
        return !late.isNone()
                && target.foreignKeys().stream()
                        .anyMatch(key -> key.table().equals(Quoted.name(context.schema(), late.table())));
    }

    /** Rows that were neither written nor rejected. */
    LeftOut leftOut() {
        return leftOut;
    }

    /** How many bytes were sent. */
    long bytes() {
        return bytes;
    }

    /** Whether rows that pass the checks made here cannot fail in the table. */
    private boolean takesAnything() {
        boolean covered = target.foreignKeys().stream()
                .allMatch(key -> key.columns().size() == 1
                        && !key.toItself()
                        && table.references().stream()
                                .anyMatch(reference ->
                                        reference.column().equals(key.columns().get(0))
                                                && key.table().equals(Quoted.name(context.schema(), reference.table()))
                                                && key.targets().equals(List.of(reference.target()))));
        List<List<String>> known = new ArrayList<>(List.of(table.key()));
        table.recordId().ifPresent(id -> known.add(List.of(id)));
        return covered
                && !CopyColumns.anyCast(table.schema(), target.columns())
                && !target.picky()
                && !target.hasOtherUnique(known)
                && table.schema().names().stream()
                        .map(target.columns()::get)
                        .noneMatch(column -> column == null || column.isOpaque());
    }

    /** Sends all rows; gives how many were rejected before they were sent. */
    private long copy(
            @Nullable ColumnBatch first, Rows rows, ReferenceCheck references, boolean straight, boolean keepKeys)
            throws SQLException {
        List<CopyColumn> columns = CopyColumns.of(table.schema(), target.columns());
        RowChecks checks = new RowChecks(columns, table.schema(), table.key(), references, table.name(), rejects);
        boolean toTarget = straight;
        try {
            for (ColumnBatch batch = first; batch != null; batch = rows.next()) {
                RowMask rejected = checks.take(batch, read);
                origins.add(batch, read);
                seen.bind(batch);
                int from = 0;
                if (toTarget) {
                    if (writer == null) {
                        writer = CopyWriter.start(context.connection(), target.quoted(), "", columns);
                    }
                    from = untilRepeated(batch.size(), rejected);
                    writer.write(0, from, rejected, read);
                    if (from < batch.size()) {
                        finish();
                        toTarget = false;
                        repeated = true;
                    }
                }
                if (!toTarget) {
                    if (writer == null) {
                        stage = StageTable.create(context, target, table.schema());
                        writer = CopyWriter.start(context.connection(), stage.quoted(), stage.number(), columns);
                    }
                    repeated = repeated || untilRepeated(batch.size(), rejected) < batch.size();
                    writer.write(from, batch.size(), rejected, read);
                    if (keepKeys) {
                        checks.writeKeysOfRefused(writer, from, batch.size());
                    }
                }
                read += batch.size();
            }
            finish();
            return checks.total();
        } catch (SQLException | RuntimeException | Error e) {
            if (writer != null) {
                writer.cancel(e);
            }
            throw e;
        }
    }

    private void finish() throws SQLException {
        if (writer != null) {
            long taken = writer.finish();
            if (stage == null) {
                direct = taken;
            }
            bytes += writer.bytes();
            writer = null;
        }
    }

    private int untilRepeated(int size, RowMask rejected) {
        for (int row = 0; row < size; row++) {
            if (!rejected.isRejected(row) && !seen.add(row)) {
                return row;
            }
        }
        return size;
    }

    private String statement(LoadMode mode, StageTable staged, boolean anyDeleted) throws SQLException {
        long rows = read - direct;
        long width = bytes / Math.max(1, read) + ROW_OVERHEAD;
        boolean many = rows * MANY > target.bytes() / width;
        boolean indexed = mode == LoadMode.APPEND_VERSIONS && ensureNewestIndex();
        if (mode == LoadMode.APPEND_ABSENT_VERSIONS) {
            ensureNewestIndex();
        }
        boolean anyLate = mode == LoadMode.APPEND_VERSIONS && LateVersions.any(context, table);
        return new MergeSql(table, target, staged)
                .statement(
                        mode,
                        new MergeSql.Choice(
                                repeated,
                                many,
                                indexed,
                                context.version(),
                                anyDeleted ? deletions.isDeleted(mode == LoadMode.ADD_MISSING ? "r" : "s") : "",
                                anyLate ? LateVersions.isSuperseded(context.schema(), table, target, "v") : "",
                                context.batch().flow(),
                                mode == LoadMode.APPEND_ABSENT_VERSIONS
                                        ? LateVersions.origin(context, table)
                                        : LateVersions.NONE));
    }

    /** The index from a key to its newest version, made when versions are first compared, so that no first load pays. */
    private boolean ensureNewestIndex() throws SQLException {
        List<String> columns = new ArrayList<>(table.key());
        columns.add(table.recordId().orElseThrow());
        if (target.hasIndex(columns) || target.isUnique(table.key())) {
            return true;
        }
        if (!target.ours()) {
            return false;
        }
        context.update("CREATE INDEX IF NOT EXISTS " + Quoted.name(table.name() + "_newest") + " ON " + target.quoted()
                + " (" + Quoted.names(columns) + ")");
        return true;
    }
}
