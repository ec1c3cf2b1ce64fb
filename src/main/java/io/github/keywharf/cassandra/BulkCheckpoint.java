package io.github.keywharf.cassandra;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Sha256;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.Schema;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A load's notes in a store, from which a later run goes on. Belongs to the loading thread. */
final class BulkCheckpoint implements BulkProgressLog {
    /** Notes are not written more often: a store may take a while for each. */
    static final Duration EVERY = Duration.ofMillis(200);

    private final BulkNotes notes;
    private final BulkNodes nodes;
    private final BulkNote start;
    private final BulkTotals before;
    private int attempt;
    private BulkTotals acknowledged;
    private BulkTotals settled;
    private long lastWritten;

    private BulkCheckpoint(BulkNotes notes, BulkNodes nodes, BulkNote start) {
        this.notes = notes;
        this.nodes = nodes;
        this.start = start;
        this.before = start.acknowledged();
        this.attempt = start.attempt();
        this.acknowledged = start.acknowledged();
        this.settled = start.settled();
    }

    /** What is written depends on these. */
    static String fingerprint(BulkTableName name, Schema schema, List<BulkColumn> columns, BulkOptions options) {
        StringBuilder text = new StringBuilder(name.asCql()).append('\n');
        for (Column column : schema) {
            text.append(column).append('\n');
        }
        for (BulkColumn column : columns) {
            text.append(column.position())
                    .append(' ')
                    .append(column.name().asCql(false))
                    .append(' ')
                    .append(column.type().asCql(true, false))
                    .append('\n');
        }
        text.append(options.nulls)
                .append(' ')
                .append(options.timeToLive)
                .append(' ')
                .append(options.cutTimestamps)
                .append(' ')
                .append(options.timestamp);
        if (options.serverTimestamps) {
            text.append(" server");
        }
        return Sha256.hexOf(text.toString());
    }

    /**
     * The last note of this load, or empty when a load is to begin.
     *
     * @throws KeywharfException with code {@code cassandra.checkpoint_other} when it is of another load
     */
    static Optional<BulkNote> find(BulkNotes notes, BulkTableName name, String source, String fingerprint) {
        Optional<BulkNote> latest = notes.latest();
        if (latest.isEmpty()) {
            return latest;
        }
        BulkNote note = latest.get();
        boolean sameSource = note.source().equals(source) && note.table().equals(name.toString());
        if (!sameSource && note.finished()) {
            return Optional.empty();
        }
        if (!sameSource) {
            throw new KeywharfException(
                    "cassandra.checkpoint_other",
                    notes.name(),
                    "This is the checkpoint of source '" + note.source() + "' into " + note.table()
                            + ", which is not finished; finish that load, or use another checkpoint for '" + source
                            + "' into " + name);
        }
        if (!note.fingerprint().equals(fingerprint)) {
            throw new KeywharfException(
                    "cassandra.checkpoint_other",
                    notes.name(),
                    "Source '" + source + "' was loaded with other columns, types or settings; use the same ones, or"
                            + " another checkpoint to load all rows again");
        }
        return latest;
    }

    /** Goes on from a note, or begins when there is none; the base of timestamps is noted before the first row is sent. */
    static BulkCheckpoint begin(BulkNotes notes, BulkNodes nodes, BulkNote first, Optional<BulkNote> found) {
        BulkNote start = found.map(note -> resumed(note, nodes.generations())).orElse(first);
        BulkCheckpoint checkpoint = new BulkCheckpoint(notes, nodes, start);
        checkpoint.write(start);
        return checkpoint;
    }

    /** If no node was restarted since, what was acknowledged is still there. */
    private static BulkNote resumed(BulkNote note, Map<String, String> generations) {
        boolean same = generations.equals(note.nodes()) && !generations.containsValue(BulkNodes.UNKNOWN);
        BulkTotals sure = same ? note.acknowledged() : note.settled();
        return new BulkNote(
                note.table(),
                note.source(),
                note.fingerprint(),
                note.base(),
                note.run() + 1,
                note.attempt() + 1,
                sure,
                note.settled(),
                generations,
                false,
                note.took(),
                null);
    }

    /** The timestamp of the first row. */
    long base() {
        return start.base();
    }

    @Override
    public BulkTotals before() {
        return before;
    }

    @Override
    public int firstAttempt() {
        return start.attempt();
    }

    /** Written before the rows are sent: a run that ended in between would use the same number again. */
    @Override
    public void attempted(int number) {
        attempt = number;
        write(note(acknowledged, settled, start.took(), null));
    }

    @Override
    public void acknowledged(BulkTotals acknowledged, BulkTotals settled) {
        this.acknowledged = acknowledged;
        this.settled = settled;
        if (System.nanoTime() - lastWritten >= EVERY.toNanos()) {
            write(note(acknowledged, settled, start.took(), null));
        }
    }

    @Override
    public void stopped(BulkTotals acknowledged, BulkTotals settled) {
        write(note(acknowledged, settled, start.took(), null));
    }

    @Override
    public void finished(BulkTotals acknowledged, LeftOut before, Duration took) {
        write(note(acknowledged, acknowledged, took, before));
    }

    /** @param before rows that did not come to the load; null before its end */
    private BulkNote note(BulkTotals acknowledged, BulkTotals settled, Duration took, @Nullable LeftOut before) {
        return new BulkNote(
                start.table(),
                start.source(),
                start.fingerprint(),
                start.base(),
                start.run(),
                attempt,
                acknowledged,
                settled,
                nodes.generations(),
                before != null,
                took,
                before);
    }

    private void write(BulkNote note) {
        notes.write(note);
        lastWritten = System.nanoTime();
    }
}
