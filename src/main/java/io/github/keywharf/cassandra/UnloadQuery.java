package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.ColumnDefinitions;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.metadata.token.Token;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The statement that reads a piece of the ring, prepared in the forms that open and closed ends need, and how many rows
 * to ask for at a time. Thread-safe.
 */
final class UnloadQuery {

    /** What a page may take in memory, 8 MB with the driver's own objects: two of them wait for each reader. */
    static final long PAGE_BYTES = 8L * 1024 * 1024;

    /** What the driver spends on a value besides its bytes: an array, a buffer and a reference. */
    static final int VALUE_BYTES = 80;

    /** Rows of the very first page, 500, when nothing is known of their width. */
    static final int FIRST_PAGE = 500;

    private final CassandraContext context;
    final UnloadSource source;
    private final ConsistencyLevel consistency;
    private final int pageSize;
    private final PreparedStatement ring;
    private final PreparedStatement from;
    private final PreparedStatement to;
    private final PreparedStatement between;

    /** The types that columns are read as, where it is not the usual one. */
    final Map<String, ColumnType> types;

    /** Names and types of what is read. */
    final Schema schema;

    private volatile long rowBytes;

    UnloadQuery(CassandraContext context, UnloadSource source, TableScan scan) {
        this.context = context;
        this.source = source;
        this.consistency = scan.consistency();
        this.pageSize = scan.pageSize;
        String select = select(source, scan);
        String token = source.partitionKey().stream()
                .map(column -> column.identifier().asCql(true))
                .collect(Collectors.joining(", ", "token(", ")"));
        ring = prepared(select);
        from = prepared(select + " WHERE " + token + " > ?");
        to = prepared(select + " WHERE " + token + " <= ?");
        between = prepared(select + " WHERE " + token + " > ? AND " + token + " <= ?");
        types = scan.columnTypes();
        schema = CqlTypes.schema(ring.getResultSetDefinitions(), types);
    }

    static String select(UnloadSource source, TableScan scan) {
        List<String> expressions = new ArrayList<>();
        for (String name : scan.names(source)) {
            expressions.add(CqlIdentifier.fromInternal(name).asCql(true));
        }
        for (Map.Entry<String, String> function : scan.functions().entrySet()) {
            expressions.add(function.getValue() + " AS "
                    + CqlIdentifier.fromInternal(function.getKey()).asCql(true));
        }
        return "SELECT " + String.join(", ", expressions) + " FROM " + source.subject();
    }

    private PreparedStatement prepared(String cql) {
        return Waiting.on(
                source.subject(), "The table cannot be read", context.prepared().prepare(Optional.empty(), cql));
    }

    ColumnDefinitions definitions() {
        return ring.getResultSetDefinitions();
    }

    /**
     * Asks for a page.
     *
     * @param state where the page before ended, or null for the first
     * @param share 1 for a page of the usual size, 2 for half of it, and so on
     */
    CompletionStage<AsyncResultSet> page(TokenSpan span, @Nullable ByteBuffer state, int share) {
        BoundStatement bound = context.prepare(bind(span))
                .setConsistencyLevel(consistency)
                .setIdempotent(true)
                .setPageSize(Math.max(1, pageRows() / share))
                .setRoutingKeyspace(source.keyspace());
        Token routing = span.upTo() != null ? span.upTo() : span.after();
        if (routing != null) {
            bound = bound.setRoutingToken(routing);
        }
        try {
            return context.session().executeAsync(state == null ? bound : bound.setPagingState(state));
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private BoundStatement bind(TokenSpan span) {
        Token after = span.after();
        Token upTo = span.upTo();
        if (after != null && upTo != null) {
            return between.bind().setToken(0, after).setToken(1, upTo);
        }
        if (after != null) {
            return from.bind().setToken(0, after);
        }
        return upTo != null ? to.bind().setToken(0, upTo) : ring.bind();
    }

    /** How many rows to ask for, so that a page of wide rows does not fill the memory. */
    int pageRows() {
        long known = rowBytes;
        return known == 0 ? Math.min(FIRST_PAGE, pageSize) : (int) Math.max(1, Math.min(pageSize, PAGE_BYTES / known));
    }

    /** Learns from a page how wide rows are: immediately when they are wider, and step by step when they are not. */
    void learn(int rows, long bytes) {
        if (rows > 0) {
            long width = Math.max(1, bytes / rows + (long) VALUE_BYTES * schema.size());
            long known = rowBytes;
            rowBytes = width >= known ? width : (3 * known + width) / 4;
        }
    }
}
