package io.github.keywharf.table;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** A column that has one of some values. */
final class ConditionIn extends Condition {

    private final String column;
    private final List<Condition> equals;

    ConditionIn(String column, Collection<?> values) {
        this.column = Objects.requireNonNull(column, "column");
        this.equals = values.stream()
                .map(value -> (Condition) new ConditionComparison(column, ConditionComparison.Operator.EQ, value))
                .toList();
    }

    @Override
    public <T> T accept(Visitor<T> visitor) {
        return visitor.or(equals.stream().map(equal -> equal.accept(visitor)).toList());
    }

    @Override
    void columns(Set<String> names) {
        names.add(column);
    }

    @Override
    ConditionTest test(Schema schema) {
        schema.column(column);
        return new ConditionJunction(equals, false).test(schema);
    }

    @Override
    public String toString() {
        return column + " IN " + equals;
    }
}
