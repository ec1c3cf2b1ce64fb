package io.github.keywharf.format.delta;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows with a column of each type, and small ones for tests that are about something else. */
final class SampleTable {

    /** Partition columns first, then each type. */
    static final Schema ALL_TYPES = Schema.of(
            Column.nullable("tenant", ColumnType.STRING),
            Column.nullable("day", ColumnType.DATE),
            Column.required("id", ColumnType.INT64),
            Column.nullable("truth", ColumnType.BOOLEAN),
            Column.nullable("whole", ColumnType.INT32),
            Column.nullable("single", ColumnType.FLOAT32),
            Column.nullable("twice", ColumnType.FLOAT64),
            Column.nullable("price", ColumnType.decimal(9, 2)),
            Column.nullable("amount", ColumnType.decimal(18, 4)),
            Column.nullable("vast", ColumnType.decimal(38, 10)),
            Column.nullable("text", ColumnType.STRING),
            Column.nullable("bytes", ColumnType.BYTES),
            Column.nullable("birthday", ColumnType.DATE),
            Column.nullable("at", ColumnType.TIMESTAMP_UTC),
            Column.nullable("local", ColumnType.TIMESTAMP),
            Column.nullable("tags", ColumnType.list(ColumnType.STRING)),
            Column.nullable("counts", ColumnType.map(ColumnType.STRING, ColumnType.INT64)),
            Column.nullable(
                    "place",
                    ColumnType.struct(List.of(
                            Column.nullable("city", ColumnType.STRING),
                            Column.nullable("seen", ColumnType.TIMESTAMP_UTC),
                            Column.nullable("codes", ColumnType.list(ColumnType.INT32))))));

    static final List<String> PARTITIONS = List.of("tenant", "day");

    /** A tenant and a number. */
    static final Schema USAGE =
            Schema.of(Column.nullable("tenant", ColumnType.STRING), Column.nullable("n", ColumnType.INT64));

    private SampleTable() {}

    /** Tenants with all that a path or a folder might not take, and without a value. */
    static final List<@Nullable String> TENANTS =
            Arrays.asList("plain", "a b%20c", "ü/€ = \"x\"?#", null, ".", "..", "t".repeat(150));

    static Rows allTypes() {
        List<ColumnVector.Builder> builders = ColumnBatch.builders(ALL_TYPES, 64);
        long id = 0;
        for (int round = 0; round < 3; round++) {
            for (String tenant : TENANTS) {
                LocalDate day = id % 5 == 4 ? null : LocalDate.of(2026, 11, 23).minusDays(id % 2);
                append(builders, tenant, day, id++);
            }
        }
        return Rows.of(ALL_TYPES, List.of(ColumnBatch.build(ALL_TYPES, builders)));
    }

    private static void append(
            List<ColumnVector.Builder> to, @Nullable String tenant, @Nullable LocalDate day, long id) {
        boolean none = id % 4 == 3;
        List<@Nullable Object> row = none
                ? new ArrayList<>(Collections.nCopies(ALL_TYPES.size(), null))
                : new ArrayList<>(Arrays.<Object>asList(
                        null,
                        null,
                        null,
                        id % 2 == 0,
                        (int) (id - 10),
                        id / 3f,
                        -id / 7.0,
                        BigDecimal.valueOf(id * 100 - 7, 2),
                        BigDecimal.valueOf(id * 1_000_000_007L, 4),
                        new BigDecimal("1234567890123456789012345678.0123456789").subtract(BigDecimal.valueOf(id)),
                        "text ".repeat((int) id) + "ü€😀",
                        new byte[] {(byte) id, 0, -1},
                        LocalDate.of(1969, 12, 31).plusDays(id * 1000),
                        Instant.parse("2026-11-23T10:11:12.345678Z").minusSeconds(id * 3_000_000),
                        LocalDateTime.parse("1960-02-29T23:59:59.999999").plusDays(id),
                        Arrays.asList("a", null, "" + id),
                        Map.of("k" + id, id),
                        place(id)));
        row.set(0, tenant);
        row.set(1, day);
        row.set(2, id);
        for (int i = 0; i < to.size(); i++) {
            to.get(i).appendValue(row.get(i));
        }
    }

    private static Map<String, @Nullable Object> place(long id) {
        Map<String, @Nullable Object> place = new LinkedHashMap<>();
        place.put("city", id % 3 == 0 ? null : "city " + id);
        place.put("seen", Instant.ofEpochSecond(id, 123_456_000));
        place.put("codes", List.of((int) id, -1));
        return place;
    }

    /** Rows of a tenant, with the numbers from one on to another, which is not included. */
    static Rows usage(@Nullable String tenant, long from, long to) {
        List<ColumnVector.Builder> builders = ColumnBatch.builders(USAGE, 16);
        for (long n = from; n < to; n++) {
            builders.get(0).appendValue(tenant);
            builders.get(1).appendValue(n);
        }
        return Rows.of(USAGE, List.of(ColumnBatch.build(USAGE, builders)));
    }

    /** The numbers of all rows, in order. */
    static List<Long> numbers(Rows rows) {
        try (rows) {
            return rows.stream().map(row -> row.longValue("n")).sorted().toList();
        }
    }

    /** Each row as a line, as the oracle writes it, in order. */
    static List<String> lines(Rows rows) {
        try (rows) {
            return rows.stream().map(SampleTable::line).sorted().toList();
        }
    }

    private static String line(Row row) {
        return text(row.toMap(), ColumnType.struct(row.schema().columns()));
    }

    private static String text(@Nullable Object value, ColumnType type) {
        if (value == null) {
            return "null";
        }
        StringBuilder text = new StringBuilder();
        switch (type.kind()) {
            case STRUCT -> {
                text.append('{');
                for (Column field : type.children()) {
                    text.append(field.name())
                            .append('=')
                            .append(text(((Map<?, ?>) value).get(field.name()), field.type()))
                            .append(';');
                }
                return text.append('}').toString();
            }
            case LIST -> {
                text.append('[');
                ((List<?>) value)
                        .forEach(element -> text.append(
                                        text(element, type.children().get(0).type()))
                                .append(';'));
                return text.append(']').toString();
            }
            case MAP -> {
                text.append('{');
                ((Map<?, ?>) value)
                        .forEach((key, inner) -> text.append(
                                        text(key, type.children().get(0).type()))
                                .append('=')
                                .append(text(inner, type.children().get(1).type()))
                                .append(';'));
                return text.append('}').toString();
            }
            case STRING -> {
                return "'" + value + "'";
            }
            case BYTES -> {
                return HexFormat.of().formatHex((byte[]) value);
            }
            case DECIMAL -> {
                return ((BigDecimal) value).toPlainString();
            }
            case DATE -> {
                return "" + ((LocalDate) value).toEpochDay();
            }
            case TIMESTAMP -> {
                return "" + io.github.keywharf.table.Micros.of((LocalDateTime) value);
            }
            case TIMESTAMP_UTC -> {
                return "" + io.github.keywharf.table.Micros.of((Instant) value);
            }
            default -> {
                return value.toString();
            }
        }
    }
}
