package io.github.keywharf.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.testing.Batches;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Vectors whose values are numbers of a dictionary's entries. */
class DictionaryVectorTest {

    private static final byte[] ENTRIES = "beta€gamma".getBytes(UTF_8);
    private static final int[] OFFSETS = {0, 4, 7, 7, 12, 12};
    private static final int NONE = 4;

    private static BytesVector of(long[] nulls, int... ids) {
        return BytesVector.ofDictionary(ColumnType.STRING, ENTRIES, OFFSETS, ids, ids.length, nulls);
    }

    @Test
    void values_are_entries_in_any_order() {
        BytesVector vector = of(new long[] {0b100_0000}, 3, 0, 0, 2, 1, 3, NONE);

        assertThat(vector).hasToString("string[gamma, beta, beta, , €, gamma, null]");
        assertThat(vector.byteCount(0, 7)).isEqualTo(5 + 4 + 4 + 3 + 5);
        assertThat(vector.byteCount(3, 3)).isZero();
        assertThat(vector.length(6)).isZero();
        assertThat(new String(vector.bytes(), vector.firstByte(), vector.endByte() - vector.firstByte(), UTF_8))
                .isEqualTo("beta€gamma");
        assertThat(vector.gather(new int[] {6, 5, 5, 1, 9}, 4)).hasToString("string[null, gamma, gamma, beta]");
        assertThat(vector.gather(new int[0], 0).size()).isZero();
        assertThat(vector.entries()).isEqualTo(5);
        assertThat(vector.entry(4)).isEqualTo(1);
        BytesVector plain = BytesVector.of(ColumnType.STRING, ENTRIES, OFFSETS, 5, null);
        assertThat(plain.entries()).isZero();
        assertThat(plain.entry(4)).isEqualTo(4);
    }

    @Test
    void arrays_that_are_longer_than_the_vector_may_have_anything_there() {
        BytesVector vector =
                BytesVector.ofDictionary(ColumnType.STRING, ENTRIES, OFFSETS, new int[] {1, 99, -1}, 1, null);

        assertThat(vector).hasToString("string[€]");
        assertThat(vector.byteCount(0, 1)).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, -1, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void a_number_without_an_entry_is_refused(int id) {
        for (int[] offsets : new int[][] {OFFSETS, {0}, {}}) {
            assertThatThrownBy(() ->
                            BytesVector.ofDictionary(ColumnType.STRING, ENTRIES, offsets, new int[] {0, id}, 2, null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("entry beyond the dictionary's " + Math.max(0, offsets.length - 1));
        }
    }

    @Test
    void numbers_and_times_are_not_bytes() {
        assertThatThrownBy(() -> BytesVector.ofDictionary(ColumnType.INT32, ENTRIES, OFFSETS, new int[] {0}, 1, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("int32");
    }

    @Test
    void a_few_values_of_a_large_dictionary_do_not_keep_it() {
        byte[] large = new byte[100_000];
        int[] offsets = new int[1_002];
        for (int i = 0; i <= 1_000; i++) {
            offsets[i] = i * 100;
        }
        offsets[1_001] = 100_000;
        large[4_200] = 'x';
        int[] ids = new int[5_000];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = i % 1_001;
        }
        long[] nulls = new long[80];
        for (int i = 1_000; i < ids.length; i += 1_001) {
            nulls[i >>> 6] |= 1L << i;
        }
        BytesVector vector = BytesVector.ofDictionary(ColumnType.BYTES, large, offsets, ids, ids.length, nulls);
        int[] positions = {42, 1_000, 42, 43};

        BytesVector few = (BytesVector) vector.gather(positions, 4);
        assertThat(few.bytes()).hasSize(300);
        assertThat(few.isNull(1)).isTrue();
        assertThat(few.length(1)).isZero();
        for (int i = 0; i < 4; i++) {
            assertThat(Batches.comparable(few.value(i))).isEqualTo(Batches.comparable(vector.value(positions[i])));
        }
        assertThat(((BytesVector) vector.gather(ids, ids.length)).bytes()).isSameAs(large);
    }
}
