package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a statement answered: read it once, by one of {@link #table}, {@link #one}, {@link #rows} and {@link #records}.
 *
 * <p>Not thread-safe. It holds the first page only; {@link #rows} and {@link #records} fetch the others one at a time. It
 * need not be closed: nothing is kept on the server for it.
 */
public final class CassandraResult {
    private final String subject;
    private final AsyncResultSet first;
    private final Function<AsyncResultSet, CompletionStage<AsyncResultSet>> next;
    private final Map<String, ColumnType> columnTypes;
    private final boolean applied;
    private @Nullable PagedRows rows;
    private boolean read;

    CassandraResult(
            String subject,
            AsyncResultSet first,
            Function<AsyncResultSet, CompletionStage<AsyncResultSet>> next,
            Map<String, ColumnType> columnTypes) {
        this.subject = subject;
        this.first = first;
        this.next = next;
        this.columnTypes = new LinkedHashMap<>(columnTypes);
        this.applied = first.wasApplied();
    }

    /**
     * Reads a column as another type than the usual one; see {@link CassandraQuery#columnType}.
     *
     * @throws IllegalStateException when reading has begun
     */
    public CassandraResult columnType(String name, ColumnType type) {
        if (rows != null) {
            throw new IllegalStateException("The result is being read; say the type of '" + name + "' before");
        }
        columnTypes.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(type, "type"));
        return this;
    }

    /**
     * Names and types of the columns; none after a statement that answers no rows.
     *
     * @throws IllegalArgumentException when {@code columnType} named a column that is not there, or a type that it cannot
     *     be read as
     */
    public Schema schema() {
        return CqlTypes.schema(first.getColumnDefinitions(), columnTypes);
    }

    /** All rows, in memory; prints as a table. */
    public Table table() {
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
                        "cassandra.many_rows", subject, "There is more than one row; use table() or rows()");
            }
            return found.stream().findFirst();
        }
    }

    /**
     * The rows as a stream of batches, one for each page, in the server's order; the whole is never in memory.
     *
     * @throws IllegalStateException when the result was read before
     */
    public Rows rows() {
        if (read) {
            throw new IllegalStateException("The result was read already; run the statement again, or keep all()");
        }
        read = true;
        return opened();
    }

    private PagedRows opened() {
        if (rows == null) {
            rows = new PagedRows(subject, first, next, columnTypes);
        }
        return rows;
    }

    /** The rows of the first page; reads no other. */
    Table firstPage() {
        read = true;
        ColumnBatch batch = opened().peek();
        return Table.of(schema(), batch == null ? List.of() : List.of(batch));
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
        return applied;
    }

    /** The first rows, drawn as a table, as long as they have not been read; reading goes on from the first all the same. */
    @Override
    public String toString() {
        int columns = first.getColumnDefinitions().size();
        if (read || columns == 0) {
            return "CassandraResult[" + subject + ", " + (columns == 0 ? "no rows]" : columns + " columns, read]");
        }
        try {
            ColumnBatch batch = opened().peek();
            Table table = Table.of(schema(), batch == null ? List.of() : List.of(batch));
            return first.hasMorePages() ? table + "and more on further pages" : table.toString();
        } catch (KeywharfException | IllegalArgumentException e) {
            return "CassandraResult[" + subject + ", " + columns + " columns, " + e.getMessage() + "]";
        }
    }
}
