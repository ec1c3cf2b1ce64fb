package io.github.keywharf.totesys;

import io.github.keywharf.table.Column;

/** A column of a star table under its canonical name, and where it comes from. */
record StarColumn(Column target, ColumnRule rule) {}
