package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Table;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A statement with its values and options, which can be run many times.
 *
 * <pre>{@code
 * CassandraPage page = cassandra.query("SELECT * FROM actions_conv_by_user WHERE user_id = :id")
 *         .bind("id", id)
 *         .pageSize(50)
 *         .page();
 * }</pre>
 *
 * <p>Values are what {@link io.github.keywharf.table.ColumnType.Kind} names for a column, what the driver itself takes, and
 * records for user-defined types; numbers may be of any class that holds them exactly. Not thread-safe.
 */
public final class CassandraQuery {
    private final CassandraContext context;
    private final StatementText text;
    private final StatementOptions options = new StatementOptions();
    private final Map<String, ColumnType> columnTypes = new LinkedHashMap<>();
    private StatementValues values = StatementValues.NONE;

    CassandraQuery(CassandraContext context, String cql) {
        this.context = context;
        this.text = StatementText.of(cql);
    }

    /** Gives all question marks their values, in their order, in place of what was given before. */
    public CassandraQuery values(@Nullable Object... all) {
        values = StatementValues.of(all);
        return this;
    }

    /**
     * Gives a {@code :name} its value.
     *
     * @param name without the colon; capitals do not matter unless the name is quoted in the statement
     */
    public CassandraQuery bind(String name, @Nullable Object value) {
        values = values.with(name, value);
        return this;
    }

    /** Gives names their values, besides those given before. */
    public CassandraQuery bind(Map<String, ?> named) {
        named.forEach(this::bind);
        return this;
    }

    /** Leaves a column as it is, which null would not: null deletes, and leaves a tombstone. */
    public CassandraQuery unset(String name) {
        values = values.without(name);
        return this;
    }

    /** Rows of one page, 1 to 100,000. */
    public CassandraQuery pageSize(int rows) {
        options.pageSize = CassandraSettings.checkedPageSize(rows);
        return this;
    }

    /** How many replicas answer. */
    public CassandraQuery consistency(ConsistencyLevel level) {
        options.consistency = Objects.requireNonNull(level, "level");
        return this;
    }

    /** How many replicas agree on the condition: {@code SERIAL} or {@code LOCAL_SERIAL}. */
    public CassandraQuery serialConsistency(ConsistencyLevel level) {
        options.serialConsistency = CassandraSettings.serial(level);
        return this;
    }

    /** How long one sending may take, all attempts of the driver together. */
    public CassandraQuery timeout(Duration timeout) {
        options.timeout = CassandraSettings.checkedTime("timeout", timeout);
        return this;
    }

    /** Whether the statement may be sent twice; a {@code SELECT} always may unless said otherwise. */
    public CassandraQuery idempotent(boolean on) {
        options.idempotent = on;
        return this;
    }

    /**
     * Reads a column as another type than the usual one: a {@code decimal} of other digits, a {@code timestamp} as {@link
     * ColumnType#INT64} milliseconds, a {@code time} as {@link ColumnType#INT64} nanoseconds, text as JSON, any scalar as
     * a string.
     */
    public CassandraQuery columnType(String name, ColumnType type) {
        columnTypes.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(type, "type"));
        return this;
    }

    /**
     * Runs the statement.
     *
     * @throws KeywharfException when values do not fit, the server refuses it or cannot be reached
     */
    public CassandraResult execute() {
        return Waiting.on(context.subject(), "The statement failed", executeAsync());
    }

    /** Runs the statement and reads its rows; see {@link CassandraResult#rows}. Close the rows. */
    public Rows rows() {
        return execute().rows();
    }

    /** Runs the statement and reads all its rows into memory; prints as a table. */
    public Table table() {
        return execute().table();
    }

    /** Runs the statement and reads its rows as records; see {@link Rows#records}. Close the stream. */
    public <R extends Record> Stream<R> records(Class<R> type) {
        return execute().records(type);
    }

    /**
     * Runs the statement without waiting; the stage fails with what {@link #execute} would throw. It is completed on a
     * thread of the driver, which must not be blocked.
     */
    public CompletionStage<CassandraResult> executeAsync() {
        StatementRunner runner = runner();
        Map<String, ColumnType> types = Map.copyOf(columnTypes);
        return runner.run().thenApply(first -> result(runner, first, types));
    }

    /**
     * The first page.
     *
     * @throws KeywharfException as {@link #execute}
     * @throws IllegalStateException when the statement is no {@code SELECT}
     */
    public CassandraPage page() {
        return pageOf(null);
    }

    /**
     * The page that a token of {@link CassandraPage#next} stands for.
     *
     * @throws KeywharfException with code {@code cassandra.bad_page_token} when the token is damaged, or of another
     *     statement or other values; else as {@link #execute}
     */
    public CassandraPage page(String token) {
        return pageOf(Objects.requireNonNull(token, "token"));
    }

    private CassandraPage pageOf(@Nullable String token) {
        StatementRunner runner = runner();
        Map<String, ColumnType> types = Map.copyOf(columnTypes);
        StatementRunner.Page page = Waiting.on(context.subject(), "The page cannot be read", runner.page(token));
        return new CassandraPage(result(runner, page.first(), types).firstPage(), page.next());
    }

    private StatementRunner runner() {
        return new StatementRunner(context, text, values, options.copy());
    }

    private CassandraResult result(StatementRunner runner, AsyncResultSet first, Map<String, ColumnType> types) {
        return new CassandraResult(context.subject(), first, runner::next, types);
    }

    /** The first word of the statement, never its text, which may hold values. */
    @Override
    public String toString() {
        return "CassandraQuery[" + text.verb() + "]";
    }
}
