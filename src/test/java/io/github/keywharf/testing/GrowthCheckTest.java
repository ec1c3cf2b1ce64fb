package io.github.keywharf.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class GrowthCheckTest {
    private final AtomicLong spent = new AtomicLong();
    private final AtomicInteger operations = new AtomicInteger();

    private GrowthCheck check() {
        return GrowthCheck.of("a test").spent("steps", spent::get);
    }

    @Test
    void work_that_is_due_every_tenth_time_is_flat() throws Exception {
        check().run(number -> {
            operations.incrementAndGet();
            spent.addAndGet(number % 10 == 0 ? 1_000 : 3);
        });
        assertThat(operations.get()).isGreaterThanOrEqualTo(1_000);
    }

    @Test
    void what_grows_fails_with_all_measurements() {
        assertThatThrownBy(() -> check().spent("idle", () -> 0).run(spent::addAndGet))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("[a test] costs more than allowed")
                .hasMessageContaining("        10           100         1,000")
                .hasMessageContaining("14.5         104.5       1,004.5  flat: EXCEEDED")
                .hasMessageContaining("0.0           0.0           0.0  flat");
    }

    @Test
    void what_falls_first_and_grows_then_fails() {
        assertThatThrownBy(() -> check().run(number -> spent.addAndGet(number < 50 ? 100 : number < 200 ? 10 : 90)))
                .hasMessageContaining("EXCEEDED");
    }

    @Test
    void a_measure_may_grow_in_proportion_to_a_size_and_not_faster() throws Exception {
        check().linear("steps", "numbers", operations::get).run(number -> {
            operations.set(number);
            spent.addAndGet(7L * number);
        });
        assertThatThrownBy(() -> check().linear("steps", "numbers", operations::get)
                        .run(number -> {
                            operations.set(number);
                            spent.addAndGet((long) number * number);
                        }))
                .hasMessageContaining("linear in numbers: EXCEEDED");
    }

    @Test
    void an_amount_that_is_held_may_vary_by_its_slack() throws Exception {
        AtomicLong held = new AtomicLong();
        GrowthCheck.of("a hold").held("handles", held::get, 5).run(number -> held.set(number > 500 ? 5 : 0));
        assertThatThrownBy(() -> GrowthCheck.of("a hold")
                        .held("handles", held::get, 5)
                        .run(number -> held.set(number > 500 ? 6 : 0)))
                .hasMessageContaining("EXCEEDED");
    }

    @Test
    void what_a_process_holds_is_measured() throws Exception {
        GrowthCheck.of("nothing").threads().fileHandles().heap().last(100).run(number -> operations.incrementAndGet());
    }

    @Test
    void mistakes_are_refused() {
        assertThatThrownBy(() -> check().linear("step", "operations", () -> 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'step'");
        assertThatThrownBy(() -> check().last(99))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("give 100 or more");
    }
}
