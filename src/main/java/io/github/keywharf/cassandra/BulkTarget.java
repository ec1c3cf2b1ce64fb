package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.schema.TableMetadata;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import io.github.keywharf.table.Schema;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** The table that a load writes into, as it was found at the beginning. */
final class BulkTarget {
    private static final String COLUMNS =
            "SELECT column_name, type FROM system_schema.columns WHERE keyspace_name = ? AND table_name = ?";

    final CassandraContext context;
    final BulkPlan plan;
    final BulkRequests requests;
    final BulkNodes nodes;
    final EventListener listener;
    final Work work;

    /** On how many nodes a row is at least when it is acknowledged. */
    final int copies;

    private final BulkTableName name;
    private final Duration patience;
    private final Map<String, String> columns;

    /**
     * Prepares the load.
     *
     * @param source what rejected rows are said to come from
     * @param log says how often rows may have been sent before
     */
    BulkTarget(
            CassandraContext context,
            BulkTableName name,
            BulkPlan plan,
            BulkOptions options,
            BulkNodes nodes,
            String source,
            BulkProgressLog log) {
        this.context = context;
        this.name = name;
        this.plan = plan;
        this.nodes = nodes;
        this.patience = options.patience;
        PreparedStatement prepared = prepared(plan.cql);
        PreparedStatement ofStatic = plan.staticCql.isEmpty() ? null : prepared(plan.staticCql);
        StatementDefaults defaults = context.defaults();
        if (options.consistency != null) {
            defaults = defaults.with(options.consistency);
        }
        BulkStatements statements = new BulkStatements(plan, prepared, ofStatic, defaults, source);
        this.requests = new BulkRequests(context, name, plan, statements, options, source, log);
        this.copies = BulkCopies.of(context.session(), name, defaults.consistency());
        this.listener = options.listener == null ? context.listener() : options.listener.guarded();
        this.work = (options.work == null ? context.work() : options.work).started("load");
        this.columns = present();
    }

    /** The columns that the table takes from rows of that schema. */
    static List<BulkColumn> columns(
            CassandraContext context, BulkTableName name, TableMetadata table, Schema schema, BulkOptions options) {
        CqlScalars scalars = new CqlScalars(options.cutTimestamps);
        CqlValues values =
                CqlValues.ofRows(scalars, context.session().getContext().getCodecRegistry());
        return BulkMapping.of(name.toString(), table, schema, options, new BulkEncoders(scalars, values));
    }

    private PreparedStatement prepared(String cql) {
        return Waiting.on(
                subject(),
                "The rows cannot be written",
                Retries.whileAway(
                        context, patience, true, () -> context.prepared().prepare(context.keyspace(), cql)));
    }

    private Map<String, String> present() {
        SimpleStatement question = SimpleStatement.newInstance(
                        COLUMNS, name.keyspace().asInternal(), name.table().asInternal())
                .setIdempotent(true);
        return Waiting.on(
                        subject(),
                        "The columns of the table cannot be read",
                        Retries.whileAway(
                                context,
                                patience,
                                true,
                                () -> context.session().executeAsync(question).thenCompose(AllPages::of)))
                .stream()
                .collect(Collectors.toMap(
                        row -> String.valueOf(row.getString(0)), row -> String.valueOf(row.getString(1))));
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
        for (BulkColumn column : plan.columns) {
            String key = column.name().asInternal();
            if (!Objects.equals(columns.get(key), now.get(key))) {
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
}
