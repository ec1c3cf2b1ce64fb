package io.github.keywharf.postgres.internal.copy;

import io.github.keywharf.table.Rows;
import java.util.List;

/** A table or view that is copied, under one snapshot. */
public interface CopySource {

    /** Name of the table. */
    String name();

    /** The columns as the server describes them. */
    List<TargetColumn> columns();

    /** About how many blocks there are; 0 where rows cannot be found by their block. */
    long blocks();

    /** Number of connections that read at the same time. */
    int readers();

    /** The rows, decoded. */
    Rows rows(List<String> columns);

    /**
     * Requires that parts that were read have all rows together.
     *
     * @throws io.github.keywharf.KeywharfException with code {@code postgres.table_rewritten} when the table was changed
     */
    void requireUnrewritten();

    /** The rows of a part as the bytes in which COPY brings them. */
    Rows raw(List<String> columns, Blocks part, CopyFormat format);
}
