package io.github.keywharf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeywharfExceptionTest {

    @Test
    void a_stack_trace_shows_the_code() {
        assertThat(new KeywharfException("store.not_found", "a/b", "There is no such object"))
                .hasToString("io.github.keywharf.KeywharfException: [a/b] There is no such object (store.not_found)");
    }

    @Test
    void an_error_about_another_subject_keeps_code_and_retryability() {
        KeywharfException passing = KeywharfException.retryable("store.unavailable", "a/b", "No answer");
        KeywharfException lasting = new KeywharfException("store.denied", "a/b", "No");

        assertThat(passing.retryable()).isTrue();
        assertThat(lasting.retryable()).isFalse();
        assertThat(passing.about("job 7", "It stopped"))
                .hasMessage("[job 7] It stopped")
                .hasCause(passing)
                .matches(e -> e.is("store.unavailable") && e.retryable());
        assertThat(passing.about("catalog.unavailable", "job 7", "It stopped"))
                .matches(e -> e.is("catalog.unavailable") && e.retryable());
        assertThat(lasting.about("job 7", "It stopped")).matches(e -> e.is("store.denied") && !e.retryable());
    }
}
