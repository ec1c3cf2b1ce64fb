package io.github.keywharf.salesforce;

import io.github.keywharf.table.Rows;

/** Runs the queries of a room that does not know how: all pages, as typed columns. */
@FunctionalInterface
interface ObjectQueries {

    /**
     * All rows of a query.
     *
     * @param withDeleted whether rows in the recycle bin are among them
     */
    Rows rows(String soql, boolean withDeleted);
}
