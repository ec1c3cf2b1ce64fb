package io.github.keywharf.aws;

import io.github.keywharf.CheckReturnValue;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Work;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.RowStep;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import io.github.keywharf.table.WriteReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
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

    /** A run and its files, and who hears of them. */
    record Source(
            ObjectStore store,
            SparkJournal journal,
            FlowRun run,
            FlowFileType declared,
            List<StoredObject> files,
            EventListener events) {}

    /** Whether a run whose files have other rows than AppFlow counted is read. */
    private enum Count {
        REPORTED,
        REQUIRED
    }

    /** @param columns empty for all */
    private record Options(
            List<String> columns,
            @Nullable Schema typed,
            @Nullable Executor executor,
            Count count) {}

    private final Source source;
    private final Options options;

    FlowData(Source source) {
        this(source, new Options(List.of(), null, null, Count.REPORTED));
    }

    private FlowData(Source source, Options options) {
        this.source = source;
        this.options = options;
    }

    /** The run. */
    public FlowRun run() {
        return source.run;
    }

    /** Its files, in the order of their keys; none when the run had no records. */
    public List<StoredObject> files() {
        return source.files;
    }

    /** The same with these columns only, in this order; of Parquet the others are not fetched. */
    @CheckReturnValue
    public FlowData columns(String... names) {
        if (names.length == 0) {
            throw new IllegalArgumentException("Rows need at least one column");
        }
        return new FlowData(source, new Options(List.of(names), options.typed, options.executor, options.count));
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
        return new FlowData(source, new Options(options.columns, schema, options.executor, options.count));
    }

    /**
     * The same with threads lent that read and decode Parquet beside the calling one, some batches, a row group and a file
     * ahead. The executor stays the caller's.
     */
    @CheckReturnValue
    public FlowData executor(Executor threads) {
        Objects.requireNonNull(threads, "threads");
        return new FlowData(source, new Options(options.columns, options.typed, threads, options.count));
    }

    /**
     * The same that ends with {@code aws.rows_differ} after the last row, if the files do not have as many rows as AppFlow
     * counted records that the destination did not refuse: a file is missing or came late, or one is there twice. Otherwise
     * that is a WARNING {@code aws.flow.rows_differ}. Nothing is compared where AppFlow does not say how many there are, or
     * where not all rows are read.
     */
    @CheckReturnValue
    public FlowData strict() {
        return new FlowData(source, new Options(options.columns, options.typed, options.executor, Count.REQUIRED));
    }

    /** How the run is to be read, once its files were looked at. */
    private record Plan(Schema schema, List<FlowFile> files, List<@Nullable Schema> own, boolean typed) {}

    private Plan plan() {
        List<FlowFile> found = new ArrayList<>();
        List<@Nullable Schema> own = new ArrayList<>();
        Map<String, Schema> known = new LinkedHashMap<>();
        boolean anyLines = false;
        Schema typed = options.typed;
        boolean chosen = typed != null;
        for (StoredObject object : source.files) {
            FlowFile file = FlowFile.of(
                    source.store, object, source.declared, source.journal, source.files.size() <= MAX_TAILS);
            if (file.format() == FlowFormat.EMPTY) {
                continue;
            }
            Schema schema = file.ownSchema();
            if (schema == null && !chosen) {
                schema = file.format().schema(file.object());
            }
            anyLines |= schema == null;
            known.put(file.object().name(), schema == null ? file.firstKeys() : schema);
            found.add(file);
            own.add(schema);
        }
        Schema all = typed != null ? typed : FlowColumns.union(known, options.columns);
        boolean whole = options.columns.isEmpty() || (all.size() == 0 && found.isEmpty());
        Schema schema = whole ? all : all.select(options.columns);
        requireSameCase(schema, known);
        if (typed != null && !found.isEmpty() && !anyLines) {
            requireSomewhere(schema, known);
        }
        return new Plan(schema, found, own, chosen);
    }

    /** A file's column of another case would otherwise be a column of nulls. */
    private static void requireSameCase(Schema schema, Map<String, Schema> known) {
        known.forEach((file, own) -> {
            for (Column column : schema) {
                if (!own.contains(column.name())) {
                    own.names().stream()
                            .filter(name -> name.equalsIgnoreCase(column.name()) && !schema.contains(name))
                            .findFirst()
                            .ifPresent(name -> {
                                throw new KeywharfException(
                                        "aws.no_column",
                                        file,
                                        "It has the column '" + name + "', but '" + column.name()
                                                + "' is read; its columns are "
                                                + Cut.to(own.names().toString(), MAX_COLUMNS_SHOWN)
                                                + ": use one spelling in the flow, or read both columns");
                            });
                }
            }
        });
    }

    private void requireSomewhere(Schema schema, Map<String, Schema> known) {
        for (Column column : schema) {
            if (known.values().stream().noneMatch(own -> own.contains(column.name()))) {
                String names = FlowColumns.names(known.values());
                throw new KeywharfException(
                        "aws.no_column",
                        "run " + source.run.id(),
                        "No file has the column '" + column.name() + "'; leave it out, or rename it to one of "
                                + Cut.to(names, MAX_COLUMNS_SHOWN));
            }
        }
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
        LongAdder count = new LongAdder();
        RejectListener counted = row -> {
            count.increment();
            rejects.rejected(row);
        };
        for (int i = 0; i < plan.files.size(); i++) {
            FlowFile file = plan.files.get(i);
            Schema own = plan.own.get(i);
            // Text is a stream that a server ends when it waits.
            boolean early = options.executor != null && file.format() == FlowFormat.PARQUET;
            sources.add(new FilesAhead.Source(
                    () -> open(file, own, plan, counted)
                            .peek(batch -> count.add(batch.size()))
                            .through(step(own, plan), rejects),
                    early));
        }
        sources.add(new FilesAhead.Source(
                () -> {
                    requireCount(count.sum());
                    return Rows.empty(plan.schema);
                },
                false));
        return FilesAhead.rows(plan.schema, sources);
    }

    private Rows open(FlowFile file, @Nullable Schema own, Plan plan, RejectListener rejects) {
        return file.format().open(file.object(), read(own, plan), options.executor, rejects);
    }

    private static RowStep step(@Nullable Schema own, Plan plan) {
        return FlowColumns.step(read(own, plan), plan.schema, plan.typed);
    }

    /** The columns that are read of a file. */
    private static Schema read(@Nullable Schema own, Plan plan) {
        if (own == null) {
            return Schema.of(plan.schema.columns().stream()
                    .map(column -> Column.nullable(column.name(), ColumnType.STRING))
                    .toList());
        }
        List<String> names = plan.schema.names().stream().filter(own::contains).toList();
        // A file without any of the columns has rows all the same.
        return own.select(names.isEmpty() ? List.of(own.column(0).name()) : names);
    }

    private void requireCount(long rows) {
        FlowRun run = source.run;
        if (run.recordsProcessed() == 0 || (run.putFailures() == 0 && rows == run.recordsProcessed())) {
            return;
        }
        String problem = String.format(
                Locale.ROOT,
                "AppFlow counted %,d records, of which the destination refused %,d, and the files have %,d rows",
                run.recordsProcessed(),
                run.putFailures(),
                rows);
        if (options.count == Count.REQUIRED && rows != run.recordsProcessed() - run.putFailures()) {
            throw new KeywharfException(
                    "aws.rows_differ",
                    source.store.name() + ", run " + run.id(),
                    problem + "; read it again later, and check what else writes below the prefix or deletes there");
        }
        source.events.warning(
                "aws.flow.rows_differ",
                Work.NONE,
                "run " + run.id(),
                problem,
                Fact.count("records", run.recordsProcessed()),
                Fact.count("put_failures", run.putFailures()),
                Fact.count("rows", rows));
    }

    /**
     * The rows as records, see {@link Rows#records}. Close the stream unless it is read to its end.
     *
     * @throws IllegalArgumentException when a component has no column, or one of another type
     */
    public <R extends Record> Stream<R> records(Class<R> type) {
        Plan plan = plan();
        if (plan.schema.size() == 0) {
            requireCount(0);
            return Stream.empty();
        }
        return rows(plan, RejectListener.FAIL).records(type);
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
            requireCount(0);
            return WriteReport.of(0, 0, 0, 0, Duration.ZERO);
        }
        return sink.write(rows(plan, rejects), rejects);
    }

    @Override
    public String toString() {
        return "FlowData[run " + source.run.id() + ", " + source.files.size() + " files in " + source.store.name()
                + "]";
    }
}
