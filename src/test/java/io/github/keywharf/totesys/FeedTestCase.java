package io.github.keywharf.totesys;

import io.github.keywharf.pipeline.ChangeDetection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.UnaryOperator;

/** A test whose pipelines take changes from a feed. */
abstract class FeedTestCase extends PipelineTestCase {

    final TotesysPipeline pipeline(UnaryOperator<TotesysPipeline.Builder> options) {
        return fixture.pipeline(builder ->
                options.apply(builder.name(fixture.sourceName).detection(ChangeDetection.LOGICAL_REPLICATION)));
    }

    final TotesysPipeline pipeline() {
        return pipeline(builder -> builder);
    }

    /** What was sold by an order, version by version. */
    final List<String> units(int order) throws SQLException {
        return fixture.list("SELECT units_sold FROM fact_sales_order WHERE sales_order_id = " + order
                + " ORDER BY sales_record_id");
    }
}
