package io.github.keywharf.aws;

import io.github.keywharf.CheckReturnValue;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import io.github.keywharf.table.WriteReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a run of a flow wrote, read from its files in S3.
 *
 * <pre>{@code
 * FlowData contacts = aws.flow("crm-contacts").data();
 * contacts.typed(schema).into(database.table("contact").upsertBy("Id"));
 * }</pre>
 *
 * <p>Files are read one after another in the order of their keys, without holding more than a few batches. Each is read as what
 * its content says, whatever its name, so that Parquet, CSV and JSON lines may be mixed; only a flow of CSV has other text, which is CSV.
 * Columns are found by their names in each file; one that a file lacks is null in its rows. Unless the flow keeps types, all
 * columns are text: see {@link #typed}.
 *
 * <p>Immutable and thread-safe; the files are those that were listed when it was made, and each read begins at the first. Errors
 * while reading: {@code store.replaced} when a file was replaced since it was listed, {@code aws.bad_file} when one is
 * none that a flow writes, {@code aws.schema_conflict} when two have different types for a column, and those of the formats.
 */
public final class FlowData {
    private static final int MAX_COLUMNS_SHOWN = 300;

    /** For up to so many files their ends are kept while they are read, 64 KiB of each. */
    private static final int MAX_TAILS = 1_000;

    private final ObjectStore store;
    private final SparkJournal journal;
    private final FlowRun run;
    private final FlowFileType declared;
    private final List<StoredObject> files;
    private final List<String> columns;
    private final @Nullable Schema typed;
    private final @Nullable Executor executor;

    FlowData(ObjectStore store, SparkJournal journal, FlowRun run, FlowFileType declared, List<StoredObject> files) {
        this(store, journal, run, declared, files, List.of(), null, null);
    }

    private FlowData(
            ObjectStore store,
            SparkJournal journal,
            FlowRun run,
            FlowFileType declared,
            List<StoredObject> files,
            List<String> columns,
            @Nullable Schema typed,
            @Nullable Executor executor) {
        this.store = store;
        this.journal = journal;
        this.run = run;
        this.declared = declared;
        this.files = files;
        this.columns = columns;
        this.typed = typed;
        this.executor = executor;
    }

    /** The run. */
    public FlowRun run() {
        return run;
    }

    /** Its files, in the order of their keys; none when the run had no records. */
    public List<StoredObject> files() {
        return files;
    }

    /** The same with these columns only, in this order; of Parquet the others are not fetched. */
    @CheckReturnValue
    public FlowData columns(String... names) {
        if (names.length == 0) {
            throw new IllegalArgumentException("Rows need at least one column");
        }
        return new FlowData(store, journal, run, declared, files, List.of(names), typed, executor);
    }

    /**
     * The same with these columns and types, as a Salesforce object's {@code schema()} gives them. Text becomes what it says,
     * with dates and times as Salesforce's REST and Bulk APIs write them, {@code 2024-05-20T12:10:03.000+0000} or with
     * {@code Z}; empty text is an absent value, also in columns of text. A row whose value does not fit is rejected with
     * its file and its number there. Other columns of the files are left out. A column that no file has is {@code
     * aws.no_column}; JSON lines need not have the keys of absent values, so where there are some, only if the first line has it in
     * another case.
     */
    @CheckReturnValue
    public FlowData typed(Schema schema) {
        if (schema.size() == 0) {
            throw new IllegalArgumentException("Rows need at least one column");
        }
        return new FlowData(store, journal, run, declared, files, columns, schema, executor);
    }

    /**
     * The same with threads lent that read and decode Parquet beside the calling one, some batches, a row group and a file
     * ahead. The executor stays the caller's.
     */
    @CheckReturnValue
    public FlowData executor(Executor threads) {
        return new FlowData(
                store, journal, run, declared, files, columns, typed, Objects.requireNonNull(threads, "threads"));
    }

    /** How the run is to be read, once its files were looked at. */
    private record Plan(Schema schema, List<FlowFile> files, List<@Nullable Schema> own, boolean typed) {}

    private Plan plan() {
        List<FlowFile> found = new ArrayList<>();
        List<@Nullable Schema> own = new ArrayList<>();
        Map<String, Schema> known = new LinkedHashMap<>();
        FlowFile unknown = null;
        boolean chosen = typed != null;
        for (StoredObject object : files) {
            FlowFile file = FlowFile.of(store, object, declared, journal, files.size() <= MAX_TAILS);
            if (file.format() == FlowFormat.EMPTY) {
                continue;
            }
            Schema schema = file.ownSchema();
            if (schema == null && !chosen) {
                schema = file.format().schema(file.object());
            }
            if (schema != null) {
                known.put(file.object().name(), schema);
            } else if (unknown == null) {
                unknown = file;
            }
            found.add(file);
            own.add(schema);
        }
        Schema all = typed != null ? typed : FlowColumns.union(known, columns);
        Schema schema = columns.isEmpty() || (all.size() == 0 && found.isEmpty()) ? all : all.select(columns);
        if (typed != null && !found.isEmpty()) {
            if (unknown != null) {
                known.put(unknown.object().name(), unknown.firstKeys());
            }
            requireSomewhere(schema, known, unknown != null);
        }
        return new Plan(schema, found, own, chosen);
    }

    /** @param mayLack whether there are files that need not have a column that is absent in all their rows */
    private void requireSomewhere(Schema schema, Map<String, Schema> known, boolean mayLack) {
        for (Column column : schema) {
            boolean there = known.values().stream().anyMatch(own -> own.contains(column.name()));
            if (!there && (!mayLack || isInOtherCase(column.name(), schema, known))) {
                String names = FlowColumns.names(known.values());
                throw new KeywharfException(
                        "aws.no_column",
                        "run " + run.id(),
                        "No file has the column '" + column.name() + "'; leave it out, or rename it to one of "
                                + Cut.to(names, MAX_COLUMNS_SHOWN));
            }
        }
    }

    private static boolean isInOtherCase(String column, Schema schema, Map<String, Schema> known) {
        return known.values().stream()
                .flatMap(own -> own.names().stream())
                .anyMatch(name -> name.equalsIgnoreCase(column) && !schema.contains(name));
    }

    /** The columns of the rows; looks at each file. Without columns when the run has no files and no {@link #typed} schema. */
    public Schema schema() {
        return plan().schema;
    }

    /**
     * The rows of all files. One that does not fit ends the reading with {@code table.rejected}.
     *
     * @return the rows, single pass; close them
     */
    public Rows rows() {
        return rows(plan(), RejectListener.FAIL);
    }

    /** The rows of all files, without those that do not fit, which the listener takes with their file and number. */
    public Rows rows(RejectListener rejects) {
        return rows(plan(), Objects.requireNonNull(rejects, "rejects"));
    }

    private Rows rows(Plan plan, RejectListener rejects) {
        List<FilesAhead.Source> sources = new ArrayList<>();
        for (int i = 0; i < plan.files.size(); i++) {
            FlowFile file = plan.files.get(i);
            Schema own = plan.own.get(i);
            // Text is a stream that a server ends when it waits.
            boolean early = executor != null && file.format() == FlowFormat.PARQUET;
            sources.add(new FilesAhead.Source(() -> open(file, own, plan, rejects), early));
        }
        return FilesAhead.rows(plan.schema, sources);
    }

    private Rows open(FlowFile file, @Nullable Schema own, Plan plan, RejectListener rejects) {
        Schema read;
        if (own == null) {
            read = Schema.of(plan.schema.columns().stream()
                    .map(column -> Column.nullable(column.name(), ColumnType.STRING))
                    .toList());
        } else {
            List<String> names =
                    plan.schema.names().stream().filter(own::contains).toList();
            // A file without any of the columns has rows all the same.
            read = own.select(names.isEmpty() ? List.of(own.column(0).name()) : names);
        }
        Rows rows = file.format().open(file.object(), read, executor, rejects);
        return rows.through(FlowColumns.step(read, plan.schema, plan.typed), rejects);
    }

    /**
     * The rows as records, see {@link Rows#records}. Close the stream unless it is read to its end.
     *
     * @throws IllegalArgumentException when a component has no column, or one of another type
     */
    public <R extends Record> Stream<R> records(Class<R> type) {
        Plan plan = plan();
        return plan.schema.size() == 0
                ? Stream.empty()
                : rows(plan, RejectListener.FAIL).records(type);
    }

    /** All rows in memory, to be printed. */
    public Table table() {
        return rows().toTable();
    }

    /**
     * Writes the rows into a table or a file. The first row that does not fit the {@link #typed} schema, or that the
     * destination refuses, ends the write with {@code table.rejected}. A run without files and schema writes nothing.
     *
     * @throws KeywharfException when a row is rejected, or the destination fails
     */
    public WriteReport into(RowSink sink) {
        return into(sink, RejectListener.FAIL);
    }

    /** Writes the rows into a table or a file; the listener takes those that do not fit or are refused. */
    public WriteReport into(RowSink sink, RejectListener rejects) {
        Plan plan = plan();
        if (plan.schema.size() == 0) {
            return WriteReport.of(0, 0, 0, 0, Duration.ZERO);
        }
        return sink.write(rows(plan, rejects), rejects);
    }

    @Override
    public String toString() {
        return "FlowData[run " + run.id() + ", " + files.size() + " files in " + store.name() + "]";
    }
}
