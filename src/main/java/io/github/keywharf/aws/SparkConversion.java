package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.format.ParquetReader;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.WriteReport;

/**
 * Turns an object of text into one of Parquet, with columns of text. It is written in a hidden folder and then copied to its
 * key, because only a copy leaves alone what has that key already. The file says in its metadata what it was made from.
 */
final class SparkConversion {
    private static final String SOURCE = "keywharf.source";
    private static final String VERSION = "keywharf.source.etag";

    private final ObjectStore store;
    private final SparkJournal journal;
    private final FlowFileType declared;

    SparkConversion(ObjectStore store, SparkJournal journal, FlowFileType declared) {
        this.store = store;
        this.journal = journal;
        this.declared = declared;
    }

    /** A row that cannot be read; it ends the conversion. */
    private static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unreadable(RejectedRow row) {
            super(row.toString(), null, false, false);
        }
    }

    /** Returns why the object cannot become Parquet, or nothing when it has. */
    String run(SparkMove move) {
        if (!isMade(store, move)) {
            String problem = convert(move);
            if (!problem.isEmpty()) {
                return problem;
            }
        }
        store.delete(journal.converting(move));
        return "";
    }

    private String convert(SparkMove move) {
        String target = journal.converting(move);
        long written;
        try {
            written = write(move, target);
        } catch (Unreadable e) {
            return "A row cannot be read: " + e.getMessage();
        } catch (KeywharfException e) {
            if (e.code().startsWith("format.") && !e.code().equals("format.read_failed")) {
                return "It cannot be read: " + e.getMessage();
            }
            throw e;
        }
        if (written < 0) {
            return "It has a single column, so that it may be no CSV";
        }
        ParquetReader made = Parquet.reader(store, target);
        if (made.rowCount() != written) {
            return "Its rows are " + written + ", but " + made.rowCount() + " are in what was made from them";
        }
        try {
            store.copy(target, move.to());
        } catch (KeywharfException e) {
            if (!e.code().equals("store.outcome_unknown")) {
                throw e;
            }
        }
        if (!isMade(store, move)) {
            store.delete(target);
            return "There is another object " + move.to() + " already";
        }
        return Parquet.reader(store, move.to()).rowCount() == written ? "" : "Its copy " + move.to() + " is not the same";
    }

    /** The rows written, or -1 when the text may be anything. */
    private long write(SparkMove move, String target) {
        try (Rows rows = open(move)) {
            if (rows.schema().size() == 1 && declared == FlowFileType.UNKNOWN) {
                return -1;
            }
            WriteReport report = Parquet.writer(store, target)
                    .metadata(SOURCE, move.from())
                    .metadata(VERSION, move.etag())
                    .sink()
                    .write(rows, row -> {
                        throw new Unreadable(row);
                    });
            return report.written();
        }
    }

    private Rows open(SparkMove move) {
        PinnedObject source = new PinnedObject(store, move.from(), move.etag());
        try (ObjectReader reader = source.open()) {
            return FlowFormat.of(FileKind.of(reader), declared, source.name()).open(source, row -> {
                throw new Unreadable(row);
            });
        }
    }

    /** Whether the object of the new key was made from that of the old one. */
    static boolean isMade(ObjectStore store, SparkMove move) {
        try (ObjectReader reader = store.open(move.to())) {
            if (FileKind.of(reader) != FileKind.PARQUET) {
                return false;
            }
        } catch (KeywharfException e) {
            if (e.code().equals("store.not_found")) {
                return false;
            }
            throw e;
        }
        var metadata = Parquet.reader(store, move.to()).metadata();
        return move.from().equals(metadata.get(SOURCE)) && move.etag().equals(metadata.get(VERSION));
    }
}
