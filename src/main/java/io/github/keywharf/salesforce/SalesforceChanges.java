package io.github.keywharf.salesforce;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Work;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Rows;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The records of an object that were changed or deleted since a checkpoint, or all of them.
 *
 * <pre>{@code
 * SalesforceChanges changes = contacts.changes(checkpoint);
 * if (changes.needsFullRead()) {
 *     changes = contacts.changes();
 * }
 * table.upsertBy("Id").write(changes.rows());
 * remove(changes.deleted());
 * checkpoint = changes.checkpoint();
 * }</pre>
 *
 * <p>A record may come again that did not change; it is to be written by its {@code Id}, so that it does no harm. Deleted records are
 * among the rows with {@code IsDeleted} true while they are in the recycle bin. A record that is deleted past the bin is seen by
 * the org's log of deletions alone, which lists 15 days at most, for objects that the API replicates, and is purged when it
 * grows too large: read the whole object regularly where that matters.
 *
 * <p>Not thread-safe.
 */
public final class SalesforceChanges {
    /**
     * How much is read again before the last checkpoint, 15 minutes: a transaction stamps its records before it commits, so
     * they may appear with a time that was read already. The org ends transactions after 10 minutes; the rest is for clocks
     * of the org that differ.
     */
    public static final Duration OVERLAP = Duration.ofMinutes(15);

    /** So many ids fit into the URL of a query. */
    private static final int IDS_OF_A_QUERY = 400;

    private final QueryContext queries;
    private final String soql;
    private final boolean withDeleted;
    private final boolean whole;
    private final SalesforceCheckpoint next;
    private final SalesforceDrift drift;
    private final Set<String> logged;
    private final Set<String> doubtful;
    private final Set<String> deletedRows = new HashSet<>();
    private final Optional<String> gap;
    private boolean opened;
    private boolean ended;
    private long deletedCount;

    private SalesforceChanges(
            SalesforceObject object,
            ObjectFields fields,
            String soql,
            boolean withDeleted,
            boolean whole,
            SalesforceCheckpoint next,
            SalesforceDrift drift,
            Optional<DeletedIds> deleted) {
        this.queries = object.queries().knowing(fields.description());
        this.soql = soql;
        this.withDeleted = withDeleted;
        this.whole = whole;
        this.next = next;
        this.drift = drift;
        this.logged = deleted.map(DeletedIds::ids).orElseGet(HashSet::new);
        this.doubtful = whole ? Set.of() : deleted.map(DeletedIds::before).orElse(Set.of());
        this.gap = whole ? Optional.empty() : deleted.flatMap(DeletedIds::gap);
    }

    /**
     * All records.
     *
     * @param since up to when an earlier reading knows deletions, so that those past the bin since then are listed as well as
     *     the log has them; null when there was none
     */
    static SalesforceChanges whole(
            SalesforceObject object,
            ObjectFields fields,
            List<String> wanted,
            boolean deletions,
            @Nullable Instant since) {
        fields.require(object.name(), List.of(ObjectFields.ID, ObjectFields.CHANGED));
        List<String> columns = fields.columns(object.name(), wanted, deletions);
        Instant until = fields.now().truncatedTo(ChronoUnit.SECONDS);
        DeletedIds deleted = since != null && deletions && fields.listsDeletions()
                ? DeletedIds.between(object.calls(), object.name(), since, until, since)
                : null;
        return new SalesforceChanges(
                object,
                fields,
                "SELECT " + String.join(", ", columns) + " FROM " + object.name(),
                deletions && fields.marksDeleted(),
                true,
                new SalesforceCheckpoint(
                        object.name(),
                        until,
                        deleted != null && deleted.gap().isEmpty()
                                ? deleted.covered()
                                : deletions || since == null ? until : since,
                        columns,
                        fields.types()),
                SalesforceDrift.NONE,
                Optional.ofNullable(deleted));
    }

    static SalesforceChanges since(
            SalesforceObject object, ObjectFields fields, SalesforceCheckpoint since, boolean deletions) {
        if (!since.object().equals(object.name())) {
            throw new IllegalArgumentException("The checkpoint is of " + since.object() + ", not of " + object.name());
        }
        fields.require(object.name(), List.of(ObjectFields.ID, ObjectFields.CHANGED));
        SalesforceDrift drift = SalesforceDrift.between(since.fields(), fields.types());
        if (!drift.isEmpty()) {
            object.calls()
                    .events()
                    .warning(
                            "salesforce.copy.drifted",
                            Work.NONE,
                            object.name(),
                            "The fields have changed: " + drift
                                    + "; new fields are copied once the whole object is read again",
                            Fact.count("added", drift.added().size()),
                            Fact.count("removed", drift.removed().size()),
                            Fact.count("retyped", drift.retyped().size()));
        }
        List<String> columns = new ArrayList<>(since.columns());
        columns.retainAll(fields.types().keySet());
        // A field that comes back after it was gone has missed changes: it then counts as added.
        Map<String, String> known = new LinkedHashMap<>(since.fields());
        known.keySet().retainAll(fields.types().keySet());
        Instant until = fields.now().truncatedTo(ChronoUnit.SECONDS);
        if (until.isBefore(since.until())) {
            until = since.until();
        }
        Instant from = since.until().minus(OVERLAP);
        DeletedIds deleted = deletions && fields.listsDeletions()
                ? DeletedIds.between(object.calls(), object.name(), since.deletedUntil(), until, from)
                : null;
        return new SalesforceChanges(
                object,
                fields,
                "SELECT " + String.join(", ", columns) + " FROM " + object.name() + " WHERE " + ObjectFields.CHANGED
                        + " >= " + from + " AND " + ObjectFields.CHANGED + " < " + until
                        + " ORDER BY " + ObjectFields.CHANGED + ", " + ObjectFields.ID,
                deletions && fields.marksDeleted(),
                false,
                new SalesforceCheckpoint(
                        object.name(),
                        until,
                        deleted != null ? deleted.covered() : deletions ? until : since.deletedUntil(),
                        columns,
                        known),
                drift,
                Optional.ofNullable(deleted));
    }

    /** Whether all records are read, not only those that changed. */
    public boolean isWhole() {
        return whole;
    }

    /**
     * Whether deletions since the checkpoint can no longer be listed, so that the whole object is to be read by {@code changes()}.
     * A record that was deleted past the recycle bin meanwhile is then found only by its absence.
     */
    public boolean needsFullRead() {
        return gap.isPresent();
    }

    /** Why {@link #needsFullRead}, as a sentence; empty when it is not so. */
    public Optional<String> fullReadReason() {
        return gap;
    }

    /** How the fields differ from those at the checkpoint. */
    public SalesforceDrift drift() {
        return drift;
    }

    /**
     * The records, each with its present values; changed ones come in the order of their last change. Can be called once; close
     * the rows.
     *
     * @throws KeywharfException with code {@code salesforce.full_read_needed} when {@link #needsFullRead}
     */
    public Rows rows() {
        if (gap.isPresent()) {
            throw new KeywharfException(
                    "salesforce.full_read_needed",
                    next.object(),
                    "Deletions are missing since the checkpoint, as " + gap.get()
                            + "; read the whole object by changes()");
        }
        if (opened) {
            throw new IllegalStateException("The rows of these changes were opened before; ask for changes again");
        }
        opened = true;
        SalesforceQuery query = new SalesforceQuery(queries, soql);
        Rows rows = (withDeleted ? query.withDeleted() : query).rows();
        return Rows.generate(rows.schema(), () -> {
                    ColumnBatch batch = rows.next();
                    if (batch != null) {
                        note(batch);
                    } else if (!ended) {
                        forgetRestored();
                        ended = true;
                    }
                    return batch;
                })
                .onClose(rows::close);
    }

    /**
     * Takes records out of the log that are there again. One that was deleted before the time from which rows are read may have
     * been restored before it too, and is then not among the rows.
     */
    private void forgetRestored() {
        List<String> open = doubtful.stream().filter(logged::contains).sorted().toList();
        for (int from = 0; from < open.size(); from += IDS_OF_A_QUERY) {
            List<String> ids = open.subList(from, Math.min(open.size(), from + IDS_OF_A_QUERY));
            queries.query("SELECT Id FROM " + next.object() + " WHERE Id IN :ids", Map.of("ids", ids))
                    .records()
                    .forEach(record -> logged.remove(String.valueOf(record.get(ObjectFields.ID))));
        }
    }

    /**
     * The distinct ids of the records that were deleted, of 18 characters, by rows and log together. A record that was restored is
     * not among them. Empty for the whole object, of which deleted records are rows.
     *
     * @throws IllegalStateException before the rows were read to their end
     */
    public Set<String> deleted() {
        requireEnd();
        Set<String> all = new HashSet<>(deletedRows);
        all.addAll(logged);
        return Collections.unmodifiableSet(all);
    }

    /**
     * From where the next changes are to be read.
     *
     * @throws IllegalStateException before the rows were read to their end, as the rest would then be lost
     */
    public SalesforceCheckpoint checkpoint() {
        requireEnd();
        return next;
    }

    /** Ids that the log alone lists. */
    Set<String> deletedPastBin() {
        requireEnd();
        return logged;
    }

    long deletedCount() {
        return deletedCount;
    }

    List<String> columns() {
        return next.columns();
    }

    private void requireEnd() {
        if (!ended) {
            throw new IllegalStateException("The rows of " + next.object() + " were not read to their end yet");
        }
    }

    /** Notes which records the rows are of. */
    private void note(ColumnBatch batch) {
        boolean marked = batch.schema().contains(ObjectFields.DELETED);
        if (whole && !marked && logged.isEmpty()) {
            return;
        }
        ColumnVector id = batch.column(ObjectFields.ID);
        for (int i = 0; i < batch.size(); i++) {
            boolean gone = marked
                    && Boolean.TRUE.equals(batch.column(ObjectFields.DELETED).value(i));
            deletedCount += gone ? 1 : 0;
            if (whole && logged.isEmpty()) {
                continue;
            }
            String key = String.valueOf(id.value(i));
            // The log was read before: a record that is not deleted now was restored since.
            logged.remove(key);
            if (gone && !whole) {
                deletedRows.add(key);
                if (deletedRows.size() > DeletedIds.MAX_IDS) {
                    throw new KeywharfException(
                            "salesforce.full_read_needed",
                            next.object(),
                            "More than " + DeletedIds.MAX_IDS
                                    + " records were deleted; read the whole object by changes()");
                }
            }
        }
    }

    @Override
    public String toString() {
        return "SalesforceChanges[" + soql + (gap.isPresent() ? ", needs a full read" : "") + "]";
    }
}
