package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import io.github.keywharf.KeywharfException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is still to be sent: requests that failed first, then windows in their order. Belongs to the loading thread. */
final class BulkRequests {
    private final BulkPlan plan;
    private final BulkStatements statements;
    private final BulkOptions options;
    private final CassandraContext context;
    private final BulkTableName name;
    private final String source;
    private final BulkProgressLog log;
    private final Deque<BulkRequest> again = new ArrayDeque<>();
    private final Deque<BulkWindow> windows = new ArrayDeque<>();
    private @Nullable BulkBatcher current;

    /** The greatest number of a sending that is noted. */
    private int highest;

    BulkRequests(
            CassandraContext context,
            BulkTableName name,
            BulkPlan plan,
            BulkStatements statements,
            BulkOptions options,
            String source,
            BulkProgressLog log) {
        this.context = context;
        this.name = name;
        this.plan = plan;
        this.statements = statements;
        this.options = options;
        this.source = source;
        this.log = log;
        this.highest = log.firstAttempt();
    }

    /** Adds all rows of a window. */
    void add(BulkWindow window) {
        windows.addLast(window);
    }

    /** Forgets what is to be sent, and takes these windows from their first row on instead. */
    void restart(List<BulkWindow> all) {
        again.clear();
        current = null;
        windows.clear();
        all.forEach(BulkWindow::restart);
        windows.addAll(all);
    }

    boolean any() {
        return !again.isEmpty() || current != null || !windows.isEmpty();
    }

    /** The next request; null when there was none left after all. */
    @Nullable
    BulkRequest next() {
        BulkRequest failed = again.poll();
        if (failed != null) {
            return failed;
        }
        while (true) {
            BulkBatcher batcher = current;
            if (batcher == null) {
                BulkWindow window = windows.poll();
                if (window == null) {
                    return null;
                }
                batcher = new BulkBatcher(
                        plan,
                        window,
                        statements,
                        new BulkReplicas(context.session().getMetadata(), name.keyspace()),
                        options.batchRows,
                        claim(Math.max(log.firstAttempt(), window.lastAttempt() + 1)),
                        source);
                current = batcher;
            }
            BulkRequest request = batcher.next();
            if (request != null) {
                return request;
            }
            current = null;
        }
    }

    /**
     * Sends a request again; where that changes something, with the rows' next timestamps.
     *
     * @param undone whether certainly nothing of it was carried out
     */
    void again(BulkRequest request, boolean undone) {
        if (undone || !plan.needsAttempts()) {
            again.add(request);
        } else {
            again.add(bound(request.window, request.rows, request));
            request.window.requestEnded();
        }
    }

    /** Sends the rows of a request one by one, or rejects its only row. */
    void isolate(BulkRequest request, String reason) {
        if (request.rows.length == 1) {
            reject(request, reason);
            return;
        }
        for (int row : request.rows) {
            BulkRequest single = bound(request.window, new int[] {row}, request);
            again.add(single);
        }
        request.window.requestEnded();
    }

    private BulkRequest bound(BulkWindow window, int[] rows, BulkRequest before) {
        int attempt = claim(before.attempt + 1);
        window.attempted(attempt);
        List<BoundStatement> bound = new java.util.ArrayList<>(rows.length);
        int bytes = 0;
        for (int row : rows) {
            BoundStatement statement = statements.bind(window, row, attempt);
            if (statement != null) {
                bound.add(statement);
                bytes += statements.bytes();
            }
        }
        BulkRequest request = new BulkRequest(
                window, rows, statements.request(bound), bytes, rows.length > 1 && before.severalPartitions, attempt);
        window.requestMade(0);
        return request.after(before, rows.length);
    }

    /** Rejects all rows of a request. */
    void reject(BulkRequest request, String reason) {
        for (int row : request.rows) {
            request.window.rejectByServer(source, row, reason);
        }
        request.window.requestEnded();
    }

    /**
     * The number of a sending, once it is noted that it is used, in all runs of a load. Each sending needs a timestamp of
     * its own where there are lists that are not frozen: the server makes up the places of their elements, so that one sent
     * twice with one timestamp has its elements twice.
     *
     * @throws KeywharfException with code {@code cassandra.lists_resent} when the row has no timestamps left
     */
    private int claim(int attempt) {
        if (!plan.needsAttempts()) {
            return 0;
        }
        if (attempt >= BulkPlan.LIST_SPACING) {
            throw new KeywharfException(
                    "cassandra.lists_resent",
                    name.toString(),
                    "Rows were sent " + attempt
                            + " times without being acknowledged, and sent once more their lists may have elements"
                            + " twice; once the servers answer, load all rows again from the first one, with a new"
                            + " checkpoint if there is one, which replaces the lists");
        }
        if (attempt > highest) {
            highest = attempt;
            log.attempted(attempt);
        }
        return attempt;
    }
}
