package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.Batches;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Files that are not what they should be are refused by name, and take no memory for what they claim. */
class ParquetCorruptTest {

    private final ObjectStore store = ObjectStore.inMemory();
    private final byte[] good = good();

    private static byte[] good() {
        ObjectStore store = ObjectStore.inMemory();
        Schema schema = SampleRows.schema(Batches.types());
        ParquetRoundTripTest.write(
                Parquet.writer(store, "good").rowGroupRows(100), schema, List.of(new SampleRows(2).batch(schema, 250)));
        return store.readSmall("good");
    }

    @Test
    void an_empty_object_is_not_parquet() {
        assertRefused(new byte[0], "parquet.not_parquet", "has 0 bytes");
    }

    @Test
    void text_is_not_parquet() {
        assertRefused(
                "id,name\n1,one\n2,two\n".getBytes(StandardCharsets.UTF_8),
                "parquet.not_parquet",
                "does not end as a Parquet file does");
    }

    @Test
    void an_encrypted_file_is_said_to_be_one() {
        assertRefused("PARE........PARE".getBytes(StandardCharsets.UTF_8), "parquet.encrypted", "is encrypted");
    }

    @Test
    void a_footer_longer_than_the_file_is_refused() {
        byte[] bytes = good.clone();
        LittleEndian.put(bytes, bytes.length - 8, Integer.MAX_VALUE);
        assertRefused(bytes, "parquet.corrupt", "claims to have 2147483647");
    }

    private void assertRefused(byte[] bytes, String code, String problem) {
        store.createIfAbsent("bad/file.parquet", bytes);
        assertThatThrownBy(() -> Parquet.reader(store, "bad/file.parquet").rows())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageStartingWith("[bad/file.parquet] ")
                .hasMessageContaining(problem);
    }

    @Property(tries = 200)
    void a_file_cut_off_anywhere_is_refused(@ForAll @IntRange(min = 0, max = 99) int percent) {
        int length = (int) ((long) good.length * percent / 100);
        assertThatThrownBy(() -> readAll(Arrays.copyOf(good, length))).isInstanceOf(KeywharfException.class);
    }

    @Property(tries = 1_500)
    void a_file_with_wrong_bytes_is_refused_or_read_and_nothing_else(
            @ForAll @IntRange(min = 0, max = Integer.MAX_VALUE) int place, @ForAll byte value, @ForAll boolean footer) {
        byte[] bytes = good.clone();
        int footerStart = bytes.length - 8 - LittleEndian.intAt(bytes, bytes.length - 8);
        int at = footer ? footerStart + place % (bytes.length - footerStart) : place % footerStart;
        bytes[at] = value;
        try {
            readAll(bytes);
        } catch (KeywharfException e) {
            assertThat(e.code()).startsWith("parquet.");
        }
    }

    private void readAll(byte[] bytes) {
        store.delete("damaged");
        store.createIfAbsent("damaged", bytes);
        try (Rows rows = Parquet.reader(store, "damaged").rows()) {
            long values = 0;
            for (var batch = rows.next(); batch != null; batch = rows.next()) {
                values += batch.size();
            }
            assertThat(values).isNotNegative();
        }
    }
}
