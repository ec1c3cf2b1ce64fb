package io.github.keywharf.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PauseTest {

    @Test
    void interruption_ends_a_pause_and_keeps_the_flag_of_the_thread() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> Pause.SLEEP.of(Duration.ofMinutes(1), "orders"))
                .isInstanceOf(KeywharfException.class)
                .hasMessageStartingWith("[orders] ")
                .hasToString("" + KeywharfException.interrupted("orders", null));
        assertThat(Thread.interrupted()).isTrue();
    }
}
