package io.github.keywharf.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.testing.ForwardingStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A state that is a set of words, each added by a change. An entry has them in a line each. */
class JournalStateTest {
    private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");
    private static final Duration REFRESH = Duration.ofSeconds(5);

    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final FailingStore store = new FailingStore(ObjectStore.inMemory());
    private final List<KeywharfException> despite = new CopyOnWriteArrayList<>();

    @TempDir
    Path directory;

    private final class Failures implements JournalState.Failures {
        @Override
        public KeywharfException reverted(String name, long before, long newest) {
            return new KeywharfException("test.reverted", name, "from " + before + " to " + newest);
        }

        @Override
        public KeywharfException contended(String name) {
            return new KeywharfException("test.contended", name, "by others");
        }

        @Override
        public void madeDespite(String name, KeywharfException failure) {
            despite.add(failure);
        }
    }

    private JournalState<String, Set<String>> state(ObjectStore folder) {
        Journal<String> journal = Journal.oldestFirst(
                folder,
                text -> text.getBytes(StandardCharsets.UTF_8),
                (subject, number, content) -> new String(content, StandardCharsets.UTF_8));
        return JournalState.of(
                journal,
                Set.of(),
                text -> new TreeSet<>(text.lines().toList()),
                new Failures(),
                () -> now.get(),
                REFRESH);
    }

    private static Set<String> add(JournalState<String, Set<String>> state, String word) {
        UnaryOperator<Set<String>> change = words -> {
            Set<String> more = new TreeSet<>(words);
            return more.add(word) ? more : words;
        };
        return state.update(change, words -> String.join("\n", words));
    }

    private List<String> keys() {
        try (Stream<StoredObject> objects = store.list("")) {
            return objects.map(StoredObject::key).toList();
        }
    }

    private static void assertCode(String code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void a_change_is_seen_by_all_and_one_that_changes_nothing_writes_nothing() {
        JournalState<String, Set<String>> state = state(store);
        assertThat(state.newest()).isEmpty();
        assertThat(add(state, "a")).containsExactly("a");
        assertThat(add(state(store), "b")).containsExactly("a", "b");
        assertThat(add(state, "b")).containsExactly("a", "b");
        assertThat(keys()).hasSize(2);
        assertThat(state(store).newest()).containsExactly("a", "b");
        assertThat(state.toString()).contains(store.name());
    }

    @Test
    void recent_answers_from_memory_until_the_refresh_is_over_or_the_clock_is_set_back() {
        JournalState<String, Set<String>> state = state(store);
        assertThat(state.recent()).isEmpty();
        add(state(store), "a");
        now.set(START.plus(REFRESH).minusMillis(1));
        assertThat(state.recent()).isEmpty();
        now.set(START.plus(REFRESH));
        assertThat(state.recent()).containsExactly("a");
        add(state(store), "b");
        now.set(START);
        assertThat(state.recent()).containsExactly("a", "b");
        assertThat(add(state, "c")).isEqualTo(state.recent());
        assertThatThrownBy(() -> JournalState.of(
                        Journal.oldestFirst(store, String::getBytes, (subject, number, content) -> ""),
                        "",
                        text -> text,
                        new Failures(),
                        () -> START,
                        Duration.ofMillis(-1)))
                .hasMessageContaining("PT-0.001S");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void concurrent_writers_lose_none_of_each_others_changes(boolean inMemory) throws Exception {
        ObjectStore folder = inMemory ? ObjectStore.inMemory() : ObjectStore.ofDirectory(directory);
        List<JournalState<String, Set<String>>> states = List.of(state(folder), state(folder));
        List<Callable<Void>> writers = new ArrayList<>();
        for (int writer = 0; writer < 4; writer++) {
            JournalState<String, Set<String>> state = states.get(writer % 2);
            int first = writer * 10;
            writers.add(() -> {
                for (int i = first; i < first + 10; i++) {
                    assertThat(add(state, "word " + i)).contains("word " + i);
                }
                return null;
            });
        }
        ExecutorService pool = Executors.newFixedThreadPool(writers.size());
        try {
            for (Future<Void> writer : pool.invokeAll(writers)) {
                writer.get();
            }
        } finally {
            pool.shutdown();
        }
        assertThat(states.get(0).newest())
                .isEqualTo(states.get(1).newest())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 40).mapToObj(i -> "word " + i).toList());
    }

    @Test
    void a_change_whose_answer_is_lost_is_made_once() {
        JournalState<String, Set<String>> state = state(store);
        add(state, "a");
        store.failAfterCreate = true;
        assertThat(add(state, "b")).containsExactly("a", "b");
        assertThat(despite).singleElement().satisfies(e -> assertThat(e.code()).isEqualTo("store.unavailable"));
        store.failAfterCreate = false;
        assertThat(keys()).hasSize(2);
        assertThat(add(state(store), "c")).containsExactly("a", "b", "c");
    }

    @Test
    void a_change_that_is_not_found_after_a_failure_is_the_stores_error() {
        JournalState<String, Set<String>> state = state(store);
        add(state, "a");
        store.beforeCreate = () -> {
            throw FailingStore.unavailable();
        };
        assertCode("store.unavailable", () -> add(state, "b"));
        store.beforeCreate = () -> {
            store.failLists = true;
            throw FailingStore.unavailable();
        };
        assertThatThrownBy(() -> add(state, "b"))
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThat(despite).isEmpty();
        store.failLists = false;
        store.beforeCreate = () -> {};
        assertThat(state.newest()).containsExactly("a");
    }

    @Test
    void old_entries_are_deleted_and_a_failure_in_that_does_not_undo_the_change() {
        JournalState<String, Set<String>> state = state(store);
        IntStream.range(0, 20).forEach(i -> add(state, "word " + i));
        assertThat(keys()).hasSize(16);
        store.failDeletes = true;
        assertThat(add(state, "last")).contains("last");
        assertThat(despite).hasSize(1);
        assertThat(keys()).hasSize(17);
        store.failDeletes = false;
        add(state, "after");
        assertThat(keys()).hasSize(16);
    }

    @Test
    void a_journal_that_went_back_is_the_owners_error_where_that_was_known() {
        JournalState<String, Set<String>> state = state(store);
        add(state, "a");
        add(state, "b");
        store.delete("00000000000000000002.json");
        assertThat(state.recent()).containsExactly("a", "b");
        assertCode("test.reverted", state::newest);
        assertCode("test.reverted", () -> add(state, "c"));
        now.set(START.plus(REFRESH));
        assertThatThrownBy(state::recent).hasMessageContaining("from 2 to 1");
        store.delete("00000000000000000001.json");
        assertThatThrownBy(state::newest).hasMessageContaining("from 2 to 0");
        assertThat(state(store).newest()).isEmpty();
    }

    @Test
    void a_writer_that_others_precede_each_time_gives_up() {
        JournalState<String, Set<String>> other = state(store);
        JournalState<String, Set<String>> state = state(store);
        List<String> others = new ArrayList<>();
        store.beforeCreate = () -> {
            Runnable hook = store.beforeCreate;
            store.beforeCreate = () -> {};
            others.add("other " + others.size());
            add(other, others.get(others.size() - 1));
            store.beforeCreate = hook;
        };
        assertCode("test.contended", () -> add(state, "mine"));
        store.beforeCreate = () -> {};
        assertThat(others).hasSize(100);
        assertThat(state.newest()).containsExactlyInAnyOrderElementsOf(others);
    }

    @Test
    void a_number_that_was_pruned_while_its_writer_slept_counts_for_nothing() {
        JournalState<String, Set<String>> state = state(store);
        add(state, "first");
        store.beforeCreate = () -> {
            store.beforeCreate = () -> {};
            JournalState<String, Set<String>> other = state(store);
            IntStream.range(0, 30).forEach(i -> add(other, "other " + i));
        };
        assertThat(add(state, "mine")).hasSize(32);
        assertThat(state(store).newest()).hasSize(32).contains("first", "mine", "other 29");
    }

    /** A store whose calls fail before or after they did their work, or that is used by others meanwhile. */
    private static final class FailingStore extends ForwardingStore {
        private Runnable beforeCreate = () -> {};
        private boolean failAfterCreate;
        private boolean failDeletes;
        private boolean failLists;

        FailingStore(ObjectStore real) {
            super(real);
        }

        static KeywharfException unavailable() {
            return KeywharfException.retryable("store.unavailable", "test", "It does not answer; try again");
        }

        private static void failIf(boolean failing) {
            if (failing) {
                throw unavailable();
            }
        }

        @Override
        public Stream<StoredObject> list(String prefix) {
            failIf(failLists);
            return super.list(prefix);
        }

        @Override
        public boolean createIfAbsent(String key, byte[] content) {
            beforeCreate.run();
            boolean created = super.createIfAbsent(key, content);
            failIf(failAfterCreate);
            return created;
        }

        @Override
        public void delete(String key) {
            failIf(failDeletes);
            super.delete(key);
        }
    }
}
