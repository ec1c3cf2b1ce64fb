package io.github.keywharf.format.delta;

import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.WriteReport;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Appends rows to a table: files, then the commit, then perhaps a checkpoint. */
record DeltaSink(DeltaTable table, DeltaLog log, InstantSource clock, Optional<DeltaCommit.Transaction> transaction)
        implements RowSink {

    private static final Logger LOG = LoggerFactory.getLogger(DeltaSink.class);

    @Override
    public WriteReport write(Rows source, RejectListener rejects) {
        long start = System.nanoTime();
        try (Rows rows = source) {
            LogState base = table.snapshot().state();
            base.protocol().checkWritable(table.name());
            base.metadata().checkWritable(table.name(), base.types());
            if (transaction.isPresent() && transaction.get().isIn(base)) {
                return report(0, 0, 0, start);
            }
            AppendFiles append = new AppendFiles(log, base, rows.schema(), clock);
            DeltaCommit commit = new DeltaCommit(log, clock, transaction);
            try {
                append.write(rows, rejects);
                boolean isEmpty = append.files().isEmpty() && transaction.isEmpty();
                OptionalLong version = isEmpty ? OptionalLong.empty() : commit.append(base, append.files());
                if (version.isPresent()) {
                    checkpoint(table, log, clock, base, version.getAsLong());
                    return report(append.read(), append.written(), append.bytes(), start);
                }
                append.discard();
                return isEmpty ? report(append.read(), 0, 0, start) : report(0, 0, 0, start);
            } catch (RuntimeException | Error e) {
                if (!commit.mayBeThere()) {
                    discard(append, e);
                }
                throw e;
            }
        }
    }

    private static WriteReport report(long read, long written, long bytes, long start) {
        return WriteReport.of(read, written, read - written, bytes, Duration.ofNanos(System.nanoTime() - start));
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
