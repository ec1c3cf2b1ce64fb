package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.data.CqlDuration;
import com.datastax.oss.driver.api.core.data.CqlVector;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.jspecify.annotations.Nullable;

/**
 * A column of some CQL type, with values for it.
 *
 * @param type the column type it is written from
 * @param absent what the driver reads when there is no value
 */
record RoundTripColumn(
        String name,
        String cql,
        ColumnType type,
        Arbitrary<Sample> samples,
        @Nullable Object absent) {
    /**
     * One value in all its forms.
     *
     * @param value as rows have it
     * @param text as a CSV file has it
     * @param expected what the driver reads after the value was written
     * @param expectedFromText the same, after the text was
     */
    record Sample(Object value, String text, Object expected, Object expectedFromText) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Arbitrary<String> TEXTS = Arbitraries.oneOf(
            Arbitraries.strings().ofMaxLength(12).filter(RoundTripColumn::isWhole),
            Arbitraries.of("", " ", "\"", ",", "\n", "\r\n", "null", "Grüße 世界 🙂", "'", "\\", "0x00"),
            Arbitraries.strings().alpha().ofMinLength(1_000).ofMaxLength(3_000));
    private static final Arbitrary<Integer> INTS = Arbitraries.integers();
    private static final Arbitrary<Double> DOUBLES = Arbitraries.oneOf(
            Arbitraries.longs().map(Double::longBitsToDouble).map(it -> it.isNaN() ? Double.NaN : it),
            Arbitraries.of(0.0, -0.0, Double.MIN_VALUE, Double.MAX_VALUE, Double.NaN, Double.NEGATIVE_INFINITY, 1e22));
    private static final Arbitrary<Float> FLOATS = Arbitraries.oneOf(
            INTS.map(Float::intBitsToFloat).map(it -> it.isNaN() ? Float.NaN : it),
            Arbitraries.of(0f, -0f, Float.MIN_VALUE, Float.MAX_VALUE, Float.POSITIVE_INFINITY, 0.1f));
    private static final Arbitrary<Float> FINITE = FLOATS.map(it -> Float.isFinite(it) ? it : 1.5f);
    private static final Arbitrary<LocalDate> DATES = Arbitraries.longs()
            .between(
                    LocalDate.of(-9_999, 1, 1).toEpochDay(),
                    LocalDate.of(9_999, 12, 31).toEpochDay())
            .map(LocalDate::ofEpochDay);
    private static final Arbitrary<byte[]> BYTES =
            Arbitraries.bytes().array(byte[].class).ofMaxSize(40);
    private static final Arbitrary<BigInteger> BIG = Arbitraries.bigIntegers()
            .between(
                    BigInteger.TEN.pow(38).negate().add(BigInteger.ONE),
                    BigInteger.TEN.pow(38).subtract(BigInteger.ONE));
    private static final long DAY_MICROS = 86_400_000_000L;

    /** All types there are but counters, which are in no table with others. */
    static final List<RoundTripColumn> ALL = List.of(
            plain(
                    "an_ascii",
                    "ascii",
                    ColumnType.STRING,
                    Arbitraries.strings().ascii().ofMaxLength(20),
                    text -> text),
            plain("a_text", "text", ColumnType.STRING, TEXTS, text -> text),
            plain("a_boolean", "boolean", ColumnType.BOOLEAN, Arbitraries.of(true, false), String::valueOf),
            of("a_tinyint", "tinyint", ColumnType.INT32, Arbitraries.bytes(), Byte::intValue, String::valueOf),
            of("a_smallint", "smallint", ColumnType.INT32, Arbitraries.shorts(), Short::intValue, String::valueOf),
            plain("an_int", "int", ColumnType.INT32, INTS, String::valueOf),
            plain("a_bigint", "bigint", ColumnType.INT64, Arbitraries.longs(), String::valueOf),
            of("a_varint", "varint", ColumnType.decimal(38, 0), BIG, BigDecimal::new, String::valueOf),
            column(
                    "a_decimal",
                    "decimal",
                    ColumnType.decimal(38, 9),
                    BIG.flatMap(digits -> Arbitraries.integers()
                            .between(-300, 300)
                            .map(scale -> new Sample(
                                    new BigDecimal(digits, 9),
                                    new BigDecimal(digits, scale).toString(),
                                    new BigDecimal(digits, 9),
                                    new BigDecimal(digits, scale))))),
            plain("a_float", "float", ColumnType.FLOAT32, FLOATS, String::valueOf),
            plain("a_double", "double", ColumnType.FLOAT64, DOUBLES, String::valueOf),
            of(
                    "a_blob",
                    "blob",
                    ColumnType.BYTES,
                    BYTES.map(ByteBuffer::wrap),
                    ByteBuffer::array,
                    RoundTripColumn::hex),
            plain("a_uuid", "uuid", ColumnType.UUID, uuids(), UUID::toString),
            plain("a_timeuuid", "timeuuid", ColumnType.UUID, uuids().map(RoundTripColumn::ofTime), UUID::toString),
            plain("a_date", "date", ColumnType.DATE, DATES, LocalDate::toString),
            column(
                    "a_time",
                    "time",
                    ColumnType.TIME,
                    Arbitraries.longs().between(0, DAY_MICROS - 1).map(micros -> {
                        LocalTime time = LocalTime.ofNanoOfDay(micros * 1_000);
                        LocalTime fine = time.plusNanos(micros % 1_000);
                        return new Sample(time, fine.toString(), time, fine);
                    })),
            plain(
                    "a_timestamp",
                    "timestamp",
                    ColumnType.TIMESTAMP_UTC,
                    Arbitraries.longs()
                            .between(
                                    Instant.parse("0000-01-01T00:00:00Z").toEpochMilli(),
                                    Instant.parse("9999-12-31T23:59:59Z").toEpochMilli())
                            .map(Instant::ofEpochMilli),
                    Instant::toString),
            of("a_duration", "duration", ColumnType.STRING, durations(), RoundTripColumn::text, RoundTripColumn::text),
            of(
                    "an_inet",
                    "inet",
                    ColumnType.STRING,
                    addresses(),
                    InetAddress::getHostAddress,
                    InetAddress::getHostAddress),
            collection(
                    "a_list",
                    "list<int>",
                    ColumnType.list(ColumnType.INT32),
                    INTS.list().ofMaxSize(5),
                    List.of()),
            of(
                    "a_set",
                    "set<text>",
                    ColumnType.list(ColumnType.STRING),
                    TEXTS.set().ofMaxSize(4),
                    List::copyOf,
                    RoundTripColumn::json,
                    Set.of()),
            collection(
                    "a_map",
                    "map<text, bigint>",
                    ColumnType.map(ColumnType.STRING, ColumnType.INT64),
                    Arbitraries.maps(TEXTS, Arbitraries.longs()).ofMaxSize(4),
                    Map.of()),
            of(
                    "a_nested",
                    "frozen<list<frozen<set<int>>>>",
                    ColumnType.list(ColumnType.list(ColumnType.INT32)),
                    INTS.set().ofMaxSize(3).list().ofMaxSize(3),
                    sets -> sets.stream().map(List::copyOf).toList(),
                    RoundTripColumn::json,
                    List.of()),
            collection(
                    "a_map_of_lists",
                    "map<int, frozen<list<text>>>",
                    ColumnType.map(ColumnType.INT32, ColumnType.list(ColumnType.STRING)),
                    Arbitraries.maps(INTS, TEXTS.list().ofMaxSize(2)).ofMaxSize(3),
                    Map.of()),
            column(
                    "a_tuple",
                    "tuple<int, text, frozen<list<double>>>",
                    struct(ColumnType.INT32, ColumnType.STRING, ColumnType.list(ColumnType.FLOAT64)),
                    Combinators.combine(
                                    INTS.injectNull(0.2),
                                    TEXTS.injectNull(0.2),
                                    DOUBLES.filter(Double::isFinite).list().ofMaxSize(3))
                            .as(RoundTripColumn::tuple)),
            column(
                    "a_person",
                    "person",
                    person(),
                    Combinators.combine(
                                    TEXTS.injectNull(0.2),
                                    DATES.injectNull(0.2),
                                    INTS.list().ofMaxSize(3))
                            .as(RoundTripColumn::person)),
            column(
                    "a_frozen_person",
                    "frozen<person>",
                    person(),
                    Combinators.combine(
                                    TEXTS.injectNull(0.2),
                                    DATES.injectNull(0.2),
                                    INTS.list().ofMaxSize(3))
                            .as(RoundTripColumn::person)),
            new RoundTripColumn(
                    "some_people",
                    "list<frozen<person>>",
                    ColumnType.list(person()),
                    Combinators.combine(
                                    TEXTS.injectNull(0.2), DATES, INTS.list().ofMaxSize(2))
                            .as(RoundTripColumn::person)
                            .list()
                            .ofMinSize(1)
                            .ofMaxSize(3)
                            .map(RoundTripColumn::listed),
                    List.of()),
            vector("a_vector", "vector<float, 3>", ColumnType.FLOAT32, FINITE, 3),
            vector("some_texts", "vector<text, 2>", ColumnType.STRING, TEXTS, 2));

    private static RoundTripColumn column(String name, String cql, ColumnType type, Arbitrary<Sample> samples) {
        return new RoundTripColumn(name, cql, type, samples, null);
    }

    /** Values that rows have as the driver has them. */
    private static <T> RoundTripColumn plain(
            String name, String cql, ColumnType type, Arbitrary<T> values, Function<T, String> text) {
        return of(name, cql, type, values, value -> value, text);
    }

    private static <T> RoundTripColumn of(
            String name,
            String cql,
            ColumnType type,
            Arbitrary<T> values,
            Function<T, Object> inRows,
            Function<T, String> text) {
        return column(name, cql, type, values.map(it -> new Sample(inRows.apply(it), text.apply(it), it, it)));
    }

    /** The same for collections, of which the driver reads an empty one where there is none. */
    private static <T> RoundTripColumn of(
            String name,
            String cql,
            ColumnType type,
            Arbitrary<T> values,
            Function<T, Object> inRows,
            Function<T, String> text,
            Object absent) {
        return new RoundTripColumn(
                name, cql, type, values.map(it -> new Sample(inRows.apply(it), text.apply(it), it, it)), absent);
    }

    private static <T> RoundTripColumn collection(
            String name, String cql, ColumnType type, Arbitrary<T> values, Object absent) {
        return of(name, cql, type, values, value -> value, RoundTripColumn::json, absent);
    }

    private static <T> RoundTripColumn vector(
            String name, String cql, ColumnType element, Arbitrary<T> values, int length) {
        return column(
                name,
                cql,
                ColumnType.list(element),
                values.list()
                        .ofSize(length)
                        .map(list -> new Sample(
                                list, json(list), CqlVector.newInstance(list), CqlVector.newInstance(list))));
    }

    private static ColumnType struct(ColumnType... types) {
        return ColumnType.struct(java.util.stream.IntStream.range(0, types.length)
                .mapToObj(i -> Column.nullable("f" + (i + 1), types[i]))
                .toList());
    }

    private static Sample tuple(@Nullable Integer number, @Nullable String text, List<Double> list) {
        List<@Nullable Object> fields = Arrays.asList(number, text, list);
        Map<String, @Nullable Object> struct = new LinkedHashMap<>();
        struct.put("f1", number);
        struct.put("f2", text);
        struct.put("f3", list);
        return new Sample(struct, json(fields), fields, fields);
    }

    private static ColumnType person() {
        return ColumnType.struct(List.of(
                Column.nullable("name", ColumnType.STRING),
                Column.nullable("born", ColumnType.DATE),
                Column.nullable("scores", ColumnType.list(ColumnType.INT32))));
    }

    private static Sample person(@Nullable String name, @Nullable LocalDate born, List<Integer> scores) {
        Map<String, @Nullable Object> struct = new LinkedHashMap<>();
        struct.put("name", name);
        struct.put("born", born);
        struct.put("scores", scores);
        Map<String, @Nullable Object> written = new LinkedHashMap<>(struct);
        written.put("born", born == null ? null : born.toString());
        List<@Nullable Object> fields = Arrays.asList(name, born, scores);
        return new Sample(struct, json(written), fields, fields);
    }

    private static Sample listed(List<Sample> samples) {
        return new Sample(
                samples.stream().map(Sample::value).toList(),
                samples.stream().map(Sample::text).toList().toString(),
                samples.stream().map(Sample::expected).toList(),
                samples.stream().map(Sample::expectedFromText).toList());
    }

    private static Arbitrary<UUID> uuids() {
        return Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(UUID::new);
    }

    private static UUID ofTime(UUID any) {
        return new UUID(
                (any.getMostSignificantBits() & ~0xf000L) | 0x1000L,
                (any.getLeastSignificantBits() & ~(3L << 62)) | (2L << 62));
    }

    /** Months, days and nanoseconds are all at least zero or all at most zero. */
    private static Arbitrary<CqlDuration> durations() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 100_000),
                        Arbitraries.integers().between(0, 100_000),
                        Arbitraries.longs().between(0, Long.MAX_VALUE / 2),
                        Arbitraries.of(1, -1))
                .as((months, days, nanos, sign) -> CqlDuration.newInstance(sign * months, sign * days, sign * nanos));
    }

    /** The driver prints nothing for no time at all. */
    private static String text(CqlDuration duration) {
        return duration.toString().isEmpty() ? "0s" : duration.toString();
    }

    private static Arbitrary<InetAddress> addresses() {
        return Arbitraries.of(4, 16)
                .flatMap(length -> Arbitraries.bytes().array(byte[].class).ofSize(length))
                .map(RoundTripColumn::address);
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String hex(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return "0x" + HexFormat.of().formatHex(copy);
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Half of a surrogate pair has no UTF-8. */
    private static boolean isWhole(String text) {
        return text.codePoints().noneMatch(it -> it >= Character.MIN_SURROGATE && it <= Character.MAX_SURROGATE);
    }
}
