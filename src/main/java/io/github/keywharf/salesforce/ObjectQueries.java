package io.github.keywharf.salesforce;

import io.github.keywharf.table.Rows;
import org.jspecify.annotations.Nullable;

/** Runs the queries of objects: all pages, as typed columns. */
@FunctionalInterface
interface ObjectQueries {

    /**
     * All rows of a query.
     *
     * @param withDeleted whether rows in the recycle bin are among them
     */
    Rows rows(String soql, boolean withDeleted);

    /** Queries of an org. Types are read for each, as fields may have changed between runs of a copy. */
    static ObjectQueries of(SalesforceCalls calls, QueryContext.@Nullable BulkRows bulk) {
        return (soql, withDeleted) -> {
            SalesforceQuery query = new SalesforceQuery(new QueryContext(calls, new FieldTypes(calls), bulk), soql);
            return (withDeleted ? query.withDeleted() : query).rows();
        };
    }
}
