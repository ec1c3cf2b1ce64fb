package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.BatchWriter;
import io.github.keywharf.format.Csv;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.format.ParquetReader;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import java.util.Map;

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

    /** Ends a conversion before anything is committed. */
    private static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unreadable(String problem) {
            super(problem, null, false, false);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
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
            return e.getMessage();
        } catch (KeywharfException e) {
            boolean content = e.code().startsWith("format.") && !e.is(Csv.READ_FAILED);
            if (content || e.is(FlowFormat.BAD_FILE)) {
                return "It cannot be read: " + e.getMessage();
            }
            throw e;
        }
        ParquetReader made = Parquet.reader(store, target);
        if (made.rowCount() != written) {
            return "Its rows are " + written + ", but " + made.rowCount() + " are in what was made from them";
        }
        try {
            store.copy(target, move.to());
        } catch (KeywharfException e) {
            if (!e.is(ObjectStore.OUTCOME_UNKNOWN)) {
                throw e;
            }
        }
        if (!isMade(store, move)) {
            store.delete(target);
            return "There is another object " + move.to() + " already";
        }
        return Parquet.reader(store, move.to()).rowCount() == written
                ? ""
                : "Its copy " + move.to() + " is not the same";
    }

    /** Returns the rows written. */
    private long write(SparkMove move, String target) {
        PinnedObject source = new PinnedObject(store, move.source(), false);
        FlowFormat format;
        try (ObjectReader reader = source.open()) {
            format = FlowFormat.of(FileKind.of(reader), declared, source.name());
        }
        boolean guessed = format == FlowFormat.CSV && declared == FlowFileType.UNKNOWN;
        try (Rows rows = format.open(source, format.schema(source), null, row -> {
                    throw new Unreadable("A row cannot be read: " + row);
                });
                BatchWriter writer = Parquet.writer(store, target)
                        .metadata(SOURCE, move.from())
                        .metadata(VERSION, move.etag())
                        .open(rows.schema())) {
            if (guessed && rows.schema().size() == 1) {
                throw new Unreadable("It has a single column, so that it may be no CSV");
            }
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                writer.write(batch);
            }
            if (guessed && writer.rows() == 0) {
                throw new Unreadable("It has no rows, so that it may be no CSV");
            }
            writer.commit();
            return writer.rows();
        }
    }

    /** Whether the object of the new key was made from that of the old one. */
    static boolean isMade(ObjectStore store, SparkMove move) {
        try (ObjectReader reader = store.open(move.to())) {
            if (FileKind.of(reader) != FileKind.PARQUET) {
                return false;
            }
        } catch (KeywharfException e) {
            if (e.is(ObjectStore.NOT_FOUND)) {
                return false;
            }
            throw e;
        }
        Map<String, String> metadata = Parquet.reader(store, move.to()).metadata();
        return move.from().equals(metadata.get(SOURCE)) && move.etag().equals(metadata.get(VERSION));
    }
}
