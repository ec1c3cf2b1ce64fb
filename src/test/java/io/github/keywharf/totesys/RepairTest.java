package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RepairTest {

    @Test
    void the_key_of_a_table_with_a_slash_in_its_name_is_understood() {
        String key = DeadLetters.key(DeadLetters.folder(7, "extract"), "a/b");
        assertThat(Repair.named(key)).isEqualTo(new RejectedFile(7, "extract", "a/b", key));
    }
}
