package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.postgres.internal.copy.CopyFormat;
import io.github.keywharf.postgres.internal.copy.TargetColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Plan of a copy that hands on the bytes of COPY.
 *
 * @param columns to copy
 * @param format in which all of them arrive as they were
 */
record CopyPlan(List<String> columns, CopyFormat format) {

    /** Built-in types whose binary format has no object id of another type, and does not depend on settings. */
    private static final Set<String> PLAIN = withArrays(
            "bit",
            "bool",
            "box",
            "bpchar",
            "bytea",
            "char",
            "cidr",
            "circle",
            "date",
            "float4",
            "float8",
            "inet",
            "int2",
            "int4",
            "int8",
            "json",
            "jsonb",
            "jsonpath",
            "line",
            "lseg",
            "macaddr",
            "macaddr8",
            "money",
            "name",
            "numeric",
            "oid",
            "path",
            "pg_lsn",
            "point",
            "polygon",
            "text",
            "tid",
            "time",
            "timestamp",
            "timestamptz",
            "timetz",
            "tsquery",
            "tsvector",
            "uuid",
            "varbit",
            "varchar",
            "xid",
            "xid8",
            "int4range",
            "int8range",
            "numrange",
            "tsrange",
            "tstzrange",
            "daterange",
            "int4multirange",
            "int8multirange",
            "nummultirange",
            "tsmultirange",
            "tstzmultirange",
            "datemultirange");

    private static Set<String> withArrays(String... types) {
        return Stream.of(types).flatMap(type -> Stream.of(type, "_" + type)).collect(Collectors.toUnmodifiableSet());
    }

    /** The plan; empty when a column differs in its type, or the table has no such column or needs others. */
    static Optional<CopyPlan> of(List<TargetColumn> source, TargetTable target) {
        List<String> columns = columns(source, target);
        boolean plain = true;
        for (TargetColumn column : source) {
            if (columns.contains(column.name())) {
                TargetColumn to = target.columns().get(column.name());
                if (to == null || to.generated() == TargetColumn.Generated.COMPUTED || !isSame(column, to)) {
                    return Optional.empty();
                }
                plain &= column.isEnum() || column.type().equals("citext") || PLAIN.contains(column.type());
            }
        }
        return target.lacks(columns).isEmpty()
                ? Optional.of(new CopyPlan(columns, plain ? CopyFormat.BINARY : CopyFormat.TEXT))
                : Optional.empty();
    }

    /** The columns of the source, but those that both sides compute. */
    static List<String> columns(List<TargetColumn> source, TargetTable target) {
        List<String> columns = new ArrayList<>();
        for (TargetColumn column : source) {
            TargetColumn to = target.columns().get(column.name());
            if (column.generated() != TargetColumn.Generated.COMPUTED
                    || to == null
                    || to.generated() != TargetColumn.Generated.COMPUTED) {
                columns.add(column.name());
            }
        }
        return columns;
    }

    /** Whether each value of one column is one of the other, in the same bytes; of a domain, the type beneath counts. */
    private static boolean isSame(TargetColumn from, TargetColumn to) {
        return from.type().equals(to.type())
                && (to.modifier() < 0 || from.modifier() == to.modifier())
                && to.labels().containsAll(from.labels());
    }
}
