package io.github.keywharf.salesforce;

import io.github.keywharf.table.Rows;

/** Runs the queries of objects: all pages, as typed columns. */
@FunctionalInterface
interface ObjectQueries {

    /**
     * All rows of a query.
     *
     * @param withDeleted whether rows in the recycle bin are among them
     */
    Rows rows(String soql, boolean withDeleted);

    /** Queries of an org. */
    static ObjectQueries of(QueryContext context) {
        return (soql, withDeleted) -> {
            SalesforceQuery query = new SalesforceQuery(context, soql);
            return (withDeleted ? query.withDeleted() : query).rows();
        };
    }
}
