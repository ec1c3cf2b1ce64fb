package io.github.keywharf.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.testing.CountingStore;
import io.github.keywharf.testing.GrowthCheck;
import io.github.keywharf.testing.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Ten thousand entries, renewals and objects later, an operation costs what it cost at first. */
class StoreGrowthTest {
    private static final int LAST = 10_000;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final CountingStore store = CountingStore.inMemory();
    private final ManualClock clock = new ManualClock();

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(String subject, long number, byte[] content) {
        return new String(content, StandardCharsets.UTF_8);
    }

    @Test
    void the_newest_entry_of_a_journal_that_is_kept() throws Exception {
        Journal<String> journal = Journal.newestFirst(store, StoreGrowthTest::bytes, StoreGrowthTest::text);
        GrowthCheck.of("an append, read back").store(store).last(LAST).run(number -> {
            journal.append(number, "entry");
            assertThat(journal.newest())
                    .hasValueSatisfying(newest -> assertThat(newest.number()).isEqualTo(number));
        });
    }

    @Test
    void the_newest_entry_of_a_journal_that_is_pruned() throws Exception {
        Journal<String> journal = Journal.oldestFirst(store, StoreGrowthTest::bytes, StoreGrowthTest::text);
        GrowthCheck.of("an append, pruned").store(store).last(LAST).run(number -> {
            journal.append(number, "entry");
            assertThat(journal.prune(3)).hasValue(number);
            assertThat(journal.newest()).isPresent();
        });
    }

    @Test
    void a_lease_that_is_renewed() throws Exception {
        try (StoreLease lease = StoreLease.acquire(store, "lease", "owner", MINUTE, clock)) {
            GrowthCheck.of("a renewal").store(store).last(LAST).run(number -> {
                clock.advance(Duration.ofSeconds(20));
                lease.renew();
            });
        }
        try (Stream<StoredObject> objects = store.list("")) {
            assertThat(objects).hasSizeLessThanOrEqualTo(8);
        }
    }

    @Test
    void a_lease_that_is_taken_and_released() throws Exception {
        GrowthCheck.of("a term").store(store).last(LAST).run(number -> {
            clock.advance(MINUTE);
            StoreLease.acquire(store, "lease", "owner" + number % 2, MINUTE, clock)
                    .close();
        });
    }

    @Test
    void a_listing_that_begins_at_a_key() throws Exception {
        GrowthCheck.of("an object, listed").store(store).last(LAST).run(number -> {
            String key = "%08d".formatted(number);
            store.createIfAbsent("objects/" + key, bytes("content"));
            try (Stream<StoredObject> later = store.under("objects").list("", "%08d".formatted(number - 1))) {
                assertThat(later).extracting(StoredObject::key).containsExactly(key);
            }
        });
    }
}
