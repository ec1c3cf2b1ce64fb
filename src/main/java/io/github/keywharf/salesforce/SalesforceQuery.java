package io.github.keywharf.salesforce;

import io.github.keywharf.CheckReturnValue;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.table.RowStep;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A query, which can be run many times.
 *
 * <pre>{@code
 * SalesforceQuery contacts = salesforce.query(
 *         "SELECT Id, Name, Account.Name FROM Contact WHERE LastName = :name", Map.of("name", "O'Hara"));
 * contacts.size();
 * contacts.table();
 * }</pre>
 *
 * <p>Each reading follows all pages, those of child subqueries too, and compares what came with the server's count: a
 * difference is the error {@code salesforce.count_mismatch}, never a shorter result. A page whose connection breaks is asked
 * for again. Immutable and thread-safe; the methods that change something return a copy.
 *
 * <p>{@link #rows} and what is built on it has one nullable column for each item of the select list, in its order, named as the
 * item: {@code Account.Name}, an alias, {@code expr0} for a function without one. Types are those that the org describes:
 * {@code boolean} BOOLEAN, {@code int} INT32, {@code long} INT64, {@code double}, {@code currency} and {@code percent} FLOAT64,
 * {@code date} DATE, {@code datetime} TIMESTAMP_UTC, {@code time} TIME; compound fields, {@code anyType}, {@code TYPEOF} and
 * child subqueries JSON; all others STRING. Counts are INT64, {@code SUM} and {@code AVG} FLOAT64, {@code MIN} and {@code MAX}
 * as their field. {@code FIELDS(…)} becomes the columns that the org describes.
 *
 * <p>A query whose URL would exceed {@value #MAX_URL} characters cannot go over REST: where a bulk job can take it, it goes as
 * one, else it is refused before it is sent.
 */
public final class SalesforceQuery {

    /** The most characters of a query's URL, percent-encoded: Salesforce refuses longer ones with status 414 or 431. */
    public static final int MAX_URL = 16_000;

    /** The records of a page at least. */
    public static final int MIN_PAGE_ROWS = 200;

    /** The records of a page at most, and the default: the server sends fewer where records are wide. */
    public static final int MAX_PAGE_ROWS = 2_000;

    /** The rows from which on {@link #rows} uses a bulk job where it can, 100,000: 50 calls of REST. */
    public static final int BULK_FROM_ROWS = 100_000;

    private final QueryContext context;
    private final String soql;
    private final Settings settings;

    /** How rows come. */
    private enum Way {
        AUTO,
        REST,
        BULK
    }

    private record Settings(boolean withDeleted, int pageRows, Way way, boolean flattened, boolean attributes) {}

    SalesforceQuery(QueryContext context, String soql) {
        this(context, soql, new Settings(false, MAX_PAGE_ROWS, Way.AUTO, false, false));
    }

    private SalesforceQuery(QueryContext context, String soql, Settings settings) {
        this.context = context;
        this.soql = soql;
        this.settings = settings;
    }

    private SalesforceQuery with(Settings changed) {
        return new SalesforceQuery(context, soql, changed);
    }

    /** With records that are deleted and still in the recycle bin, and those merged away ({@code queryAll}). */
    @CheckReturnValue
    public SalesforceQuery withDeleted() {
        return with(new Settings(true, settings.pageRows, settings.way, settings.flattened, settings.attributes));
    }

    /**
     * With pages of so many records at most.
     *
     * @throws IllegalArgumentException unless it is from {@value #MIN_PAGE_ROWS} to {@value #MAX_PAGE_ROWS}
     */
    @CheckReturnValue
    public SalesforceQuery withPageRows(int rows) {
        Checks.between("rows", rows, MIN_PAGE_ROWS, MAX_PAGE_ROWS);
        return with(new Settings(settings.withDeleted, rows, settings.way, settings.flattened, settings.attributes));
    }

    /** Rows come from a bulk job. */
    @CheckReturnValue
    public SalesforceQuery bulk() {
        return with(new Settings(
                settings.withDeleted, settings.pageRows, Way.BULK, settings.flattened, settings.attributes));
    }

    /** Rows come page by page, however many they are. */
    @CheckReturnValue
    public SalesforceQuery rest() {
        return with(new Settings(
                settings.withDeleted, settings.pageRows, Way.REST, settings.flattened, settings.attributes));
    }

    /** {@link #records()} has parents' fields under their path ({@code Account.Name}) in place of a map for each parent. */
    @CheckReturnValue
    public SalesforceQuery flattened() {
        return with(new Settings(settings.withDeleted, settings.pageRows, settings.way, true, settings.attributes));
    }

    /** {@link #records()} keeps the type and URL of each record, as a map under {@code attributes}. */
    @CheckReturnValue
    public SalesforceQuery withAttributes() {
        return with(new Settings(settings.withDeleted, settings.pageRows, settings.way, settings.flattened, true));
    }

    /**
     * How many records the query finds, as the server counts them; takes one call. Of {@code COUNT()} it is the count, of an
     * aggregate query the number of groups.
     */
    public long size() {
        return QueryCursor.count(context.calls(), "query", path(), headers());
    }

    /**
     * All records, in memory, as maps from field to value: texts (dates and times too, as the server writes them), booleans,
     * longs, doubles, {@code BigInteger} and {@code BigDecimal} beyond these, null; a map for a parent and for a compound field, a list of maps for child records. {@code records} of
     * a record class gives typed values, {@link #rows} a stream.
     *
     * @throws IllegalStateException when the query is {@code COUNT()}, which has a {@link #size} only
     */
    public List<Map<String, @Nullable Object>> records() {
        Optional<SoqlSelect> select = SoqlSelect.find(soql);
        select.ifPresent(SalesforceQuery::requireRows);
        QueryCursor cursor = new QueryCursor(context.calls(), "query", path(), headers());
        RecordReader reader = new RecordReader(context.calls(), headers(), settings.attributes);
        List<Map<String, @Nullable Object>> records = new ArrayList<>();
        while (!cursor.isAtEnd()) {
            cursor.readPage(reader);
            for (Map<String, @Nullable Object> record : reader.page()) {
                select.ifPresent(known -> putEmptyChildren(known, record));
                records.add(settings.flattened ? flat(record, select) : record);
            }
        }
        return records;
    }

    /** The server says null where there are no child records. */
    private static void putEmptyChildren(SoqlSelect select, Map<String, @Nullable Object> record) {
        for (SoqlSelect.Item item : select.items()) {
            if (item.shape() == SoqlSelect.Shape.CHILD) {
                String name = item.name();
                record.replaceAll((key, value) -> value == null && key.equalsIgnoreCase(name) ? List.of() : value);
            }
        }
    }

    private static Map<String, @Nullable Object> flat(
            Map<String, @Nullable Object> record, Optional<SoqlSelect> select) {
        Map<String, @Nullable Object> flat = new LinkedHashMap<>();
        select.ifPresent(known -> known.items().stream()
                .filter(item -> item.keys().size() > 1)
                .forEach(item -> putMissing(record, item, flat)));
        Map<String, @Nullable Object> present = new LinkedHashMap<>();
        record.forEach((key, value) -> putFlat(key, value, present));
        // Fields of a parent that is not there are null under the names of the select list.
        flat.forEach((key, value) -> {
            String parent = key.substring(0, key.indexOf('.')).toLowerCase(Locale.ROOT);
            present.keySet().removeIf(name -> name.toLowerCase(Locale.ROOT).equals(parent));
            present.put(key, null);
        });
        return present;
    }

    private static void putMissing(
            Map<String, @Nullable Object> record, SoqlSelect.Item item, Map<String, @Nullable Object> missing) {
        Object at = record;
        for (String key : item.keys()) {
            Object next = null;
            if (at instanceof Map<?, ?> object) {
                for (Map.Entry<?, ?> entry : object.entrySet()) {
                    next = String.valueOf(entry.getKey()).equalsIgnoreCase(key) ? entry.getValue() : next;
                }
            }
            at = next;
            if (at == null) {
                break;
            }
        }
        if (at == null) {
            missing.put(String.join(".", item.keys()), null);
        }
    }

    private static void putFlat(String name, @Nullable Object value, Map<String, @Nullable Object> flat) {
        if (value instanceof Map<?, ?> object && !name.equals("attributes")) {
            object.forEach((key, inner) -> putFlat(name + "." + key, inner, flat));
        } else {
            flat.put(name, value);
        }
    }

    /**
     * The rows with typed columns, as a stream of batches, one for each page; a page is in memory at most, with all children
     * of its records. From {@value #BULK_FROM_ROWS} rows on they come from a bulk job, where the query has nothing that bulk
     * jobs refuse and no ORDER BY. The origin of a row is the object's name and the row's number.
     *
     * <p>Reading throws {@code salesforce.bad_record} at a value that does not fit what the org describes.
     *
     * @throws IllegalStateException when the query is {@code COUNT()}, which has a {@link #size} only
     * @throws IllegalArgumentException when the select list cannot be read, or {@link #bulk} was chosen for a query that bulk
     *     jobs refuse
     */
    public Rows rows() {
        SoqlSelect select = SoqlSelect.of(soql);
        requireRows(select);
        QueryColumns columns = context.columns(select);
        Optional<String> restOnly = restOnly(select, columns);
        if (settings.way == Way.BULK) {
            requireBulk(restOnly);
        }
        boolean mayBulk = settings.way != Way.REST && restOnly.isEmpty();
        if (mayBulk && (settings.way == Way.BULK || encoded().length() > MAX_URL)) {
            return bulk(select, columns, null);
        }
        QueryRows rows = new QueryRows(context.calls(), select.object(), columns, path(), headers(), settings.pageRows);
        if (mayBulk && !select.ordered() && rows.total() >= BULK_FROM_ROWS) {
            rows.close();
            return bulk(select, columns, null);
        }
        return rows;
    }

    /**
     * The rows of the bulk job that was made for this query before, by a process that ended or a reading that failed: all of them,
     * from the first one on. The id of a job is the task of its {@code salesforce.job.changed} events, and in the messages of its errors. Jobs are
     * kept for 7 days, unless they are read to their end, which deletes them, or closed early.
     *
     * <p>Operation, object and columns are compared. Conditions are not, as the org does not say a job's query: give the same.
     *
     * @throws KeywharfException {@code salesforce.job_unknown} when the org has no such query job of this user, {@code
     *     salesforce.job_other} when it is one of another query, at the latest with the first rows
     * @throws IllegalArgumentException when it is not an id, or bulk jobs refuse the query
     */
    public Rows resume(String jobId) {
        SoqlSelect select = SoqlSelect.of(soql);
        requireRows(select);
        QueryColumns columns = context.columns(select);
        requireBulk(restOnly(select, columns));
        return bulk(select, columns, Objects.requireNonNull(jobId, "jobId"));
    }

    private static Optional<String> restOnly(SoqlSelect select, QueryColumns columns) {
        return select.restOnly().or(() -> columns.hasNested() ? Optional.of("a compound field") : Optional.empty());
    }

    private static void requireBulk(Optional<String> restOnly) {
        if (restOnly.isPresent()) {
            throw new IllegalArgumentException(
                    "The query has " + restOnly.get() + ", which bulk jobs refuse; remove it, or leave bulk() out");
        }
    }

    private Rows bulk(SoqlSelect select, QueryColumns columns, @Nullable String job) {
        return context.bulk().rows(soql, columns.schema(), select.object(), settings.withDeleted, job);
    }

    /** Names and types of the columns of {@link #rows}. */
    public Schema schema() {
        SoqlSelect select = SoqlSelect.of(soql);
        requireRows(select);
        return context.columns(select).schema();
    }

    private static void requireRows(SoqlSelect select) {
        if (select.counts()) {
            throw new IllegalStateException("COUNT() has no rows; use size(), or select COUNT(Id)");
        }
    }

    /** All {@link #rows}, in memory; prints as a table. */
    public Table table() {
        return rows().toTable();
    }

    /**
     * The rows as records. A component takes the column of its name; {@code accountName} takes {@code Account.Name}, {@code
     * rating} takes {@code Rating__c}. Close the stream unless it is read to its end.
     */
    public <R extends Record> Stream<R> records(Class<R> type) {
        Rows rows = rows();
        Map<String, String> names = RecordNames.of(rows.schema().names());
        return (names.isEmpty() ? rows : rows.through(RowStep.rename(names))).records(type);
    }

    private String encoded() {
        return encoded(settings.withDeleted ? "queryAll" : "query", soql);
    }

    static String encoded(String resource, String text) {
        return resource + "?q=" + HttpRequest.encoded(text);
    }

    private String path() {
        return checked(encoded());
    }

    static String checked(String path) {
        if (path.length() > MAX_URL) {
            throw new IllegalArgumentException("The query has " + path.length() + " characters in a URL, and " + MAX_URL
                    + " are possible; split a long list of values over several queries, or use bulk() and rows()");
        }
        return path;
    }

    private Map<String, String> headers() {
        return Map.of("Sforce-Query-Options", "batchSize=" + settings.pageRows);
    }

    /** The object, never the text, which may hold values. */
    @Override
    public String toString() {
        return "SalesforceQuery["
                + SoqlSelect.find(soql).map(SoqlSelect::object).orElse("?")
                + (settings.withDeleted ? ", with deleted]" : "]");
    }
}
