package io.github.keywharf.sharing.server;

import io.github.keywharf.sharing.server.Hints.Part;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType.Kind;
import io.github.keywharf.table.Condition;
import io.github.keywharf.table.Schema;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The columns of a table as the hints of one request name them, and what may be said of them. Not thread-safe. */
final class HintColumns {

    /** How a column is compared with a value. */
    enum Operator {
        EQ,
        LT,
        LE,
        GT,
        GE;

        /** The same with its sides exchanged. */
        Operator flipped() {
            return switch (this) {
                case LT -> GT;
                case LE -> GE;
                case GT -> LT;
                case GE -> LE;
                default -> this;
            };
        }
    }

    /** What a literal is, by its writer's account. */
    enum Literal {
        TEXT,
        INTEGER,
        DATE,
        TIMESTAMP,
        BOOLEAN
    }

    /** Each is compared with each file; of more comparisons nothing is known. */
    private static final int MAX_COMPARISONS = 1_000;

    private final Schema schema;
    private final Map<String, Column> byName = new HashMap<>();
    private int comparisons;

    HintColumns(Schema schema) {
        this.schema = schema;
        schema.columns().forEach(column -> byName.put(column.name().toLowerCase(Locale.ROOT), column));
    }

    /** A column by its name in any case. */
    private Optional<Column> find(String name) {
        return Optional.ofNullable(byName.get(name.toLowerCase(Locale.ROOT)));
    }

    Part isNull(String name) {
        return find(name).map(column -> bound(Condition.isNull(column.name()))).orElse(Part.UNKNOWN);
    }

    /**
     * A comparison, where it means the same for the client and for the log: floats are left out, as clients differ in
     * where NaN stands, and so is whatever the client would cast.
     */
    Part compare(String name, Operator operator, Literal literal, String text) {
        Optional<Column> found = find(name);
        if (found.isEmpty()) {
            return Part.UNKNOWN;
        }
        Column column = found.get();
        Optional<Object> value;
        try {
            value = value(column.type().kind(), literal, text);
        } catch (DateTimeException | NumberFormatException e) {
            value = Optional.empty();
        }
        return value.map(known -> switch (operator) {
                    case EQ -> bound(Condition.eq(column.name(), known));
                    case LT -> bound(Condition.lt(column.name(), known));
                    case LE -> bound(Condition.le(column.name(), known));
                    case GT -> bound(Condition.gt(column.name(), known));
                    case GE -> bound(Condition.ge(column.name(), known));
                })
                .orElse(Part.UNKNOWN);
    }

    private static Optional<Object> value(Kind kind, Literal literal, String text) {
        return switch (kind) {
            case STRING -> Optional.<Object>of(text).filter(value -> literal == Literal.TEXT);
            case INT32, INT64 -> literal == Literal.INTEGER ? Optional.of(Long.valueOf(text)) : Optional.empty();
            case DATE -> literal == Literal.DATE ? Optional.of(LocalDate.parse(text)) : Optional.empty();
            case TIMESTAMP_UTC -> literal == Literal.TIMESTAMP ? Optional.of(Instant.parse(text)) : Optional.empty();
            case BOOLEAN ->
                literal == Literal.BOOLEAN && (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false"))
                        ? Optional.of(Boolean.valueOf(text))
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    /** A value that the column cannot have, such as a number of too many bits, is not a reason to refuse a hint. */
    private Part bound(Condition condition) {
        try {
            if (++comparisons > MAX_COMPARISONS) {
                return Part.UNKNOWN;
            }
            condition.bind(schema);
            return Part.of(condition);
        } catch (IllegalArgumentException e) {
            return Part.UNKNOWN;
        }
    }
}
