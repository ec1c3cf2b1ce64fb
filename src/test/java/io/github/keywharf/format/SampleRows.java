package io.github.keywharf.format;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Micros;
import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.Batches;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Many rows of any types from a seed: some columns with few values, some with all different ones, some without nulls. */
final class SampleRows {

    private final Random random;

    SampleRows(long seed) {
        random = new Random(seed);
    }

    /** A schema with a column of each type, of which every third cannot be null. */
    static Schema schema(List<ColumnType> types) {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            columns.add(new Column("c" + i, types.get(i), i % 3 != 1));
        }
        return Schema.of(columns);
    }

    /** A schema of one column for each type that is not nested. */
    static Schema scalars() {
        return schema(Batches.scalars());
    }

    ColumnBatch batch(Schema schema, int rows) {
        List<ColumnVector.Builder> builders = ColumnBatch.builders(schema, rows);
        for (int c = 0; c < schema.size(); c++) {
            Column column = schema.column(c);
            boolean few = random.nextBoolean();
            double nulls = column.nullable() ? random.nextInt(3) * 0.3 : 0;
            for (int r = 0; r < rows; r++) {
                boolean absent = random.nextDouble() < nulls;
                builders.get(c).appendValue(absent ? null : value(column.type(), few ? 5 : Integer.MAX_VALUE));
            }
        }
        return ColumnBatch.build(schema, builders);
    }

    Object value(ColumnType type, int distinct) {
        long number = (long) random.nextInt(distinct) - distinct / 2;
        return switch (type.kind()) {
            case BOOLEAN -> random.nextBoolean();
            case INT32 -> (int) number;
            case INT64 -> number * 4_000_000_007L;
            case FLOAT32 -> number / 4f;
            case FLOAT64 -> number / 8.0;
            case DECIMAL ->
                new BigDecimal(
                        BigInteger.valueOf(number)
                                .multiply(BigInteger.TEN.pow(Math.max(0, type.precision() - 11)))
                                .remainder(BigInteger.TEN.pow(type.precision())),
                        type.scale());
            case STRING -> "grüße".repeat(random.nextInt(3)) + number;
            case JSON -> "{\"n\":" + number + "}";
            case BYTES -> BigInteger.valueOf(number).toByteArray();
            case UUID -> new UUID(number, number * 31);
            case DATE -> LocalDate.ofEpochDay(number / 1000);
            case TIME -> LocalTime.ofNanoOfDay(Math.floorMod(number * 7_777_777, Micros.PER_DAY) * 1_000);
            case TIMESTAMP -> Micros.toLocalDateTime(number * 1_000_003);
            case TIMESTAMP_UTC -> Micros.toInstant(number * 1_000_003);
            case LIST -> list(type.children().get(0), distinct);
            case MAP -> {
                Map<Object, @Nullable Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    map.put(
                            value(type.children().get(0).type(), distinct),
                            part(type.children().get(1), distinct));
                }
                yield map;
            }
            case STRUCT -> {
                Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                type.children().forEach(field -> fields.put(field.name(), part(field, distinct)));
                yield fields;
            }
        };
    }

    private List<@Nullable Object> list(Column element, int distinct) {
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            list.add(part(element, distinct));
        }
        return list;
    }

    private @Nullable Object part(Column column, int distinct) {
        return column.nullable() && random.nextInt(5) == 0 ? null : value(column.type(), distinct);
    }

    /** All values of these rows, ready to compare. */
    static List<List<@Nullable Object>> values(Iterable<ColumnBatch> batches) {
        List<List<@Nullable Object>> values = new ArrayList<>();
        for (ColumnBatch batch : batches) {
            values.addAll(Batches.values(batch));
        }
        return values;
    }
}
