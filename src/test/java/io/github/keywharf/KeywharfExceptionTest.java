package io.github.keywharf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeywharfExceptionTest {

    @Test
    void a_stack_trace_shows_the_code() {
        assertThat(new KeywharfException("store.not_found", "a/b", "There is no such object"))
                .hasToString("io.github.keywharf.KeywharfException: [a/b] There is no such object (store.not_found)");
    }
}
