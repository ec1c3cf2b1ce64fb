package io.github.keywharf.testing;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Micros;
import io.github.keywharf.table.Schema;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.jspecify.annotations.Nullable;

/** Arbitrary schemas and batches of every type, with nulls at any place, for properties. */
public final class Batches {

    private static final List<ColumnType> SCALARS = List.of(
            ColumnType.BOOLEAN,
            ColumnType.INT32,
            ColumnType.INT64,
            ColumnType.FLOAT32,
            ColumnType.FLOAT64,
            ColumnType.decimal(10, 2),
            ColumnType.decimal(18, 18),
            ColumnType.decimal(18, 0),
            ColumnType.decimal(38, 9),
            ColumnType.STRING,
            ColumnType.JSON,
            ColumnType.BYTES,
            ColumnType.UUID,
            ColumnType.DATE,
            ColumnType.TIME,
            ColumnType.TIMESTAMP,
            ColumnType.TIMESTAMP_UTC);

    private static final List<ColumnType> NESTED = List.of(
            ColumnType.list(ColumnType.INT32),
            ColumnType.list(ColumnType.STRING),
            ColumnType.map(ColumnType.STRING, ColumnType.decimal(38, 9)),
            ColumnType.map(ColumnType.INT64, ColumnType.list(ColumnType.TIMESTAMP)),
            ColumnType.struct(List.of(
                    Column.nullable("a", ColumnType.DATE),
                    Column.required("b", ColumnType.STRING),
                    Column.nullable("c", ColumnType.list(ColumnType.UUID)))));

    private Batches() {}

    /** Every type that is not nested. */
    public static List<ColumnType> scalars() {
        return SCALARS;
    }

    /** Every type, nested ones included. */
    public static List<ColumnType> types() {
        List<ColumnType> types = new ArrayList<>(SCALARS);
        types.addAll(NESTED);
        return types;
    }

    /** Batches of up to eight columns of these types and up to 80 rows. */
    public static Arbitrary<ColumnBatch> of(List<ColumnType> types) {
        return Arbitraries.of(types).list().ofMinSize(1).ofMaxSize(8).flatMap(chosen -> {
            List<Column> columns = new ArrayList<>();
            for (int i = 0; i < chosen.size(); i++) {
                columns.add(Column.nullable("column " + i, chosen.get(i)));
            }
            Schema schema = Schema.of(columns);
            List<Arbitrary<@Nullable Object>> values =
                    chosen.stream().map(type -> value(type).injectNull(0.2)).toList();
            return Combinators.combine(values)
                    .as(row -> row)
                    .list()
                    .ofMaxSize(80)
                    .map(rows -> build(schema, rows));
        });
    }

    /** A batch of these rows. */
    public static ColumnBatch build(Schema schema, List<? extends List<? extends @Nullable Object>> rows) {
        List<ColumnVector.Builder> builders = ColumnBatch.builders(schema, 0);
        for (List<? extends @Nullable Object> row : rows) {
            for (int i = 0; i < schema.size(); i++) {
                builders.get(i).appendValue(row.get(i));
            }
        }
        return ColumnBatch.build(schema, builders);
    }

    /** All values of a batch, row by row, with bytes as lists so that they can be compared. */
    public static List<List<@Nullable Object>> values(ColumnBatch batch) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (int r = 0; r < batch.size(); r++) {
            List<@Nullable Object> row = new ArrayList<>();
            for (int c = 0; c < batch.schema().size(); c++) {
                row.add(comparable(batch.column(c).value(r)));
            }
            rows.add(row);
        }
        return rows;
    }

    /** The value, with bytes as a list. */
    public static @Nullable Object comparable(@Nullable Object value) {
        return value instanceof byte[] bytes ? "bytes " + new BigInteger(1, bytes) + "/" + bytes.length : value;
    }

    /** Values of a type, never null. */
    public static Arbitrary<Object> value(ColumnType type) {
        return switch (type.kind()) {
            case BOOLEAN -> Arbitraries.of(true, false).asGeneric();
            case INT32 -> Arbitraries.integers().asGeneric();
            case INT64 -> Arbitraries.longs().asGeneric();
            case FLOAT32 ->
                Arbitraries.oneOf(
                                Arbitraries.floats(),
                                Arbitraries.of(
                                        Float.NaN,
                                        Float.POSITIVE_INFINITY,
                                        Float.NEGATIVE_INFINITY,
                                        -0f,
                                        Float.MIN_VALUE))
                        .asGeneric();
            case FLOAT64 ->
                Arbitraries.oneOf(
                                Arbitraries.doubles(),
                                Arbitraries.of(
                                        Double.NaN,
                                        Double.POSITIVE_INFINITY,
                                        Double.NEGATIVE_INFINITY,
                                        -0d,
                                        Double.MIN_VALUE))
                        .asGeneric();
            case DECIMAL -> {
                BigInteger limit = BigInteger.TEN.pow(type.precision()).subtract(BigInteger.ONE);
                yield Arbitraries.bigIntegers()
                        .between(limit.negate(), limit)
                        .map(unscaled -> new BigDecimal(unscaled, type.scale()));
            }
            case STRING -> text().asGeneric();
            case JSON ->
                Arbitraries.of("{}", "[1,2.50]", "\"a\\n\"", "12", "1E+400", "{\"a\":{\"b\":[true,\"x,y\"]}}")
                        .asGeneric();
            case BYTES -> Arbitraries.bytes().array(byte[].class).ofMaxSize(40).asGeneric();
            case UUID ->
                Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(UUID::new);
            case DATE -> Arbitraries.integers().map(LocalDate::ofEpochDay).map(day -> (Object) day);
            case TIME ->
                Arbitraries.longs().between(0, Micros.PER_DAY - 1).map(micros -> LocalTime.ofNanoOfDay(micros * 1_000));
            case TIMESTAMP -> micros().map(Micros::toLocalDateTime);
            case TIMESTAMP_UTC -> micros().map(Micros::toInstant);
            case LIST ->
                value(type.children().get(0).type())
                        .injectNull(0.2)
                        .list()
                        .ofMaxSize(4)
                        .asGeneric();
            case MAP ->
                Combinators.combine(
                                value(type.children().get(0).type())
                                        .list()
                                        .uniqueElements()
                                        .ofMaxSize(3),
                                value(type.children().get(1).type())
                                        .injectNull(0.2)
                                        .list()
                                        .ofSize(3))
                        .as(Batches::map);
            case STRUCT ->
                Combinators.combine(type.children().stream()
                                .map(field ->
                                        field.nullable() ? value(field.type()).injectNull(0.2) : value(field.type()))
                                .toList())
                        .as(values ->
                                map(type.children().stream().map(Column::name).toList(), values));
        };
    }

    /** Text with everything in it that formats use themselves. */
    public static Arbitrary<String> text() {
        Arbitrary<String> nasty = Arbitraries.strings()
                .withChars(',', '"', '\n', '\r', '\\', ';', '\t', ' ', 'a', '.', 'N', '\'', '\uFEFF', 'é', '€', '{')
                .ofMaxLength(8);
        Arbitrary<String> any = Arbitraries.strings().ofMaxLength(20).filter(Batches::isUnicode);
        return Arbitraries.oneOf(nasty, any, Arbitraries.of("", "\\.", "\\N", "null", "😀😀", "true", "0"));
    }

    private static boolean isUnicode(String text) {
        return new HashSet<>(text.codePoints().boxed().toList())
                .stream().noneMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
    }

    private static Arbitrary<Long> micros() {
        return Arbitraries.longs().between(Micros.PER_DAY / 1_000 * -300_000_000L, 100_000L * 365 * Micros.PER_DAY);
    }

    private static Map<Object, @Nullable Object> map(List<?> keys, List<? extends @Nullable Object> values) {
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            map.put(keys.get(i), values.get(i));
        }
        return Collections.unmodifiableMap(map);
    }
}
