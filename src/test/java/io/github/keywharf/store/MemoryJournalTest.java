package io.github.keywharf.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.testing.ForwardingStore;
import io.github.keywharf.testing.contract.JournalContract;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A journal in memory, and over stores that are not sure. */
class MemoryJournalTest extends JournalContract {
    @Override
    protected ObjectStore emptyStore() {
        return ObjectStore.inMemory();
    }

    @Test
    void a_store_that_does_not_know_who_wrote_an_entry_is_asked_for_its_content() {
        UnsureStore store = new UnsureStore();
        Journal<String> journal = journal(store);
        store.answersLost = true;
        assertThat(journal.append(1, "mine")).isTrue();
        assertThat(journal.append(1, "theirs")).isFalse();
        assertThat(journal.find(1)).contains("mine");
    }

    @Test
    void a_store_that_lists_in_another_order_is_refused_and_gives_no_old_entry() {
        ObjectStore reversed = new ForwardingStore(ObjectStore.inMemory()) {
            @Override
            public Stream<StoredObject> list(String prefix) {
                return super.list(prefix)
                        .sorted(Comparator.comparing(StoredObject::key).reversed());
            }
        };
        Journal<String> journal = Journal.newestFirst(
                reversed,
                value -> value.getBytes(StandardCharsets.UTF_8),
                (subject, number, content) -> new String(content, StandardCharsets.UTF_8));
        journal.append(1, "old");
        assertThat(journal.newest())
                .hasValueSatisfying(entry -> assertThat(entry.number()).isEqualTo(1));
        journal.append(2, "new");
        assertThatThrownBy(journal::newest)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.unsupported"))
                .hasMessageContaining("UTF-8");
    }

    @Test
    void a_listing_of_what_is_not_there_is_an_error_and_not_an_endless_search() {
        UnsureStore store = new UnsureStore();
        Journal<String> journal = journal(store);
        journal.append(1, "gone");
        store.blind = true;
        assertThatThrownBy(journal::newest)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.not_found"))
                .hasMessageContaining("00000000000000000001.json");
    }

    @Test
    void what_a_writer_left_that_died_at_any_call_is_continued_by_the_next() {
        int deaths = 0;
        for (int calls = 0; calls < 40; calls++) {
            UnsureStore store = new UnsureStore();
            Journal<String> journal = journal(store);
            store.callsLeft = calls;
            try {
                writeUpToFive(journal);
            } catch (IllegalStateException died) {
                deaths++;
            }
            store.callsLeft = Integer.MAX_VALUE;

            writeUpToFive(journal);

            try (Stream<Journal.Entry<String>> left = journal.entries()) {
                assertThat(left.map(Journal.Entry::value)).as("%s calls", calls).containsExactly("entry 4", "entry 5");
            }
        }
        assertThat(deaths).isBetween(10, 39);
    }

    private static void writeUpToFive(Journal<String> journal) {
        long newest = journal.newest().map(Journal.Entry::number).orElse(0L);
        for (long number = newest + 1; number <= 5; number++) {
            assertThat(journal.append(number, "entry " + number)).isTrue();
        }
        journal.prune(2);
    }

    private static Journal<String> journal(ObjectStore store) {
        return Journal.oldestFirst(
                store,
                value -> value.getBytes(StandardCharsets.UTF_8),
                (subject, number, content) -> new String(content, StandardCharsets.UTF_8));
    }

    /** A store that does not know whether it wrote an object, lists what it cannot read, or dies after some calls. */
    private static final class UnsureStore extends ForwardingStore {
        private boolean answersLost;
        private boolean blind;
        private int callsLeft = Integer.MAX_VALUE;

        UnsureStore() {
            super(ObjectStore.inMemory());
        }

        private void call() {
            if (callsLeft-- <= 0) {
                throw new IllegalStateException("dead");
            }
        }

        @Override
        public Stream<StoredObject> list(String prefix) {
            call();
            return super.list(prefix);
        }

        @Override
        public ObjectReader open(String key) {
            call();
            return super.open(blind ? "another" : key);
        }

        @Override
        public boolean createIfAbsent(String key, byte[] content) {
            call();
            boolean created = super.createIfAbsent(key, content);
            if (answersLost) {
                throw new KeywharfException("store.outcome_unknown", key, "Read it and compare its content");
            }
            return created;
        }

        @Override
        public void delete(String key) {
            call();
            super.delete(key);
        }
    }
}
