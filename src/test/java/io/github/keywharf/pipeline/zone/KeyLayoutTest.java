package io.github.keywharf.pipeline.zone;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.store.ObjectKeys;
import java.time.LocalDateTime;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class KeyLayoutTest {

    private static final LocalDateTime TIME = LocalDateTime.of(2024, 5, 20, 12, 10, 3, 998_128_000);

    @Test
    void keys_are_as_the_layouts_say() {
        KeyLayout.File file = new KeyLayout.File("staff", TIME, false, "csv");
        assertThat(KeyLayout.TABLE_BY_DAY.key(file)).isEqualTo("staff/2024/05/20/121003998128.csv");
        assertThat(KeyLayout.FOLDER_PER_RUN.key(file)).isEqualTo("ingested_data/20240520T121003998128Z/staff.csv");
        assertThat(KeyLayout.RUN_THEN_TABLE.key(file)).isEqualTo("20240520T121003998128Z/staff.csv");
        assertThat(KeyLayout.FOLDER_PER_RUN.key(new KeyLayout.File("staff", TIME, true, "csv")))
                .isEqualTo("ingested_data/original_data_dump/staff.csv");
    }

    @Property
    void the_time_in_a_key_is_read_back_and_keys_sort_as_times_do(
            @ForAll @LongRange(min = 0, max = 253_402_300_799L) long second,
            @ForAll @LongRange(min = 0, max = 253_402_300_799L) long other,
            @ForAll @IntRange(max = 999_999) int micros) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(second, micros * 1_000, java.time.ZoneOffset.UTC);
        LocalDateTime otherTime = LocalDateTime.ofEpochSecond(other, 0, java.time.ZoneOffset.UTC);
        String key = ObjectKeys.check(KeyLayout.FileKeys.tableByDay("payment", time, "parquet"));
        String otherKey = KeyLayout.FileKeys.tableByDay("payment", otherTime, "parquet");

        assertThat(KeyLayout.FileKeys.time(key)).contains(time);
        assertThat(Integer.signum(key.compareTo(otherKey))).isEqualTo(Integer.signum(time.compareTo(otherTime)));
    }

    @Test
    void other_keys_hold_no_time() {
        assertThat(KeyLayout.FileKeys.time("payment/2024/13/01/000000000000.parquet"))
                .isEmpty();
        assertThat(KeyLayout.FileKeys.time("payment/x.parquet")).isEmpty();
        assertThat(KeyLayout.FileKeys.time("_keywharf/batches/9223372036854775806-1.json"))
                .isEmpty();
    }
}
