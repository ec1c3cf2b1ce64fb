package io.github.keywharf.format.delta;

import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.WriteCounts;
import io.github.keywharf.table.WriteReport;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Appends rows to a table: files, then the commit, then perhaps a checkpoint. */
record DeltaSink(
        DeltaTable table,
        DeltaLog log,
        InstantSource clock,
        AppendFiles.Opener files,
        Optional<DeltaCommit.Transaction> transaction)
        implements RowSink {

    private static final Logger LOG = LoggerFactory.getLogger(DeltaSink.class);

    @Override
    public WriteReport write(Rows source, RejectListener rejects) {
        WriteCounts counts = new WriteCounts(table.name(), source, rejects);
        try (Rows rows = counts.rows()) {
            LogState base = table.snapshot().state();
            base.protocol().checkWritable(table.name());
            base.metadata().checkWritable(table.name(), base.types());
            if (transaction.isPresent() && transaction.get().isIn(base)) {
                return counts.report(0, 0);
            }
            AppendFiles append = new AppendFiles(log, base, rows.schema(), clock, files);
            DeltaCommit commit = new DeltaCommit(log, clock, transaction);
            try {
                append.write(rows, counts);
                counts.requireClosed(append.written());
                boolean isEmpty = append.files().isEmpty() && transaction.isEmpty();
                OptionalLong version = isEmpty ? OptionalLong.empty() : commit.append(base, append.files());
                if (version.isPresent()) {
                    checkpoint(table, log, clock, base, version.getAsLong());
                    return counts.report(append.written(), append.bytes());
                }
                append.discard();
                counts.leaveOut(LeftOut.asUnchanged(append.written()));
                return counts.report(0, 0);
            } catch (RuntimeException | Error e) {
                if (!commit.mayBeThere()) {
                    discard(append, e);
                }
                throw e;
            }
        }
    }

    static void discard(AppendFiles append, Throwable because) {
        try {
            append.discard();
        } catch (RuntimeException e) {
            because.addSuppressed(e);
        }
    }

    /** The rows are in the table by now, whatever becomes of the checkpoint. */
    static void checkpoint(DeltaTable table, DeltaLog log, InstantSource clock, LogState base, long version) {
        int interval = base.metadata().number("delta.checkpointInterval", CheckpointWriter.DEFAULT_INTERVAL);
        boolean isOurs = !base.metadata()
                .configuration()
                .getOrDefault("delta.checkpointPolicy", "classic")
                .equals("v2");
        if (interval < 1 || version % interval != 0 || !isOurs) {
            return;
        }
        try {
            new CheckpointWriter(log, clock).write(table.snapshot().state());
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .setMessage("The checkpoint of a Delta table cannot be written; a later one will be")
                    .addKeyValue("table", table.name())
                    .addKeyValue("version", version)
                    .setCause(e)
                    .log();
        }
    }

    @Override
    public String toString() {
        return "DeltaSink[" + table.name() + "]";
    }
}
