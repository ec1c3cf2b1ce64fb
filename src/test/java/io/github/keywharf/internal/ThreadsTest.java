package io.github.keywharf.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ThreadsTest {

    @Test
    void thread_has_its_name_and_never_keeps_the_program_from_ending() {
        Thread one = Threads.daemon("keywharf-one", () -> {});
        Thread made = Threads.named("keywharf-pool").newThread(() -> {});

        assertThat(one.isDaemon()).isTrue();
        assertThat(one.getName()).isEqualTo("keywharf-one");
        assertThat(one.getState()).isEqualTo(Thread.State.NEW);
        assertThat(made.isDaemon()).isTrue();
        assertThat(made.getName()).isEqualTo("keywharf-pool");
    }

    @Test
    void failure_that_nothing_catches_is_logged_with_its_cause() throws InterruptedException {
        PrintStream before = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            Thread thread = Threads.daemon("keywharf-failing", () -> {
                throw new IllegalStateException("all wrong");
            });
            thread.start();
            thread.join();
        } finally {
            System.setErr(before);
        }

        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("[keywharf-failing] ERROR Threads", "IllegalStateException: all wrong");
    }
}
