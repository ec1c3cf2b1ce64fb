package io.github.keywharf.format;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** A column that has one of some values. */
final class FilterIn extends ParquetFilter {

    private final String column;
    private final List<ParquetFilter> equals;

    FilterIn(String column, Collection<?> values) {
        this.column = Objects.requireNonNull(column, "column");
        this.equals = values.stream()
                .map(value -> (ParquetFilter) new FilterComparison(column, FilterComparison.Operator.EQ, value))
                .toList();
    }

    @Override
    void columns(Set<String> names) {
        names.add(column);
    }

    @Override
    FilterTest bind(FilterContext context) {
        context.column(column);
        return new FilterJunction(equals, false).bind(context);
    }

    @Override
    public String toString() {
        return column + " IN " + equals;
    }
}
