package io.github.keywharf.pipeline.star;

import io.github.keywharf.internal.Cut;
import io.github.keywharf.pipeline.zone.BatchRejects;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.IntVector;
import io.github.keywharf.table.LongVector;
import io.github.keywharf.table.Micros;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowMask;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Makes the rows of one star table from the rows of its driving table, column by column. Rows that have no place in the
 * warehouse are rejected; the others continue. Not thread-safe.
 */
public final class StarTransform {

    private static final int MOST_DIGITS = 1_000;

    private final StarTable table;
    private final String source;
    private final RejectListener rejects;
    private final Map<String, LookupTable> lookups = new HashMap<>();
    private long rowsBefore;

    /**
     * @param table to make
     * @param source where the rows come from, for the rejected ones
     * @param lookups the tables that values are looked up in, by name
     * @param unread rows of those tables that the extraction rejected, by table
     * @param rejects gets each row that is rejected
     */
    public StarTransform(
            StarTable table,
            String source,
            Map<String, Table> lookups,
            Map<String, BatchRejects> unread,
            RejectListener rejects) {
        this.table = table;
        this.source = source;
        this.rejects = rejects;
        for (StarColumn column : table.columns()) {
            if (column.rule() instanceof ColumnRule.Lookup lookup) {
                Table found = lookups.get(lookup.table());
                if (found == null) {
                    throw new IllegalArgumentException(
                            table.canonical() + " needs the rows of '" + lookup.table() + "' to look values up in");
                }
                this.lookups.computeIfAbsent(
                        lookup.table(), name -> new LookupTable(found, lookup.key(), unread.get(name)));
            }
        }
    }

    /** The rows of the star table; fewer than came in where some are rejected, perhaps none. */
    public ColumnBatch apply(ColumnBatch batch) {
        Schema schema = table.target().schema();
        RowMask rejected = new RowMask(batch, source, rowsBefore);
        List<ColumnVector> vectors = new ArrayList<>(schema.size());
        for (StarColumn column : table.columns()) {
            ColumnVector vector = made(column, batch, rejected);
            if (!column.target().nullable() && vector.hasNulls()) {
                rejectNulls(column, vector, rejected);
            }
            vectors.add(vector);
        }
        rejected.report(rejects);
        rowsBefore += batch.size();
        return rejected.rest(batch.withColumns(schema, vectors));
    }

    private static void rejectNulls(StarColumn column, ColumnVector vector, RowMask rejected) {
        String reason = "There is no value, but " + column.target().name() + " must have one";
        for (int i = 0; i < vector.size(); i++) {
            if (vector.isNull(i)) {
                rejected.reject(i, column.rule().source(), reason);
            }
        }
    }

    private ColumnVector made(StarColumn column, ColumnBatch batch, RowMask rejected) {
        ColumnRule rule = column.rule();
        ColumnVector in = batch.column(rule.source());
        if (rule instanceof ColumnRule.Copy) {
            return copied(in, column.target(), rejected);
        }
        if (rule instanceof ColumnRule.DateOf) {
            return dates((LongVector) in, column, rejected);
        }
        if (rule instanceof ColumnRule.TimeOf) {
            return times((LongVector) in);
        }
        if (rule instanceof ColumnRule.DateText) {
            return parsed((BytesVector) in, column, rejected);
        }
        if (rule instanceof ColumnRule.CurrencyName currency) {
            return named((BytesVector) in, currency, rejected);
        }
        return lookedUp(in, (ColumnRule.Lookup) rule, column.target().type(), rejected);
    }

    private static ColumnVector copied(ColumnVector in, Column target, RowMask rejected) {
        if (in.type().equals(target.type())) {
            return in;
        }
        boolean isText =
                in.type().kind() == ColumnType.Kind.STRING && target.type().kind() == ColumnType.Kind.DECIMAL;
        ColumnVector.Builder out = ColumnVector.builder(target.type(), in.size());
        for (int i = 0; i < in.size(); i++) {
            try {
                out.appendValue(isText && !in.isNull(i) ? number(((BytesVector) in).stringAt(i)) : in.value(i));
            } catch (ArithmeticException | NumberFormatException e) {
                rejected.reject(
                        i,
                        target.name(),
                        "The value " + Cut.to(String.valueOf(in.value(i)), 40) + " does not fit " + target.type());
                out.appendNull();
            }
        }
        return out.build();
    }

    /** The number that a text names, without exponents that would need a gigabyte to write out. */
    private static BigDecimal number(String text) {
        BigDecimal number = new BigDecimal(text.strip());
        if (Math.abs(number.scale()) > MOST_DIGITS) {
            throw new ArithmeticException("too many digits");
        }
        return number;
    }

    private static ColumnVector dates(LongVector in, StarColumn column, RowMask rejected) {
        IntVector.Builder out = (IntVector.Builder) ColumnVector.builder(ColumnType.DATE, in.size());
        return each(in, out, row -> {
            int day = (int) Math.floorDiv(in.longAt(row), Micros.PER_DAY);
            if (CalendarDays.has(day)) {
                out.append(day);
            } else {
                rejected.reject(
                        row, column.rule().source(), "The year of " + in.value(row) + " is not within 1 to 9999");
                out.appendNull();
            }
        });
    }

    /** Appends something for each value that is not null, and null for the others. */
    private static ColumnVector each(ColumnVector in, ColumnVector.Builder out, IntConsumer append) {
        boolean nulls = in.hasNulls();
        for (int row = 0; row < in.size(); row++) {
            if (nulls && in.isNull(row)) {
                out.appendNull();
            } else {
                append.accept(row);
            }
        }
        return out.build();
    }

    private static ColumnVector times(LongVector in) {
        LongVector.Builder out = (LongVector.Builder) ColumnVector.builder(ColumnType.TIME, in.size());
        return each(in, out, row -> out.append(Math.floorMod(in.longAt(row), Micros.PER_DAY)));
    }

    private static ColumnVector parsed(BytesVector in, StarColumn column, RowMask rejected) {
        IntVector.Builder out = (IntVector.Builder) ColumnVector.builder(ColumnType.DATE, in.size());
        return each(in, out, row -> {
            int day = DateTexts.epochDay(in, row);
            if (day == DateTexts.INVALID) {
                rejected.reject(
                        row,
                        column.rule().source(),
                        "'" + Cut.to(in.stringAt(row), 40) + "' is not a day; write it as yyyy-mm-dd");
                out.appendNull();
            } else {
                out.append(day);
            }
        });
    }

    private static ColumnVector named(BytesVector in, ColumnRule.CurrencyName rule, RowMask rejected) {
        ColumnVector.Builder out = ColumnVector.builder(ColumnType.STRING, in.size());
        for (int i = 0; i < in.size(); i++) {
            Optional<String> name = in.isNull(i)
                    ? Optional.empty()
                    : IsoCurrencies.name(in.stringAt(i)).or(rule::fallback);
            if (name.isEmpty() && !in.isNull(i)) {
                rejected.reject(
                        i,
                        rule.source(),
                        "ISO 4217 has no currency '" + Cut.to(in.stringAt(i), 40)
                                + "'; correct the code, or give the star schema a currency fallback");
            }
            out.appendValue(name.orElse(null));
        }
        return out.build();
    }

    private ColumnVector lookedUp(ColumnVector in, ColumnRule.Lookup rule, ColumnType type, RowMask rejected) {
        LookupTable found = lookups.get(rule.table());
        ColumnVector.Builder out = ColumnVector.builder(type, in.size());
        for (int i = 0; i < in.size(); i++) {
            Object key = in.value(i);
            Object value = found == null ? null : found.value(key, rule.column());
            if (value == null && found != null && found.isUnread(key)) {
                rejected.reject(
                        i,
                        rule.source(),
                        "The row of " + rule.table() + " with " + rule.key() + " " + key
                                + " could not be read; correct it in the source");
            }
            out.appendValue(value == null ? rule.placeholder().orElse(null) : value);
        }
        return out.build();
    }
}
