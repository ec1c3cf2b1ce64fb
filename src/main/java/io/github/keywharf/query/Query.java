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
 * Statement with its values, which can be run many times. Values are bound, never written into the statement. The message of
 * an engine about an invalid value may quote it.
 *
 * <p>Mutable, not thread-safe.
 */
public interface Query {

    /**
     * Sets the values of {@code $1}, {@code $2} and so on, and forgets earlier ones.
     *
     * @throws io.github.keywharf.KeywharfException with code {@code sql.unknown_parameter} when there are more values than
     *     parameters
     */
    Query values(@Nullable Object... all);

    /**
     * Sets the value of a parameter.
     *
     * @param name without the colon
     * @throws io.github.keywharf.KeywharfException with code {@code sql.unknown_parameter} when the statement has no such
     *     parameter
     */
    Query bind(String name, @Nullable Object value);

    /**
     * Sets the longest time from the call to the end of the statement, which is then cancelled; there is no limit by default.
     * An engine may take a few seconds more where a part of a statement cannot be cancelled, and leaves it to end by itself.
     */
    Query timeout(Duration limit);

    /**
     * Runs a query and streams its rows, however many there are. Close them. They do not change when tables do.
     *
     * @throws io.github.keywharf.KeywharfException with code {@code sql.missing_parameter} when a parameter has no value,
     *     {@code query.timeout} when the time is up, {@code thread.interrupted} when the thread is interrupted meanwhile, and
     *     others when the statement is wrong or fails
     */
    Rows rows();

    /**
     * Runs a statement that creates or changes tables.
     *
     * @return the number of changed rows
     * @throws io.github.keywharf.KeywharfException as {@link #rows()} does
     */
    long update();

    /** Sets the values of parameters; see {@link #bind(String, Object)}. */
    default Query bind(Map<String, ? extends @Nullable Object> all) {
        all.forEach(this::bind);
        return this;
    }

    /** Runs the query and reads all its rows into memory; prints as a table. */
    default Table table() {
        return rows().toTable();
    }

    /** Runs the query and returns its rows as records; see {@link Rows#records}. */
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
