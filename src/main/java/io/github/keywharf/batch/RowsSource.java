package io.github.keywharf.batch;

import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowStep;
import io.github.keywharf.table.Rows;

/** Rows with their places in a tenant's file, which can be read twice: as the profile reads them, and as they stand there. */
interface RowsSource {

    /** The rows as the profile reads them. */
    Rows rows(RejectListener rejects);

    /** What makes the rows those that the profile declares, before its own steps. */
    RowStep fit();

    /**
     * The same rows in the same order with values that, written as JSON, are read as what they were: of text files the text,
     * of JSON the JSON (in columns of type JSON), of Parquet the values. Rows that cannot be read are left out.
     */
    Rows unread();
}
