package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the requests of one window, one at a time: batches of one partition where it has several rows, and small batches
 * of partitions that share their replicas for the rest.
 *
 * <p>Batches of one partition cost the server a fraction of what their rows would, and are exempt from its limits. Batches
 * of several are kept below what it warns of (5 KiB, 10 partitions).
 */
final class BulkBatcher {
    /** Rows that a partition has at least to get requests of its own; fewer gain nothing over small mixed batches. */
    static final int OWN_BATCH = 4;

    /** Bytes of one batch of one partition, so that a few dozen of them do not fill a small server's buffers. */
    static final int MAX_BATCH_BYTES = 64 << 10;

    /** Partitions of one batch of several. */
    static final int MIXED_PARTITIONS = 10;

    /** What the server may count for one batch of several partitions: 5 KiB, with some room. */
    static final int MIXED_WEIGHT = 4_500;

    private final BulkWindow window;
    private final BulkStatements statements;
    private final BulkGroups groups;
    private final BulkReplicas replicas;
    private final int batchRows;
    private final int attempt;
    private final Map<Object, Collected> mixed = new HashMap<>();
    private int group;
    private int inGroup;
    private @Nullable Iterator<Collected> leftovers;
    private final Collected own = new Collected();
    private @Nullable BoundStatement carried;

    /** Rows on their way into one request. */
    private static final class Collected {
        private final List<BoundStatement> statements = new ArrayList<>();
        private int[] rows = new int[16];
        private int bytes;
        private int weight;
        private int partitions;

        void add(int row, BoundStatement statement, int rowBytes, int rowWeight) {
            if (statements.size() == rows.length) {
                rows = Arrays.copyOf(rows, rows.length * 2);
            }
            rows[statements.size()] = row;
            statements.add(statement);
            bytes += rowBytes;
            weight += rowWeight;
        }

        BulkRequest take(BulkWindow window, BulkStatements binder, int attempt) {
            BulkRequest request = new BulkRequest(
                    window,
                    Arrays.copyOf(rows, statements.size()),
                    binder.request(statements),
                    bytes,
                    partitions > 1,
                    attempt);
            window.requestMade(bytes);
            statements.clear();
            bytes = 0;
            weight = 0;
            partitions = 0;
            return request;
        }
    }

    BulkBatcher(
            BulkPlan plan,
            BulkWindow window,
            BulkStatements statements,
            BulkReplicas replicas,
            int batchRows,
            int attempt,
            String source) {
        this.window = window;
        this.statements = statements;
        this.groups = BulkGroups.of(plan, window, source);
        this.replicas = replicas;
        this.batchRows = batchRows;
        this.attempt = attempt;
        window.begin(attempt);
    }

    /** The next request, or null when all rows of the window are in one. */
    @Nullable
    BulkRequest next() {
        while (group < groups.count()) {
            BulkRequest request = groups.size(group) >= Math.min(OWN_BATCH, batchRows) ? ownBatch() : mixedBatch();
            if (request != null) {
                return request;
            }
        }
        if (leftovers == null) {
            leftovers = mixed.values().iterator();
        }
        while (leftovers.hasNext()) {
            Collected rest = leftovers.next();
            if (!rest.statements.isEmpty()) {
                return rest.take(window, statements, attempt);
            }
        }
        window.sentWhole();
        return null;
    }

    /** Rows of the present partition, as many as one request takes. */
    private @Nullable BulkRequest ownBatch() {
        own.partitions = 1;
        while (inGroup < groups.size(group)) {
            int row = groups.row(group, inGroup);
            BoundStatement statement = bound(row);
            if (statement != null) {
                int bytes = statements.bytes();
                if (!own.statements.isEmpty() && own.bytes + bytes > MAX_BATCH_BYTES) {
                    // The binder still knows the sizes of this row when it begins the next request.
                    carried = statement;
                    return own.take(window, statements, attempt);
                }
                own.add(row, statement, bytes, statements.weight());
            }
            inGroup++;
            if (own.statements.size() == batchRows) {
                return own.take(window, statements, attempt);
            }
        }
        group++;
        inGroup = 0;
        return own.statements.isEmpty() ? null : own.take(window, statements, attempt);
    }

    private @Nullable BoundStatement bound(int row) {
        BoundStatement statement = carried != null ? carried : statements.bind(window, row, attempt);
        carried = null;
        return statement;
    }

    /** Adds the present partition's few rows to those with the same replicas. */
    private @Nullable BulkRequest mixedBatch() {
        ByteBuffer key = groups.key(group);
        Collected rest = mixed.computeIfAbsent(replicas.of(key), replicas -> new Collected());
        boolean counted = false;
        while (inGroup < groups.size(group)) {
            int row = groups.row(group, inGroup);
            BoundStatement statement = bound(row);
            if (statement != null) {
                int partitions = rest.partitions + (counted ? 0 : 1);
                boolean fits = rest.weight + statements.weight() <= MIXED_WEIGHT
                        && partitions <= Math.min(MIXED_PARTITIONS, batchRows)
                        && rest.statements.size() < batchRows;
                if (!fits && !rest.statements.isEmpty()) {
                    carried = statement;
                    return rest.take(window, statements, attempt);
                }
                rest.partitions += counted ? 0 : 1;
                counted = true;
                rest.add(row, statement, statements.bytes(), statements.weight());
            }
            inGroup++;
        }
        group++;
        inGroup = 0;
        return null;
    }
}
