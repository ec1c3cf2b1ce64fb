package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.event.Progress;
import io.github.keywharf.event.Work;
import io.github.keywharf.postgres.internal.copy.Blocks;
import io.github.keywharf.postgres.internal.copy.CopyBuffer;
import io.github.keywharf.postgres.internal.copy.CopyFormat;
import io.github.keywharf.postgres.internal.copy.CopySource;
import io.github.keywharf.postgres.internal.copy.CopyUpload;
import io.github.keywharf.postgres.internal.copy.ParallelRows;
import io.github.keywharf.postgres.internal.session.PgSessions;
import io.github.keywharf.postgres.internal.session.Quoted;
import io.github.keywharf.sql.WarehouseTable;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.WriteCounts;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.table.WrittenOrigins;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Copies a table by handing on the bytes of COPY, part by part. Each part goes straight into the table, under a savepoint. A
 * part that the table refuses is read again, into a staging table, where the rows that are to blame are found.
 */
final class RelayedCopy {

    /** Blocks of 32 MB, for which a statement of their own is nothing. */
    private static final long PART = 4_096;

    private final CopySource source;
    private final long blocks;
    private final CopyPlan plan;
    private final LoadContext context;
    private final TargetTable target;
    private final WriteCounts counts;
    private long read;
    private long stored;
    private long refused;
    private long bytes;

    RelayedCopy(CopySource source, CopyPlan plan, LoadContext context, TargetTable target, WriteCounts counts) {
        this.source = source;
        this.blocks = source.blocks();
        this.plan = plan;
        this.context = context;
        this.target = target;
        this.counts = counts;
    }

    WriteReport run() throws SQLException {
        if (plan.format() == CopyFormat.TEXT || target.intake() == TargetTable.Intake.BY_INSERT) {
            context.update(PgSessions.READ_TEXTS);
        }
        String subject = "copy " + source.name() + " into " + target.name();
        // A row may refer to one of a later part.
        int most = target.refersToItself() ? 1 : TableAppend.SAVEPOINTS;
        for (Blocks part : Blocks.ALL.cut(most, PART * source.readers(), blocks)) {
            if (target.intake() == TargetTable.Intake.BY_INSERT || !sent(part)) {
                stage(part);
            }
            context.events().onEvent(new Progress(Work.NONE, subject, read, 0, "rows", false));
        }
        context.events().onEvent(new Progress(Work.NONE, subject, read, read, "rows", true));
        source.requireUnrewritten();
        counts.read(read);
        counts.leaveOut(LeftOut.byTrigger(target.suppressed(read, refused + stored)));
        return counts.report(stored, bytes);
    }

    private Rows read(Blocks part, CopyFormat format) {
        List<Supplier<Rows>> parts = new ArrayList<>();
        for (Blocks some : part.cut(source.readers(), PART / 8, blocks)) {
            parts.add(() -> source.raw(plan.columns(), some, format));
        }
        return ParallelRows.open(parts, () -> {});
    }

    /** Sends a part straight into the table; false when a row is refused, and then none is there. */
    private boolean sent(Blocks part) throws SQLException {
        Connection connection = context.connection();
        Savepoint savepoint = connection.setSavepoint();
        boolean taken = true;
        try (Rows rows = read(part, plan.format())) {
            stored += send(rows, target.quoted(), plan.format(), List.of());
        } catch (SQLException e) {
            if (!StagedMerge.isAboutValues(e)) {
                throw e;
            }
            connection.rollback(savepoint);
            taken = false;
        }
        connection.releaseSavepoint(savepoint);
        return taken;
    }

    private void stage(Blocks part) throws SQLException {
        context.update(PgSessions.READ_TEXTS);
        StageTable stage = StageTable.ofTarget(context, target, plan.columns());
        long before = read;
        try (Rows rows = read(part, CopyFormat.TEXT)) {
            send(rows, stage.quoted(), CopyFormat.TEXT, List.of(stage.number()));
        }
        WarehouseTable table = new WarehouseTable(
                target.name(), stage.schema(), List.of(plan.columns().get(0)), Optional.empty(), List.of());
        MissingParents parents = new MissingParents(context, target, stage);
        StagedMerge merge = new StagedMerge(
                context,
                new WrittenOrigins(source.name()),
                target.name(),
                stage,
                new MergeSql(table, target, stage).append(),
                after(before),
                parents,
                parents.referredTo());
        if (read > before) {
            merge.run(read - before);
        }
        stored += merge.inserted();
        refused += merge.refused();
        stage.drop();
    }

    /** Takes rows that are numbered within a part; of several connections the order is any. */
    private RejectListener after(long before) {
        return row -> counts.rejected(new RejectedRow(
                row.source(),
                source.readers() == 1 ? before + row.position() : 0,
                row.column(),
                row.reason(),
                row.row()));
    }

    /** Sends rows, each under its number if there is a column for it; gives how many the server took. */
    private long send(Rows rows, String into, CopyFormat format, List<String> number) throws SQLException {
        List<String> columns = new ArrayList<>(number);
        plan.columns().forEach(name -> columns.add(Quoted.name(name)));
        CopyUpload upload = CopyUpload.start(context.connection(), into, columns, format);
        CopyBuffer out = upload.out();
        long count = 0;
        try {
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                BytesVector lines = (BytesVector) batch.column(0);
                if (number.isEmpty()) {
                    int first = lines.offset(0);
                    int last = batch.size() - 1;
                    out.putBytes(lines.bytes(), first, lines.offset(last) + lines.length(last) - first);
                } else {
                    for (int row = 0; row < batch.size(); row++) {
                        byte[] head = (count + row + 1 + "\t").getBytes(StandardCharsets.US_ASCII);
                        out.putBytes(head, 0, head.length);
                        out.putBytes(lines.bytes(), lines.offset(row), lines.length(row));
                    }
                }
                count += batch.size();
            }
            long taken = upload.finish();
            read += count;
            bytes += out.total();
            return taken;
        } catch (SQLException | RuntimeException | Error e) {
            upload.cancel(e);
            throw e;
        }
    }
}
