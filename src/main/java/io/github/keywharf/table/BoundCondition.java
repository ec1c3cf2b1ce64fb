package io.github.keywharf.table;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** A {@link Condition} ready for rows of certain columns. Immutable and thread-safe. */
public final class BoundCondition {

    private final Term term;

    BoundCondition(Term term) {
        this.term = term;
    }

    /** Rows of a batch for which the condition is true; the same batch if it is true for all. */
    public ColumnBatch rest(ColumnBatch batch) {
        return rest(batch, batch);
    }

    /**
     * Rows of a second batch for which the condition is true in the first.
     *
     * @param batch has the columns that the condition reads
     * @param result has the same rows, perhaps with other columns
     */
    public ColumnBatch rest(ColumnBatch batch, ColumnBatch result) {
        byte[] states = term.states(batch);
        int[] positions = new int[states.length];
        int count = 0;
        for (int i = 0; i < states.length; i++) {
            if (states[i] == Term.TRUE) {
                positions[count++] = i;
            }
        }
        return count == states.length ? result : result.gather(positions, count);
    }

    /**
     * False only if the condition is true for no row of a group.
     *
     * @param group returns the statistics of a column in the group
     */
    public boolean mayBeTrue(Function<Column, ColumnStats> group) {
        return term.mayBeTrue(group);
    }

    /** A condition, or part of one, bound to the columns of some rows. */
    sealed interface Term {

        /** State of a row for which the condition is false. */
        byte FALSE = 0;

        /** State of a row for which the condition is true. */
        byte TRUE = 1;

        /** State of a row for which the condition is neither. */
        byte UNKNOWN = 2;

        /** State of each row of a batch. */
        byte[] states(ColumnBatch batch);

        /** False only if the condition is true for no row of a group. */
        boolean mayBeTrue(Function<Column, ColumnStats> group);

        /** False only if the condition is false for no row of a group. */
        boolean mayBeFalse(Function<Column, ColumnStats> group);
    }

    /** Translation of a {@link Condition} for rows of a schema. */
    record Binding(Schema schema) implements Condition.Visitor<Term> {
        @Override
        public Term comparison(String column, String operator, Object value) {
            Column bound = schema.column(column);
            return new Comparison(bound, Operator.of(operator), ConditionKey.of(bound, value));
        }

        @Override
        public Term isNull(String column) {
            return new IsNull(schema.column(column));
        }

        @Override
        public Term and(List<Term> parts) {
            return new Junction(parts, Term.FALSE);
        }

        @Override
        public Term or(List<Term> parts) {
            return new Junction(parts, Term.TRUE);
        }

        @Override
        public Term not(Term part) {
            return new Not(part);
        }
    }

    /** Relation between a column's value and the value that it is compared with. */
    enum Operator {
        EQ,
        LT,
        LE,
        GT,
        GE;

        static Operator of(String sign) {
            return switch (sign) {
                case "=" -> EQ;
                case "<" -> LT;
                case "<=" -> LE;
                case ">" -> GT;
                default -> GE;
            };
        }

        boolean holds(int order) {
            return switch (this) {
                case EQ -> order == 0;
                case LT -> order < 0;
                case LE -> order <= 0;
                case GT -> order > 0;
                case GE -> order >= 0;
            };
        }
    }

    /** Comparison of a column with a value. */
    record Comparison(Column column, Operator operator, ConditionKey key) implements Term {

        @Override
        public byte[] states(ColumnBatch batch) {
            ColumnVector vector = batch.column(column.name());
            byte[] states = new byte[batch.size()];
            for (int i = 0; i < states.length; i++) {
                if (vector.isNull(i)) {
                    states[i] = UNKNOWN;
                } else if (!isNaN(vector, i) && operator.holds(key.compare(vector, i))) {
                    states[i] = TRUE;
                }
            }
            return states;
        }

        private boolean isNaN(ColumnVector vector, int position) {
            return key.isNaN() || (vector instanceof DoubleVector doubles && Double.isNaN(doubles.doubleAt(position)));
        }

        @Override
        public boolean mayBeTrue(Function<Column, ColumnStats> group) {
            ColumnStats stats = group.apply(column);
            return !stats.hasNoValue() && stats.bounds().map(this::mayHold).orElse(true);
        }

        private boolean mayHold(ColumnStats.Bounds bounds) {
            int least = key.compareBound(bounds.min());
            int greatest = key.compareBound(bounds.max());
            return !key.isNaN()
                    && switch (operator) {
                        case EQ -> least <= 0 && greatest >= 0;
                        case LT, LE -> operator.holds(least);
                        case GT, GE -> operator.holds(greatest);
                    };
        }

        @Override
        public boolean mayBeFalse(Function<Column, ColumnStats> group) {
            ColumnStats stats = group.apply(column);
            if (stats.hasNoValue()) {
                return false;
            }
            ColumnType.Kind kind = column.type().kind();
            // A NaN lies within no bounds, and no comparison with it is true.
            boolean mayBeNaN = kind == ColumnType.Kind.FLOAT32 || kind == ColumnType.Kind.FLOAT64;
            return mayBeNaN
                    || stats.bounds().map(bounds -> !holdsBetween(bounds)).orElse(true);
        }

        private boolean holdsBetween(ColumnStats.Bounds bounds) {
            return operator.holds(key.compareBound(bounds.min())) && operator.holds(key.compareBound(bounds.max()));
        }
    }

    /** Test that a column's value is absent. */
    record IsNull(Column column) implements Term {

        @Override
        public byte[] states(ColumnBatch batch) {
            ColumnVector vector = batch.column(column.name());
            byte[] states = new byte[batch.size()];
            for (int i = 0; i < states.length; i++) {
                states[i] = vector.isNull(i) ? TRUE : FALSE;
            }
            return states;
        }

        @Override
        public boolean mayBeTrue(Function<Column, ColumnStats> group) {
            // Also true of an unknown number of nulls.
            return group.apply(column).nulls() != 0;
        }

        @Override
        public boolean mayBeFalse(Function<Column, ColumnStats> group) {
            return !group.apply(column).hasNoValue();
        }
    }

    /**
     * Conjunction or disjunction of parts.
     *
     * @param decisive the state of one part that decides the whole: {@link #FALSE} for AND, {@link #TRUE} for OR
     */
    record Junction(List<Term> parts, byte decisive) implements Term {

        @Override
        public byte[] states(ColumnBatch batch) {
            byte[] states = new byte[batch.size()];
            Arrays.fill(states, decisive == FALSE ? TRUE : FALSE);
            for (Term part : parts) {
                byte[] other = part.states(batch);
                for (int i = 0; i < states.length; i++) {
                    if (other[i] == decisive || states[i] == decisive) {
                        states[i] = decisive;
                    } else if (other[i] == UNKNOWN) {
                        states[i] = UNKNOWN;
                    }
                }
            }
            return states;
        }

        @Override
        public boolean mayBeTrue(Function<Column, ColumnStats> group) {
            return decisive == FALSE
                    ? parts.stream().allMatch(part -> part.mayBeTrue(group))
                    : parts.stream().anyMatch(part -> part.mayBeTrue(group));
        }

        @Override
        public boolean mayBeFalse(Function<Column, ColumnStats> group) {
            return decisive == FALSE
                    ? parts.stream().anyMatch(part -> part.mayBeFalse(group))
                    : parts.stream().allMatch(part -> part.mayBeFalse(group));
        }
    }

    /** Negation of a part. */
    record Not(Term part) implements Term {

        @Override
        public byte[] states(ColumnBatch batch) {
            byte[] states = part.states(batch);
            for (int i = 0; i < states.length; i++) {
                states[i] = states[i] == UNKNOWN ? UNKNOWN : (byte) (1 - states[i]);
            }
            return states;
        }

        @Override
        public boolean mayBeTrue(Function<Column, ColumnStats> group) {
            return part.mayBeFalse(group);
        }

        @Override
        public boolean mayBeFalse(Function<Column, ColumnStats> group) {
            return part.mayBeTrue(group);
        }
    }
}
