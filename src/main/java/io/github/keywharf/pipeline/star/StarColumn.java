package io.github.keywharf.pipeline.star;

import io.github.keywharf.table.Column;

/** A column of a star table under its canonical name, and where it comes from. */
public record StarColumn(Column target, ColumnRule rule) {}
