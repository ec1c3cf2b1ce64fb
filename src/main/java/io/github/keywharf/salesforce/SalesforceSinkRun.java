package io.github.keywharf.salesforce;

import io.github.keywharf.internal.Sha256;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.Origins;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.Schema;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One load by jobs: cuts the rows into chunks, passes over those that an earlier run has done, and notes what is done. */
final class SalesforceSinkRun implements AutoCloseable {
    private final SalesforceSinkOptions options;
    private final SalesforceSinkFields fields;
    private final SalesforceSinkNotes notes;
    private final RejectListener rejects;
    private final SalesforceBulkDownload download;
    private final SalesforceIngest ingest;
    private final Optional<SalesforceSinkNote> earlier;
    private final List<String> names;
    private final long start = System.nanoTime();

    private @Nullable SalesforceChunk chunk;
    private int number;
    private String chain = "";
    private long read;
    private long rejected;
    private SalesforceSinkNote.Totals done;

    SalesforceSinkRun(
            SalesforceCalls calls,
            SalesforceSinkOptions options,
            SalesforceSinkFields fields,
            SalesforceSinkNotes notes,
            Optional<SalesforceSinkNote> earlier,
            RejectListener rejects) {
        this.options = options;
        this.fields = fields;
        this.notes = notes;
        this.earlier = earlier;
        this.rejects = rejects;
        this.download = SalesforceBulkDownload.open(calls, options.bulk().directory());
        this.ingest = new SalesforceIngest(calls, options, fields, download, rejects);
        this.names =
                fields.fields().stream().map(SalesforceSinkFields.Field::name).toList();
        this.done = earlier.map(SalesforceSinkNote::done).orElse(SalesforceSinkNote.Totals.NONE);
    }

    /** What is sent depends on these. */
    static String digest(Schema schema, SalesforceSinkOptions options) {
        StringBuilder text = new StringBuilder();
        for (Object part : List.of(
                options.object(),
                options.operation(),
                options.externalId(),
                options.nulls(),
                options.assignmentRule(),
                options.chunkBytes(),
                options.columns(),
                options.source())) {
            text.append(part).append('\n');
        }
        for (Column column : schema) {
            text.append(column).append('\n');
        }
        return Sha256.hexOf(text.toString());
    }

    void add(ColumnBatch batch) {
        Origins origins = batch.origins().orElseThrow();
        for (int row = 0; row < batch.size(); row++) {
            String[] texts = new String[names.size()];
            SalesforceSinkFields.Refused refused = fields.texts(batch, row, texts);
            if (refused != null) {
                read++;
                rejected++;
                if (!isDone()) {
                    rejects.rejected(batch.rejected(row, origins.of(row), refused.column(), refused.reason()));
                }
                continue;
            }
            byte[] line = SalesforceChunk.line(texts);
            SalesforceChunk into = chunk;
            if (into != null && !into.hasRoom(line, options.chunkBytes())) {
                end(into);
                into = null;
            }
            if (into == null) {
                into = SalesforceChunk.create(download.file(), names);
                chunk = into;
            }
            into.add(line, texts, origins, row);
            read++;
        }
    }

    /** Whether an earlier run has done the present chunk. */
    private boolean isDone() {
        return earlier.isPresent() && number < earlier.get().chunk();
    }

    private void end(SalesforceChunk ending) {
        String digest = ending.finish();
        try {
            if (!isDone()) {
                load(ending, digest);
            }
        } finally {
            ending.discard();
            chunk = null;
        }
        chain = Sha256.hexOf(chain + digest);
        number++;
        if (earlier.isPresent()
                && number == earlier.get().chunk()
                && !chain.equals(earlier.get().chain())) {
            throw notes.other("is of other rows: the first " + read
                    + " are not those that were sent before; give the same rows, or use another checkpoint");
        }
        read = 0;
        rejected = 0;
    }

    private void load(SalesforceChunk ending, String digest) {
        Optional<SalesforceSinkNote> underWay =
                earlier.filter(note -> note.chunk() == number && note.stage() != SalesforceSinkNote.Stage.BEFORE);
        if (underWay.isPresent() && !underWay.get().digest().equals(digest)) {
            throw notes.other("is of other rows: " + ending.described()
                    + " are not those that were given to the job "
                    + underWay.get().job()
                    + "; give the same rows, or use another checkpoint");
        }
        SalesforceSinkNote.Totals before = done;
        SalesforceIngest.Outcome outcome = ingest.load(
                ending,
                underWay,
                (stage, jobs) -> notes.write(number, chain, stage, String.join(" ", jobs), digest, before));
        done = new SalesforceSinkNote.Totals(
                before.read() + read,
                before.written() + outcome.written(),
                before.rejected() + rejected + outcome.rejected(),
                LeftOut.NONE,
                before.bytes() + ending.bytes(),
                took());
        notes.write(number + 1, Sha256.hexOf(chain + digest), SalesforceSinkNote.Stage.BEFORE, "", "", done);
    }

    private Duration took() {
        return earlier.map(note -> note.done().took()).orElse(Duration.ZERO).plusNanos(System.nanoTime() - start);
    }

    /**
     * Sends the last chunk, and returns the totals of all rows, those of earlier runs included.
     *
     * @param before rows that were left out before they came here
     */
    SalesforceSinkNote.Totals totals(LeftOut before) {
        if (chunk != null) {
            end(chunk);
        }
        if (isDone()) {
            throw notes.other("is of more rows than were given; give the same rows, or use another checkpoint");
        }
        return new SalesforceSinkNote.Totals(
                done.read() + read, done.written(), done.rejected() + rejected, before, done.bytes(), took());
    }

    /** Notes that the load is over. */
    void finish(SalesforceSinkNote.Totals totals) {
        notes.write(number, chain, SalesforceSinkNote.Stage.FINISHED, "", "", totals);
    }

    @Override
    public void close() {
        if (chunk != null) {
            chunk.discard();
        }
        download.close();
    }
}
