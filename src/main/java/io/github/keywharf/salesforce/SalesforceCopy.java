package io.github.keywharf.salesforce;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Work;
import io.github.keywharf.store.Journal;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoreLease;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A copy of an object in another place, brought up to date by each {@link #run}: the first reads the whole object, later ones read
 * what has changed since.
 *
 * <p>How far it came is kept in a journal, written after the rows. A run that fails at any point, or whose process is killed,
 * is simply run again: it reads the same changes and later ones, and upserts them. Two runs do not work at the same time;
 * the second one fails with {@code store.lease_held}.
 *
 * <p>Deleted records are not removed but have {@code IsDeleted} true. Those that were deleted past the recycle bin are written as
 * rows of {@code Id} and {@code IsDeleted} alone, also where the copy never had them. When the log of deletions does not go
 * back far enough, the whole object is read again, and records that were deleted past the bin in between remain as they are.
 *
 * <p>Fields that are new are reported as drift and copied once the whole object is read again, see {@link #whole}: setting
 * a default or a formula does not change records. A field that is gone keeps its last values.
 *
 * <p>A row that the destination refuses ends the run, unless {@link #rejects} takes it. Not thread-safe.
 */
public final class SalesforceCopy {
    /** How long a run that was killed keeps others out, 2 minutes; on the same machine it does not. */
    public static final Duration LEASE = Duration.ofMinutes(2);

    /** How many checkpoints are kept, 10: the newest counts, the others are for people. */
    public static final int KEPT_CHECKPOINTS = 10;

    private final SalesforceObject object;
    private final CopyTarget target;
    private List<String> fields = List.of();
    private boolean deletions = true;
    private boolean whole;
    private @Nullable ObjectStore state;
    private @Nullable RejectListener rejects;

    SalesforceCopy(SalesforceObject object, CopyTarget target, @Nullable ObjectStore state) {
        this.object = object;
        this.target = target;
        this.state = state;
    }

    /**
     * Where the copy keeps how far it came. Required, but for {@link SalesforceFolder}, which keeps it beside its files.
     *
     * @param store stays open
     * @param folder of the store, for this copy alone
     */
    public SalesforceCopy state(ObjectStore store, String folder) {
        state = store.under(folder);
        return this;
    }

    /**
     * Which fields are copied, besides {@code Id} and {@code IsDeleted}. All that can be read unless they are set, without compound
     * and binary ones. Other fields than in the last run make the next one read the whole object.
     */
    public SalesforceCopy fields(String... names) {
        for (String name : names) {
            RecordValues.name("a field", name);
        }
        fields = List.of(names);
        return this;
    }

    /**
     * Whether deletions are copied; true unless it is set. If not, deleted records remain as they last were, until a run that
     * copies deletions.
     */
    public SalesforceCopy deletions(boolean value) {
        deletions = value;
        return this;
    }

    /** Takes the rows that the destination refuses; the run goes on, and they are not sent again unless they change. */
    public SalesforceCopy rejects(RejectListener listener) {
        rejects = listener;
        return this;
    }

    /** Reads the whole object in each run of this, whatever was read before. */
    public SalesforceCopy whole() {
        whole = true;
        return this;
    }

    /**
     * Brings the copy up to date.
     *
     * @throws KeywharfException with code {@code store.lease_held} when another run is at work, {@code salesforce.copy_rejected}
     *     when a row is refused and nothing takes it, and others when the org or the destination fails; the same call then
     *     repeats what was not finished
     */
    public SalesforceCopyReport run() {
        if (state == null) {
            throw new IllegalStateException("The copy of " + object.name() + " needs state(store, folder)");
        }
        long start = System.nanoTime();
        try (StoreLease lease = StoreLease.acquire(
                        state,
                        "lease",
                        "copy of " + object.name(),
                        LEASE,
                        object.calls().clock())
                .renewInBackground()) {
            SalesforceCopyReport report = copy(state, lease, start);
            object.calls()
                    .events()
                    .info(
                            "salesforce.copy.finished",
                            Work.NONE,
                            object.name(),
                            report.toString(),
                            Fact.count("written", report.written()),
                            Fact.count("rejected", report.rejected()),
                            Fact.count("deleted", report.deleted()),
                            Fact.time("took", report.took()));
            return report;
        }
    }

    /** What is read in a run, and why all is, if so. */
    private record Plan(SalesforceChanges changes, Optional<String> wholeBecause, SalesforceDrift drift) {}

    private SalesforceCopyReport copy(ObjectStore folder, StoreLease lease, long start) {
        Journal<SalesforceCheckpoint> journal =
                Journal.oldestFirst(folder.under("checkpoints"), SalesforceCheckpoint.FORMAT);
        Optional<Journal.Entry<SalesforceCheckpoint>> last = journal.newest();
        long run = last.map(entry -> entry.number() + 1).orElse(0L);
        Plan plan = plan(last.map(Journal.Entry::value));
        SalesforceChanges changes = plan.changes;
        lease.checkHeld();
        target.begin(run);
        List<WriteReport> reports = new ArrayList<>();
        // The whole object is written even when it has no records: that is what a reader of files is to see.
        write(changes.rows(), target.rows(run, changes.isWhole()), changes.isWhole(), reports);
        Set<String> pastBin =
                deletions && changes.columns().contains(ObjectFields.DELETED) ? changes.deletedPastBin() : Set.of();
        if (!pastBin.isEmpty()) {
            write(deletedRows(pastBin), target.deleted(run), false, reports);
        }
        lease.checkHeld();
        if (!journal.append(run, changes.checkpoint())) {
            throw KeywharfException.retryable(
                    "store.lease_lost",
                    journal.name(),
                    "Another run has written checkpoint " + run + " meanwhile; run again");
        }
        journal.prune(KEPT_CHECKPOINTS);
        return new SalesforceCopyReport(
                run,
                plan.wholeBecause,
                reports.stream().mapToLong(WriteReport::written).sum(),
                reports.stream().mapToLong(WriteReport::rejected).sum(),
                changes.deletedCount() + pastBin.size(),
                plan.drift,
                changes.checkpoint(),
                Duration.ofNanos(System.nanoTime() - start));
    }

    private Plan plan(Optional<SalesforceCheckpoint> last) {
        ObjectFields now = ObjectFields.read(object);
        if (last.isEmpty()) {
            return all(now, "there is no copy yet", SalesforceDrift.NONE, null);
        }
        if (whole) {
            return all(
                    now,
                    "asked for",
                    SalesforceDrift.between(last.get().fields(), now.types()),
                    last.get().deletedUntil());
        }
        if (!sameColumns(last.get())) {
            return all(
                    now,
                    "other fields are copied now",
                    SalesforceDrift.NONE,
                    last.get().deletedUntil());
        }
        SalesforceChanges changes = SalesforceChanges.since(object, now, last.get(), deletions);
        return changes.fullReadReason()
                .map(why -> all(now, why, changes.drift(), last.get().deletedUntil()))
                .orElseGet(() -> new Plan(changes, Optional.empty(), changes.drift()));
    }

    private Plan all(ObjectFields now, String why, SalesforceDrift drift, @Nullable Instant since) {
        return new Plan(SalesforceChanges.whole(object, now, fields, deletions, since), Optional.of(why), drift);
    }

    private boolean sameColumns(SalesforceCheckpoint last) {
        if (fields.isEmpty()) {
            return last.columns().size() == last.fields().size();
        }
        Set<String> columns = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        columns.addAll(last.columns());
        Set<String> wanted = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        wanted.addAll(fields);
        wanted.add(ObjectFields.ID);
        if (deletions && last.fields().containsKey(ObjectFields.DELETED)) {
            wanted.add(ObjectFields.DELETED);
        }
        return columns.equals(wanted);
    }

    private void write(Rows source, RowSink sink, boolean evenNone, List<WriteReport> reports) {
        try (Rows rows = source) {
            ColumnBatch first = rows.next();
            if (first == null && !evenNone) {
                return;
            }
            reports.add(sink.write(
                    begun(first, rows),
                    rejects != null
                            ? rejects
                            : row -> {
                                throw new KeywharfException(
                                        "salesforce.copy_rejected",
                                        object.name(),
                                        "The destination refuses a row, "
                                                + row.row().get(ObjectFields.ID) + ": "
                                                + (row.column().isEmpty() ? "" : row.column() + ": ") + row.reason()
                                                + "; change the destination, or go on without such rows by rejects(…)");
                            }));
        }
    }

    /** Rows from their first batch on, which was read to see whether there is one. */
    private static Rows begun(@Nullable ColumnBatch first, Rows rest) {
        Rows begin = Rows.of(rest.schema(), first == null ? List.of() : List.of(first));
        return Rows.concat(rest.schema(), List.<Supplier<Rows>>of(() -> begin, () -> rest));
    }

    private static Rows deletedRows(Set<String> ids) {
        Schema schema = Schema.of(
                Column.nullable(ObjectFields.ID, ColumnType.STRING),
                Column.nullable(ObjectFields.DELETED, ColumnType.BOOLEAN));
        Iterator<String> rest = ids.stream().sorted().iterator();
        return Rows.generate(schema, () -> {
            if (!rest.hasNext()) {
                return null;
            }
            List<ColumnVector.Builder> builders = ColumnBatch.builders(schema, 16);
            for (int i = 0; i < ColumnBatch.DEFAULT_ROWS && rest.hasNext(); i++) {
                builders.get(0).appendValue(rest.next());
                builders.get(1).appendValue(true);
            }
            return ColumnBatch.build(schema, builders);
        });
    }

    @Override
    public String toString() {
        return "SalesforceCopy[" + object.name() + " into " + target + "]";
    }
}
