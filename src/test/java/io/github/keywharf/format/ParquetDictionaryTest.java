package io.github.keywharf.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Condition;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import io.github.keywharf.testing.Batches;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.apache.parquet.format.Encoding;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Text that files keep by numbers of a dictionary's entries: the same values for whoever takes them. */
class ParquetDictionaryTest {

    /** As {@link Text} has them. */
    private static final Schema SCHEMA = Schema.of(
            Column.nullable("few", ColumnType.STRING),
            Column.nullable("many", ColumnType.STRING),
            Column.nullable("raw", ColumnType.BYTES),
            Column.nullable("list", ColumnType.list(ColumnType.STRING)),
            Column.nullable("place", ColumnType.struct(List.of(Column.nullable("city", ColumnType.STRING)))));

    /** What a row's text becomes. */
    record Text(@Nullable String few, @Nullable String many) {}

    private final ObjectStore store = ObjectStore.inMemory();

    private static @Nullable String text(Random random, int values, int nulls) {
        int one = random.nextInt(values);
        if (random.nextInt(100) < nulls) {
            return null;
        }
        return switch (one % 7) {
            case 0 -> one == 0 ? "" : "x".repeat(Math.min(one, 3_000));
            case 1 -> "ä€😀," + one;
            default -> "value\n\"" + one;
        };
    }

    private static ColumnBatch rows(Random random, int rows, int values, int nulls) {
        List<List<@Nullable Object>> all = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            String raw = text(random, 5, nulls);
            List<@Nullable Object> list = new ArrayList<>();
            for (int j = random.nextInt(4); j > 0; j--) {
                list.add(text(random, 9, nulls));
            }
            all.add(Arrays.asList(
                    text(random, 4, nulls),
                    text(random, values, nulls),
                    raw == null ? null : raw.getBytes(UTF_8),
                    random.nextInt(100) < nulls ? null : list,
                    random.nextInt(100) < nulls ? null : Collections.singletonMap("city", text(random, 6, nulls))));
        }
        return Batches.build(SCHEMA, all);
    }

    private static List<List<@Nullable Object>> values(Rows rows) {
        return SampleRows.values(rows.toTable().batches());
    }

    @Property(tries = 60, shrinking = ShrinkingMode.BOUNDED)
    void whoever_takes_the_rows_gets_the_same(
            @ForAll long seed,
            @ForAll @IntRange(max = 6_000) int count,
            @ForAll @IntRange(min = 1, max = 3_000) int different,
            @ForAll @IntRange(max = 100) int nulls,
            @ForAll Parquet.Version version,
            @ForAll @IntRange(min = 1, max = 7_000) int batchRows,
            @ForAll @IntRange(min = 200, max = 20_000) int pageBytes) {
        Random random = new Random(seed);
        ColumnBatch written = rows(random, count, different, nulls);
        ParquetRoundTripTest.write(
                Parquet.writer(store, "file")
                        .version(version)
                        .rowGroupRows(1 + random.nextInt(7_000))
                        .pageBytes(pageBytes),
                SCHEMA,
                List.of(written));
        List<List<@Nullable Object>> expected = Batches.values(written);

        Table table = Parquet.reader(store, "file").batchRows(batchRows).rows().toTable();
        assertThat(SampleRows.values(table.batches())).isEqualTo(expected);
        table.batches().forEach(batch -> assertBytes(batch, random));
        assertThat(table.rows().select("few", "many").toTable().records(Text.class))
                .isEqualTo(expected.stream()
                        .map(row -> new Text((String) row.get(0), (String) row.get(1)))
                        .toList());
        Condition condition = Condition.eq("few", "ä€😀,1");
        assertThat(values(Parquet.reader(store, "file")
                        .batchRows(batchRows)
                        .rows()
                        .filter(condition)))
                .isEqualTo(expected.stream()
                        .filter(row -> "ä€😀,1".equals(row.get(0)))
                        .toList());

        Csv.writer(store, "csv").sink().write(table.rows());
        assertThat(values(Csv.reader(store, "csv").schema(SCHEMA).rows())).isEqualTo(expected);
        JsonLines.writer(store, "json").sink().write(table.rows());
        assertThat(values(JsonLines.reader(store, "json").schema(SCHEMA).rows()))
                .isEqualTo(expected);
        // Batches of other dictionaries, and of plain text between.
        List<ColumnBatch> mixed = new ArrayList<>(table.batches());
        mixed.add(0, written);
        mixed.add(written);
        mixed.addAll(table.batches());
        ParquetRoundTripTest.write(
                Parquet.writer(store, "again")
                        .version(version)
                        .rowGroupRows(9_000)
                        .pageBytes(pageBytes),
                SCHEMA,
                mixed);
        List<List<@Nullable Object>> four = new ArrayList<>();
        Collections.nCopies(4, expected).forEach(four::addAll);
        assertThat(values(Parquet.reader(store, "again").batchRows(batchRows).rows()))
                .isEqualTo(four);
        for (String file : List.of("file", "csv", "json", "again")) {
            store.delete(file);
        }
    }

    /** What a vector says of its bytes, and what is taken from it. */
    private static void assertBytes(ColumnBatch batch, Random random) {
        int from = random.nextInt(batch.size() + 1);
        int to = from + random.nextInt(batch.size() - from + 1);
        int[] positions = random.ints(random.nextInt(40), 0, batch.size()).toArray();
        for (int i = 0; i < 3; i++) {
            BytesVector vector = (BytesVector) batch.column(i);
            long bytes = 0;
            for (int row = from; row < to; row++) {
                bytes += vector.length(row);
                assertThat(vector.offset(row)).isGreaterThanOrEqualTo(vector.firstByte());
                assertThat(vector.offset(row) + vector.length(row)).isLessThanOrEqualTo(vector.endByte());
                assertThat(vector.isNull(row) && vector.length(row) > 0).isFalse();
            }
            assertThat(vector.byteCount(from, to)).isEqualTo(bytes);
            ColumnVector taken = vector.gather(positions, positions.length);
            for (int row = 0; row < positions.length; row++) {
                assertThat(Batches.comparable(taken.value(row)))
                        .isEqualTo(Batches.comparable(vector.value(positions[row])));
            }
        }
    }

    @Test
    void batches_that_are_kept_stay_as_they_are_while_threads_read_on() {
        Random random = new Random(3);
        List<ColumnBatch> written =
                Stream.generate(() -> rows(random, 5_000, 300, 20)).limit(4).toList();
        ParquetRoundTripTest.write(Parquet.writer(store, "file").rowGroupRows(4_000), SCHEMA, written);
        ExecutorService pool = Executors.newFixedThreadPool(3);
        try {
            Table table = Parquet.reader(store, "file")
                    .executor(pool)
                    .batchRows(700)
                    .rows()
                    .toTable();
            assertThat(SampleRows.values(table.batches())).isEqualTo(SampleRows.values(written));
            BytesVector few = (BytesVector) table.batches().get(0).column(0);
            assertThat(few.bytes().length).isLessThan(100);
            assertThat(few.bytes())
                    .isSameAs(((BytesVector) table.batches().get(1).column(0)).bytes());
        } finally {
            pool.shutdownNow();
        }
    }

    // Files that our writer does not write.

    private static byte[] plain(String... texts) {
        return RawParquet.concat(Stream.of(texts)
                .map(text -> RawParquet.concat(RawParquet.ints(text.getBytes(UTF_8).length), text.getBytes(UTF_8)))
                .toArray(byte[][]::new));
    }

    private static byte[] dictionary(String... texts) {
        return RawParquet.dictionary(texts.length, plain(texts));
    }

    private static byte[] ids(int width, int... numbers) {
        return RawParquet.concat(new byte[] {(byte) width}, RawParquet.runs(width, numbers));
    }

    private List<@Nullable Object> read(RawParquet file, int batchRows) {
        store.delete("raw");
        store.createIfAbsent("raw", file.bytes());
        return values(Parquet.reader(store, "raw").batchRows(batchRows).rows()).stream()
                .<@Nullable Object>map(row -> row.get(0))
                .toList();
    }

    static Stream<Integer> batchRows() {
        return Stream.of(1, 2, 3, 5, 100);
    }

    @ParameterizedTest
    @MethodSource("batchRows")
    void pages_of_any_kind_and_further_dictionaries_may_follow_each_other(int batchRows) {
        Encoding ids = Encoding.RLE_DICTIONARY;
        RawParquet file = new RawParquet("optional binary t (STRING);")
                .group(14)
                .column(
                        14,
                        RawParquet.page(2, ids, RawParquet.levels(1, 0, 0)),
                        dictionary("one", "", "three"),
                        RawParquet.page(3, ids, RawParquet.levels(1, 1, 0, 1), ids(2, 2, 1)),
                        RawParquet.page(2, ids, RawParquet.levels(1, 0, 0)),
                        RawParquet.page(2, Encoding.PLAIN, RawParquet.levels(1, 1, 0), plain("plain")),
                        RawParquet.page2(2, 1, 2, ids, new byte[0], RawParquet.runs(1, 0, 1), ids(2, 0)),
                        dictionary("another"),
                        RawParquet.page(2, ids, RawParquet.levels(1, 1, 1), ids(0, 0, 0)),
                        RawParquet.page(1, Encoding.PLAIN, RawParquet.levels(1, 1), plain("")))
                .group(1)
                .column(1, RawParquet.page(1, Encoding.PLAIN, RawParquet.levels(1, 1), plain("last")));

        assertThat(read(file, batchRows))
                .containsExactly(
                        null, null, "three", null, "", null, null, "plain", null, null, "one", "another", "another", "",
                        "last");
    }

    @ParameterizedTest
    @MethodSource("batchRows")
    void lists_of_text_go_on_from_page_to_page(int batchRows) {
        Encoding ids = Encoding.RLE_DICTIONARY;
        RawParquet file = new RawParquet(
                        "optional group v (LIST) { repeated group list { optional binary element (STRING); } }")
                .group(5)
                .column(
                        10,
                        dictionary("a", "bb", ""),
                        RawParquet.page(
                                4,
                                ids,
                                RawParquet.levels(1, 0, 1, 0, 0),
                                RawParquet.levels(2, 3, 3, 0, 3),
                                ids(2, 1, 0, 2)),
                        RawParquet.page(
                                3,
                                Encoding.PLAIN,
                                RawParquet.levels(1, 1, 1, 0),
                                RawParquet.levels(2, 2, 3, 1),
                                plain("plain")),
                        dictionary("other"),
                        RawParquet.page(
                                3, ids, RawParquet.levels(1, 0, 1, 1), RawParquet.levels(2, 3, 2, 3), ids(1, 0, 0)));

        assertThat(read(file, batchRows))
                .containsExactly(
                        List.of("bb", "a"),
                        null,
                        Arrays.asList("", null, "plain"),
                        List.of(),
                        Arrays.asList("other", null, "other"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"binary t (STRING)", "fixed_len_byte_array(3) t", "int32 t", "int96 t"})
    void a_number_that_the_dictionary_does_not_have_is_refused(String type) {
        byte[] entry = type.startsWith("binary")
                ? plain("one")
                : new byte[type.startsWith("fixed") ? 3 : type.startsWith("int32") ? 4 : 12];
        for (int[] bad : new int[][] {{0, 1}, {0, 7}, {0, -1}, {Integer.MIN_VALUE, 0}, {Integer.MAX_VALUE, 0}}) {
            for (int entries = 0; entries < 2; entries++) {
                RawParquet file = new RawParquet("required " + type + ";")
                        .group(2)
                        .column(
                                2,
                                RawParquet.dictionary(entries, entries == 0 ? new byte[0] : entry),
                                RawParquet.page(2, Encoding.RLE_DICTIONARY, ids(32, bad)));
                assertThatThrownBy(() -> read(file, 10))
                        .isInstanceOfSatisfying(
                                KeywharfException.class,
                                e -> assertThat(e.code()).isEqualTo("parquet.corrupt"));
            }
        }
    }

    @Test
    void one_long_text_is_given_out_as_often_as_there_is_memory_for_it() {
        String text = "x".repeat(1 << 20);
        int most = (int) (ParquetLimits.BATCH_BYTES >> 20);
        int[] ids = new int[most * 2];
        RawParquet file = new RawParquet("required binary t (STRING);")
                .group(ids.length)
                .column(
                        ids.length,
                        dictionary(text),
                        RawParquet.page(ids.length, Encoding.RLE_DICTIONARY, ids(1, ids)));
        store.createIfAbsent("bomb", file.bytes());

        assertThatThrownBy(() -> Parquet.reader(store, "bomb")
                        .batchRows(ids.length)
                        .rows()
                        .next())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("parquet.too_large"));
        try (Rows rows = Parquet.reader(store, "bomb").batchRows(most / 8).rows()) {
            long bytes = 0;
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                BytesVector texts = (BytesVector) batch.column(0);
                assertThat(texts.byteCount(0, texts.size())).isLessThanOrEqualTo(ParquetLimits.BATCH_BYTES);
                assertThat(Objects.requireNonNull(texts.bytes())).hasSize(text.length());
                bytes += texts.byteCount(0, texts.size());
            }
            assertThat(bytes).isEqualTo((long) ids.length << 20);
        }
    }
}
