package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a statement answered: read it once, by one of {@link #all}, {@link #one}, {@link #rows} and {@link #records}.
 *
 * <p>Not thread-safe. It holds the first page only; {@link #rows} and {@link #records} fetch the others one at a time.
 */
public final class CassandraResult {
    private final String subject;
    private final AsyncResultSet first;

    CassandraResult(String subject, AsyncResultSet first) {
        this.subject = subject;
        this.first = first;
    }

    /** Names and types of the columns; none after a statement that answers no rows. */
    public Schema schema() {
        return CqlTypes.schema(first.getColumnDefinitions());
    }

    /** All rows, in memory; prints as a table. */
    public Table all() {
        return rows().toTable();
    }

    /**
     * The only row, or empty when there is none.
     *
     * @throws KeywharfException with code {@code cassandra.many_rows} when there are more
     */
    public Optional<Row> one() {
        Rows rows = rows();
        try (Stream<Row> stream = rows.stream()) {
            List<Row> found = stream.limit(2).toList();
            if (found.size() > 1) {
                throw new KeywharfException(
                        "cassandra.many_rows", subject, "There is more than one row; use all() or rows()");
            }
            return found.stream().findFirst();
        }
    }

    /** The rows as a stream of batches, one for each page, in the server's order; the whole is never in memory. */
    public Rows rows() {
        return new PagedRows(subject, first);
    }

    /**
     * The rows as records: components take the columns of the same name, in snake case or camel case alike. Close the
     * stream unless it is read to its end.
     */
    public <R extends Record> Stream<R> records(Class<R> type) {
        return rows().records(type);
    }

    /** Whether a conditional statement ({@code IF …}) was carried out; true for all others. */
    public boolean wasApplied() {
        return first.wasApplied();
    }

    @Override
    public String toString() {
        return "CassandraResult[" + subject + ", "
                + first.getColumnDefinitions().size() + " columns]";
    }
}
