package io.github.keywharf.salesforce;

import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What queries of one org share.
 *
 * @param types of the org's fields
 * @param bulk runs queries as bulk jobs; null where there are none
 */
record QueryContext(SalesforceCalls calls, FieldTypes types, @Nullable BulkRows bulk) {

    /** Runs a query as a job of Bulk API 2.0. */
    @FunctionalInterface
    interface BulkRows {
        /**
         * The rows of a query.
         *
         * @param schema a column for each item of the select list, named as the item
         * @param object the source of the rows' origins
         * @param withDeleted whether deleted records are among them
         */
        Rows rows(String soql, Schema schema, String object, boolean withDeleted);
    }

    /** A query with its values. */
    SalesforceQuery query(String soql, java.util.Map<String, ?> values) {
        return new SalesforceQuery(this, Soql.bind(soql, values));
    }
}
