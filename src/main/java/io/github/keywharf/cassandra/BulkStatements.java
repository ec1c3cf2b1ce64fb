package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.BatchableStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatementBuilder;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Binds rows to the plan's prepared statement. Not thread-safe. */
final class BulkStatements {
    private final BulkPlan plan;
    private final BoundStatement template;
    private final @Nullable BoundStatement staticTemplate;
    private final StatementDefaults defaults;
    private final String source;
    private int bytes;
    private int weight;

    /**
     * @param ofStatic the statement for rows that have static values only, if there may be such rows
     */
    BulkStatements(
            BulkPlan plan,
            PreparedStatement prepared,
            @Nullable PreparedStatement ofStatic,
            StatementDefaults defaults,
            String source) {
        this.plan = plan;
        this.template = prepared.bind();
        this.staticTemplate = ofStatic == null ? null : ofStatic.bind();
        this.defaults = defaults;
        this.source = source;
    }

    /**
     * Binds one row, or rejects it.
     *
     * @param attempt how often the row was sent before
     * @return the statement, or null when the row was rejected
     */
    @Nullable
    BoundStatement bind(BulkWindow window, int row, int attempt) {
        if (window.isRefused(row)) {
            return null;
        }
        bytes = 0;
        weight = BulkPlan.ROW_WEIGHT;
        int position = window.position(row);
        boolean ofStatic = staticTemplate != null && plan.isStatic(window, row, position);
        BoundStatementBuilder builder =
                new BoundStatementBuilder(ofStatic && staticTemplate != null ? staticTemplate : template);
        List<BulkColumn> columns = plan.columns;
        for (int i = 0; i < columns.size(); i++) {
            int place = plan.place(i, ofStatic);
            if (place < 0) {
                continue;
            }
            BulkColumn column = columns.get(i);
            ByteBuffer value = plan.encode(column, window, row, position, source);
            if (value != null) {
                int length = value.remaining();
                bytes += length;
                weight += length + BulkPlan.CELL_WEIGHT;
                builder.setBytesUnsafe(place, value);
            } else if (window.isRefused(row)) {
                return null;
            } else if (plan.writesNulls) {
                builder.setBytesUnsafe(place, null);
            }
        }
        if (bytes > BulkPlan.MAX_ROW_BYTES) {
            window.reject(
                    source,
                    row,
                    "",
                    "The row has " + bytes + " bytes, more than the " + BulkPlan.MAX_ROW_BYTES
                            + " that a server takes in one request");
            return null;
        }
        if (plan.givesTimestamps) {
            builder.setBytesUnsafe(
                    plan.timestampPlace(ofStatic), CqlScalars.int64(plan.timestamp(window.firstRow() + row, attempt)));
        }
        return builder.build();
    }

    /** The bytes of the values of the row bound last. */
    int bytes() {
        return bytes;
    }

    /** What the row bound last counts against the server's limit of batches, about. */
    int weight() {
        return weight;
    }

    /** One request of these statements. */
    Statement<?> request(List<BoundStatement> rows) {
        boolean again = plan.mayBeSentAgainUnchanged();
        if (rows.size() == 1 && !plan.isCounter()) {
            return defaults.apply(rows.get(0)).setIdempotent(again);
        }
        BatchStatementBuilder batch = BatchStatement.builder(plan.isCounter() ? BatchType.COUNTER : BatchType.UNLOGGED)
                .addStatements(rows.toArray(new BatchableStatement<?>[0]));
        return defaults.apply(batch.build()).setIdempotent(again);
    }
}
