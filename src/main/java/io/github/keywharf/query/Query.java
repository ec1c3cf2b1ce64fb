package io.github.keywharf.query;

import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Table;
import io.github.keywharf.table.WriteReport;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A statement with its values, which can be run many times. Values are bound, never written into the statement. An engine's
 * own words about a value that does not fit may quote it.
 *
 * <p>Mutable, not thread-safe.
 */
public interface Query {

    /**
     * Gives {@code $1}, {@code $2} and so on their values, in place of what was given before.
     *
     * @throws io.github.keywharf.KeywharfException with code {@code sql.unknown_parameter} when there are more values than
     *     parameters
     */
    Query values(@Nullable Object... all);

    /**
     * Gives a parameter its value.
     *
     * @param name without the colon
     * @throws io.github.keywharf.KeywharfException with code {@code sql.unknown_parameter} when the statement has no such
     *     parameter
     */
    Query bind(String name, @Nullable Object value);

    /** How long the statement may run, instead of without a limit. */
    Query timeout(Duration limit);

    /**
     * Runs a query and streams its rows, however many there are. Close them. They stay as they are when tables change.
     *
     * @throws io.github.keywharf.KeywharfException with code {@code sql.missing_parameter} when a parameter has no value,
     *     {@code query.timeout} when the time is up, {@code thread.interrupted} when the thread is interrupted meanwhile, and
     *     others when the statement is wrong or fails
     */
    Rows rows();

    /**
     * Runs a statement that creates or changes tables.
     *
     * @return how many rows it changed
     * @throws io.github.keywharf.KeywharfException as {@link #rows()} does
     */
    long update();

    /** Gives parameters their values; see {@link #bind(String, Object)}. */
    default Query bind(Map<String, ? extends @Nullable Object> all) {
        all.forEach(this::bind);
        return this;
    }

    /** Runs the query and reads all its rows into memory; prints as a table. */
    default Table table() {
        return rows().toTable();
    }

    /** Runs the query and gives its rows as records; see {@link Rows#records}. */
    default <R extends Record> Stream<R> records(Class<R> type) {
        return rows().records(type);
    }

    /** Runs the query and writes its rows; see {@link RowSink#write(Rows)}. */
    default WriteReport into(RowSink sink) {
        return sink.write(rows());
    }

    /** Runs the query and writes its rows; see {@link RowSink#write(Rows, RejectListener)}. */
    default WriteReport into(RowSink sink, RejectListener rejects) {
        return sink.write(rows(), rejects);
    }
}
