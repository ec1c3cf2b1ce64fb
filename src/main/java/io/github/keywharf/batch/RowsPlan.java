package io.github.keywharf.batch;

import io.github.keywharf.format.TextValues;
import io.github.keywharf.table.RowStep;
import io.github.keywharf.table.Schema;
import java.util.Optional;

/**
 * What a profile says about rows.
 *
 * @param schema the columns and types of the files; those of each file when absent
 * @param values how text is read
 * @param steps what is done to the rows
 * @param rowId the column that takes their ids
 */
record RowsPlan(Optional<Schema> schema, TextValues values, RowStep steps, Optional<String> rowId) {

    static RowsPlan of(TenantProfile profile) {
        return new RowsPlan(profile.schema(), profile.values(), profile.steps(), profile.rowId());
    }
}
