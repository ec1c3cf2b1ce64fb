package io.github.keywharf.salesforce;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A copy of an object as Parquet files of a folder, a few for each run: {@code 0000000000-whole.parquet}, then
 * {@code 0000000001-changes.parquet} and {@code 0000000001-deleted.parquet}, which has the ids of records that were deleted past the
 * recycle bin. A file appears whole or not at all. How far the copy goes is in the folder {@code state} beside them.
 *
 * <p>{@link #current} merges them: of each {@code Id} the row of the newest run counts. Changes add up, so read the whole object
 * regularly; files before the last whole read are deleted by the run after it, so that readers of them can finish.
 *
 * <p>Thread-safe, as its store is.
 */
public final class SalesforceFolder {
    private static final Pattern FILE = Pattern.compile("(\\d{10,18})-(whole|changes|deleted)\\.parquet");

    private final ObjectStore folder;

    private SalesforceFolder(ObjectStore folder) {
        this.folder = folder;
    }

    /**
     * A folder of a store.
     *
     * @param store stays open
     * @param folder for this copy alone
     */
    public static SalesforceFolder of(ObjectStore store, String folder) {
        return new SalesforceFolder(store.under(folder));
    }

    private record RunFile(String key, long run, String kind) {
        boolean whole() {
            return kind.equals("whole");
        }
    }

    /**
     * The records as they were at the last run, without deleted ones, in the columns of the newest file. Memory: the ids of
     * all records that changed since the last whole read.
     *
     * @throws KeywharfException with code {@code salesforce.no_copy} when no run has finished a whole read, and while the rows are
     *     read {@code table.schema_mismatch} when a field has changed its type since then: read the whole object
     */
    public Rows current() {
        List<RunFile> files = files();
        long base = files.stream()
                .filter(RunFile::whole)
                .mapToLong(RunFile::run)
                .max()
                .orElseThrow(() -> new KeywharfException(
                        "salesforce.no_copy",
                        folder.name(),
                        "The folder has no copy of an object; run one into it first"));
        List<RunFile> counting = files.stream()
                .filter(file -> file.run > base || (file.whole() && file.run == base))
                .sorted(Comparator.comparingLong(RunFile::run).reversed())
                .toList();
        Schema schema = counting.stream()
                .filter(file -> !file.kind.equals("deleted"))
                .findFirst()
                .map(file -> Parquet.reader(folder, file.key).schema())
                .orElseThrow();
        Set<String> seen = new HashSet<>();
        List<Supplier<Rows>> sources = new ArrayList<>();
        for (RunFile file : counting) {
            Predicate<String> isNewest = file.whole() ? id -> !seen.contains(id) : seen::add;
            sources.add(() -> {
                Rows rows = Parquet.reader(folder, file.key).rows();
                return rows.map(rows.schema(), batch -> newest(batch, isNewest));
            });
        }
        // Ids of deleted records are noted when their file's turn comes, and leave no rows.
        return Rows.concat(
                schema,
                sources.stream()
                        .<Supplier<Rows>>map(source -> () -> withColumns(schema, source.get()))
                        .toList());
    }

    private static Rows withColumns(Schema schema, Rows rows) {
        if (schema.names().stream().allMatch(rows.schema()::contains)) {
            return rows;
        }
        try (rows) {
            while (rows.next() != null) {
                // Only notes the ids.
            }
        }
        return Rows.empty(schema);
    }

    ObjectStore state() {
        return folder.under("state");
    }

    CopyTarget target() {
        return new CopyTarget() {
            @Override
            public void begin(long run) {
                List<RunFile> files = files();
                // A crash leaves files of this number; a whole read that is finished makes those before it useless.
                long base = files.stream()
                        .filter(file -> file.whole() && file.run < run)
                        .mapToLong(RunFile::run)
                        .max()
                        .orElse(0);
                for (RunFile file : files) {
                    if (file.run >= run || file.run < base) {
                        folder.delete(file.key);
                    }
                }
            }

            @Override
            public RowSink rows(long run, boolean whole) {
                return sink(run, whole ? "whole" : "changes");
            }

            @Override
            public RowSink deleted(long run) {
                return sink(run, "deleted");
            }

            @Override
            public String toString() {
                return SalesforceFolder.this.toString();
            }
        };
    }

    private RowSink sink(long run, String kind) {
        return Parquet.writer(folder, String.format(Locale.ROOT, "%010d-%s.parquet", run, kind))
                .sink();
    }

    private List<RunFile> files() {
        List<RunFile> files = new ArrayList<>();
        try (Stream<io.github.keywharf.store.StoredObject> objects = folder.list("")) {
            objects.forEach(object -> {
                Matcher name = FILE.matcher(object.key());
                if (name.matches()) {
                    files.add(new RunFile(object.key(), Long.parseLong(name.group(1)), name.group(2)));
                }
            });
        }
        return files;
    }

    @Override
    public String toString() {
        return "SalesforceFolder[" + folder.name() + "]";
    }

    /**
     * Rows whose id was not seen in a newer file, without deleted ones.
     *
     * @param isNewest whether an id is one that no newer file has
     */
    private static ColumnBatch newest(ColumnBatch batch, Predicate<String> isNewest) {
        ColumnVector id = batch.column(ObjectFields.ID);
        Optional<ColumnVector> deleted = batch.schema().contains(ObjectFields.DELETED)
                ? Optional.of(batch.column(ObjectFields.DELETED))
                : Optional.empty();
        int[] kept = new int[batch.size()];
        int count = 0;
        for (int i = 0; i < batch.size(); i++) {
            int row = i;
            if (isNewest.test(String.valueOf(id.value(i)))
                    && !deleted.map(marks -> Boolean.TRUE.equals(marks.value(row)))
                            .orElse(false)) {
                kept[count++] = i;
            }
        }
        return batch.gather(kept, count);
    }
}
