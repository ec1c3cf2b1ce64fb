package io.github.keywharf.format;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.Schema;

/** The columns that a filter is bound to. */
record FilterContext(Schema schema) {

    Column column(String name) {
        return schema.column(name);
    }
}
