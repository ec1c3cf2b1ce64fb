package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.postgres.internal.copy.CopyColumn;
import io.github.keywharf.postgres.internal.copy.CopyColumns;
import io.github.keywharf.postgres.internal.copy.CopyWriter;
import io.github.keywharf.sql.WarehouseTable;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.RowMask;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteCounts;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.table.WrittenOrigins;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sends rows as new ones. Where the table may refuse some, a few batches at a time go straight into it under a savepoint, and
 * are kept until it has taken them. Batches that it refuses, and all that come after the last savepoint, go through a
 * staging table, where the rows that are to blame are found.
 */
final class TableAppend {

    /** The server keeps 64 subtransactions of each transaction at hand; with more, it slows the snapshots of all. */
    static final int SAVEPOINTS = 60;

    /** Maximum number of batches that are kept. */
    private static final int KEPT = 8;

    /** Savepoints after which twice as many batches are kept. */
    private static final int GROWTH = 5;

    /** A batch whose values were checked. */
    private record Checked(ColumnBatch batch, RowMask rejected, long before) {}

    private interface Batches {
        @Nullable
        Checked next();
    }

    private final LoadContext context;
    private final TargetTable target;
    private final Rows rows;
    private final WriteCounts counts;
    private final boolean anyCast;
    private final List<CopyColumn> columns;
    private final WrittenOrigins origins;
    private boolean ended;
    private long read;
    private long refused;
    private long stored;
    private long bytes;

    TableAppend(LoadContext context, TargetTable target, Rows rows, WriteCounts counts) {
        this.context = context;
        this.target = target;
        this.rows = rows;
        this.counts = counts;
        this.anyCast = CopyColumns.anyCast(rows.schema(), target.columns());
        this.columns = anyCast
                ? CopyColumns.of(rows.schema(), target.columns())
                : CopyColumns.direct(rows.schema(), target.columns());
        this.origins = new WrittenOrigins(target.name());
    }

    WriteReport run() throws SQLException {
        if (takesAnything()) {
            stored = send(target.quoted(), "", columns, this::next);
        } else {
            // A row may refer to one of a later batch.
            boolean straight = target.intake() != TargetTable.Intake.BY_INSERT && !target.refersToItself() && !anyCast;
            for (int i = 0; straight && i < SAVEPOINTS && !ended; i++) {
                sendSome(Math.min(KEPT, 1 << (i / GROWTH)));
            }
            if (!ended) {
                stage(this::next);
            }
        }
        counts.leaveOut(LeftOut.byTrigger(target.suppressed(read, refused + stored)));
        return counts.report(stored, bytes);
    }

    /** Whether rows that pass the checks made here cannot fail in the table. */
    private boolean takesAnything() {
        Schema schema = rows.schema();
        return !anyCast
                && !target.picky()
                && target.foreignKeys().isEmpty()
                && target.indexes().stream()
                        .noneMatch(index ->
                                index.unique() && index.columns().stream().anyMatch(schema::contains))
                && schema.names().stream()
                        .noneMatch(column -> Objects.requireNonNull(
                                        target.columns().get(column))
                                .isOpaque());
    }

    private @Nullable Checked next() {
        ColumnBatch batch = rows.next();
        if (batch == null) {
            ended = true;
            return null;
        }
        RowMask rejected = new RowMask(batch, target.name(), read);
        for (int i = 0; i < columns.size(); i++) {
            columns.get(i).bind(batch.column(i));
            columns.get(i).check(batch.size(), rejected);
        }
        rejected.report(counts);
        refused += rejected.count();
        origins.add(batch, read);
        Checked checked = new Checked(batch, rejected, read);
        read += batch.size();
        return checked;
    }

    /** Sends some batches straight into the table, or, when it refuses them, through a staging table. */
    private void sendSome(int most) throws SQLException {
        Connection connection = context.connection();
        List<Checked> kept = new ArrayList<>();
        Savepoint savepoint = connection.setSavepoint();
        boolean taken = true;
        try {
            stored += send(target.quoted(), "", columns, () -> {
                Checked next = kept.size() < most ? next() : null;
                if (next != null) {
                    kept.add(next);
                }
                return next;
            });
        } catch (SQLException e) {
            if (!StagedMerge.isAboutValues(e)) {
                throw e;
            }
            connection.rollback(savepoint);
            taken = false;
        }
        connection.releaseSavepoint(savepoint);
        if (!taken) {
            Iterator<Checked> again = kept.iterator();
            stage(() -> again.hasNext() ? again.next() : null);
        }
    }

    private void stage(Batches batches) throws SQLException {
        Schema schema = rows.schema();
        List<CopyColumn> staged = CopyColumns.of(schema, target.columns());
        StageTable stage = StageTable.create(context, target, schema);
        long sent = send(stage.quoted(), stage.number(), staged, batches);
        String key = schema.column(0).name();
        WarehouseTable table = new WarehouseTable(target.name(), schema, List.of(key), Optional.empty(), List.of());
        MissingParents parents = new MissingParents(context, target, stage);
        StagedMerge merge = new StagedMerge(
                context,
                origins,
                target.name(),
                stage,
                new MergeSql(table, target, stage).append(),
                counts,
                parents,
                parents.referredTo());
        if (sent > 0) {
            merge.run(read);
        }
        stored += merge.inserted();
        refused += merge.refused();
        stage.drop();
    }

    /** Sends all batches; gives how many rows the server took. */
    private long send(String into, String number, List<CopyColumn> writers, Batches batches) throws SQLException {
        Checked some = batches.next();
        if (some == null) {
            return 0;
        }
        // Not before there are rows, as it locks the table.
        CopyWriter writer = CopyWriter.start(context.connection(), into, number, writers);
        try {
            for (; some != null; some = batches.next()) {
                for (int i = 0; i < writers.size(); i++) {
                    writers.get(i).bind(some.batch().column(i));
                }
                writer.write(0, some.batch().size(), some.rejected(), some.before());
            }
            long taken = writer.finish();
            bytes += writer.bytes();
            return taken;
        } catch (SQLException | RuntimeException | Error e) {
            writer.cancel(e);
            throw e;
        }
    }
}
