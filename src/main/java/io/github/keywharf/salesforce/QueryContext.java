package io.github.keywharf.salesforce;

import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What queries of one org share.
 *
 * @param describe what the org has
 * @param bulk runs queries as bulk jobs
 * @param known an object that need not be described again
 */
record QueryContext(
        SalesforceCalls calls, SalesforceDescribe describe, BulkRows bulk, Optional<SalesforceDescription> known) {

    QueryContext(SalesforceCalls calls, SalesforceDescribe describe, BulkRows bulk) {
        this(calls, describe, bulk, Optional.empty());
    }

    /** For queries of an object that was just described. */
    QueryContext knowing(SalesforceDescription description) {
        return new QueryContext(calls, describe, bulk, Optional.of(description));
    }

    /** Runs a query as a job of Bulk API 2.0. */
    @FunctionalInterface
    interface BulkRows {
        /**
         * The rows of a query.
         *
         * @param schema a column for each item of the select list, named as the item
         * @param object the source of the rows' origins
         * @param withDeleted whether deleted records are among them
         * @param job the id of a job that was made for this query before; null makes one
         */
        Rows rows(String soql, Schema schema, String object, boolean withDeleted, @Nullable String job);
    }

    /** The columns of a query. */
    QueryColumns columns(SoqlSelect select) {
        return QueryColumns.of(select, new FieldTypes(calls, describe, known));
    }

    /** A query with its values. */
    SalesforceQuery query(String soql, Map<String, ?> values) {
        return new SalesforceQuery(this, Soql.bind(soql, values));
    }
}
