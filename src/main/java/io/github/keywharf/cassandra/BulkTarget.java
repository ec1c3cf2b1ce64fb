package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.schema.TableMetadata;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import io.github.keywharf.table.Schema;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The table that a load writes into, as it was found at the beginning. */
final class BulkTarget {
    private static final String COLUMNS =
            "SELECT column_name, type FROM system_schema.columns WHERE keyspace_name = ? AND table_name = ?";

    private final CassandraContext context;
    private final BulkTableName name;
    private final BulkPlan plan;
    private final BulkRequests requests;
    private final BulkNodes nodes;
    private final EventListener listener;
    private final Work work;
    private final Duration outageWait;
    private final int copies;
    private final Map<String, String> columns;

    private BulkTarget(
            CassandraContext context,
            BulkTableName name,
            BulkPlan plan,
            BulkRequests requests,
            BulkNodes nodes,
            EventListener listener,
            Work work,
            Duration outageWait,
            int copies) {
        this.outageWait = outageWait;
        this.copies = copies;
        this.context = context;
        this.name = name;
        this.plan = plan;
        this.requests = requests;
        this.nodes = nodes;
        this.listener = listener;
        this.work = work;
        this.columns = present();
    }

    /** The columns that the table takes from rows of that schema. */
    static List<BulkColumn> columns(
            CassandraContext context, BulkTableName name, TableMetadata table, Schema schema, BulkOptions options) {
        CqlScalars scalars = new CqlScalars(options.cutTimestamps());
        CqlValues values =
                CqlValues.ofRows(scalars, context.session().getContext().getCodecRegistry());
        return BulkMapping.of(name.toString(), table, schema, options, new BulkEncoders(scalars, values));
    }

    /**
     * Prepares the load.
     *
     * @param source what rejected rows are said to come from
     * @param log says how often rows may have been sent before
     */
    static BulkTarget prepare(
            CassandraContext context,
            BulkTableName name,
            BulkPlan plan,
            BulkOptions options,
            BulkNodes nodes,
            String source,
            BulkProgressLog log) {
        PreparedStatement prepared = prepared(context, name, plan.cql(), options);
        PreparedStatement ofStatic =
                plan.staticCql().isEmpty() ? null : prepared(context, name, plan.staticCql(), options);
        StatementDefaults defaults = context.defaults();
        if (options.consistency() != null) {
            defaults = new StatementDefaults(
                    options.consistency(),
                    defaults.serialConsistency(),
                    defaults.timeout(),
                    defaults.pageSize(),
                    defaults.idempotent(),
                    defaults.outageWait());
        }
        BulkStatements statements = new BulkStatements(plan, prepared, ofStatic, defaults, source);
        BulkAttempts attempts = new BulkAttempts(plan, log, name.toString());
        BulkRequests requests = new BulkRequests(context, name, plan, statements, options, source, attempts);
        int copies = BulkCopies.of(context.session(), name, defaults.consistency());
        EventListener listener = options.listener() == null
                ? context.listener()
                : options.listener().guarded();
        Work work = (options.work() == null ? context.work() : options.work()).started("load");
        return new BulkTarget(context, name, plan, requests, nodes, listener, work, options.outageWait(), copies);
    }

    private static PreparedStatement prepared(
            CassandraContext context, BulkTableName name, String cql, BulkOptions options) {
        return Waiting.on(
                name.toString(),
                "The rows cannot be written",
                Retries.whileAway(
                        context,
                        options.outageWait(),
                        true,
                        () -> context.prepared().prepare(context.keyspace(), cql)));
    }

    private Map<String, String> present() {
        SimpleStatement question = SimpleStatement.newInstance(
                        COLUMNS, name.keyspace().asInternal(), name.table().asInternal())
                .setIdempotent(true);
        Map<String, String> found = new HashMap<>();
        AsyncResultSet page = answer(() -> context.session().executeAsync(question));
        while (true) {
            for (Row row : page.currentPage()) {
                found.put(row.getString(0), row.getString(1));
            }
            if (!page.hasMorePages()) {
                return found;
            }
            page = answer(page::fetchNextPage);
        }
    }

    private AsyncResultSet answer(Supplier<CompletionStage<AsyncResultSet>> question) {
        return Waiting.on(
                subject(),
                "The columns of the table cannot be read",
                Retries.whileAway(context, outageWait, true, question));
    }

    /**
     * Checks that the table still has the columns that are written, after the server refused something.
     *
     * @throws KeywharfException with code {@code cassandra.schema_changed} when it has not
     */
    void requireUnchanged() {
        Map<String, String> now = present();
        if (now.isEmpty()) {
            throw changed("The table was dropped while rows were written into it; create it and load all rows again");
        }
        for (BulkColumn column : plan.columns()) {
            String key = column.name().asInternal();
            if (!java.util.Objects.equals(columns.get(key), now.get(key))) {
                throw changed("The column '" + key + "' was dropped or changed while rows were written; load all rows"
                        + " again into the table as it is now");
            }
        }
    }

    private KeywharfException changed(String problem) {
        return new KeywharfException("cassandra.schema_changed", subject(), problem);
    }

    String subject() {
        return name.toString();
    }

    /** On how many nodes a row is at least when it is acknowledged. */
    int copies() {
        return copies;
    }

    CassandraContext context() {
        return context;
    }

    BulkPlan plan() {
        return plan;
    }

    BulkRequests requests() {
        return requests;
    }

    BulkNodes nodes() {
        return nodes;
    }

    Work work() {
        return work;
    }

    EventListener listener() {
        return listener;
    }
}
