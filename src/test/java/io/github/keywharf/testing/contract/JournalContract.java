package io.github.keywharf.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.Journal;
import io.github.keywharf.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a {@link Journal} keeps to over every {@link ObjectStore}. */
public abstract class JournalContract {

    /** For subclasses. */
    protected JournalContract() {}

    private ObjectStore store;

    /** A store with no objects, closed by the contract after the test. */
    protected abstract ObjectStore emptyStore() throws Exception;

    /** How many rounds of two writers race for one number. */
    protected int raceRounds() {
        return 40;
    }

    /** The kinds of keys that a journal may have. */
    protected enum Kind {
        /** Counting down. */
        NEWEST_FIRST,
        /** Counting up. */
        OLDEST_FIRST,
        /** Counting up after a name, with few digits. */
        NAMED
    }

    @BeforeEach
    final void openStore() throws Exception {
        store = emptyStore();
    }

    @AfterEach
    final void closeStore() {
        store.close();
    }

    private Journal<String> journal(Kind kind) {
        ObjectStore folder = store.under("log");
        return switch (kind) {
            case NEWEST_FIRST -> Journal.newestFirst(folder, JournalContract::bytes, JournalContract::text);
            case OLDEST_FIRST -> Journal.oldestFirst(folder, JournalContract::bytes, JournalContract::text);
            case NAMED -> Journal.oldestFirst(folder, "part-", 2, JournalContract::bytes, JournalContract::text);
        };
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void an_entry_is_read_as_it_was_written(Kind kind) {
        Journal<String> journal = journal(kind);
        assertThat(journal.newest()).isEmpty();
        assertThat(journal.find(7)).isEmpty();
        assertThat(journal.append(7, "seven")).isTrue();
        assertThat(journal.append(8, "")).isTrue();
        assertThat(journal.find(7)).contains("seven");
        assertThat(journal.find(8)).as("an empty entry").contains("");
        assertThat(journal.find(9)).isEmpty();
        assertThat(journal.newest()).hasValueSatisfying(entry -> {
            assertThat(entry.number()).isEqualTo(8);
            assertThat(entry.value()).isEmpty();
            assertThat(entry.written()).isAfter(java.time.Instant.EPOCH);
        });
        assertThat(journal.toString()).contains(journal.name()).contains("log");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void the_newest_is_the_highest_number_in_whatever_order_they_came(Kind kind) {
        Journal<String> journal = journal(kind);
        List<Long> numbers = List.of(10L, 0L, 99L, 100L, 9L, 1L);
        numbers.forEach(number -> journal.append(number, "entry " + number));
        assertThat(newest(journal)).isEqualTo(100);
        assertThat(values(journal))
                .containsExactlyInAnyOrderElementsOf(
                        numbers.stream().map(number -> "entry " + number).toList());
        journal.append(Long.MAX_VALUE, "last");
        assertThat(newest(journal)).isEqualTo(Long.MAX_VALUE);
        assertThat(journal.find(Long.MAX_VALUE)).contains("last");
    }

    @Test
    void keys_are_those_that_people_were_promised() {
        Journal<String> down = journal(Kind.NEWEST_FIRST);
        Journal<String> up = journal(Kind.OLDEST_FIRST);
        Journal<String> named = journal(Kind.NAMED);
        assertThat(down.key(7)).isEqualTo("9223372036854775800-7.json");
        assertThat(up.key(7)).isEqualTo("00000000000000000007.json");
        assertThat(named.key(7)).isEqualTo("part-07.json");
        assertThat(named.key(1234)).isEqualTo("part-1234.json");
        down.append(7, "a");
        assertThat(store.find("log/9223372036854775800-7.json")).isPresent();
    }

    @Test
    void entries_come_in_the_order_of_their_keys() {
        for (long number = 1; number <= 12; number++) {
            journal(Kind.NEWEST_FIRST).append(number, "down " + number);
            journal(Kind.NAMED).append(number, "up " + number);
        }
        assertThat(values(journal(Kind.NEWEST_FIRST)))
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 12)
                        .mapToObj(number -> "down " + (13 - number))
                        .toList());
        assertThat(values(journal(Kind.NAMED)))
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 12)
                        .mapToObj(number -> "up " + number)
                        .toList());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void a_number_is_written_once_and_the_same_entry_may_be_written_again(Kind kind) {
        Journal<String> journal = journal(kind);
        assertThat(journal.append(1, "mine")).isTrue();
        assertThat(journal.append(1, "theirs")).isFalse();
        assertThat(journal.append(1, "")).isFalse();
        assertThat(journal.append(1, "mine")).as("as after a lost answer").isTrue();
        assertThat(journal.find(1)).contains("mine");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void of_two_writers_of_one_number_one_wins_and_both_read_its_entry(Kind kind) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < raceRounds(); round++) {
                long number = round;
                CyclicBarrier start = new CyclicBarrier(2);
                List<Callable<Boolean>> writers = new ArrayList<>();
                for (String writer : List.of("a", "b")) {
                    writers.add(() -> {
                        start.await(30, TimeUnit.SECONDS);
                        return journal(kind).append(number, writer.repeat(500));
                    });
                }
                List<Boolean> won = new ArrayList<>();
                for (Future<Boolean> writer : pool.invokeAll(writers)) {
                    won.add(writer.get());
                }
                assertThat(won).as("round %s", round).containsExactlyInAnyOrder(true, false);
                assertThat(journal(kind).find(number)).contains((won.get(0) ? "a" : "b").repeat(500));
            }
        } finally {
            pool.shutdown();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void pruning_keeps_the_highest_numbers(Kind kind) {
        Journal<String> journal = journal(kind);
        assertThat(journal.prune(1)).isEmpty();
        for (long number = 95; number <= 104; number++) {
            journal.append(number, "entry " + number);
        }
        assertThat(journal.prune(20)).isEqualTo(OptionalLong.of(104));
        assertThat(values(journal)).hasSize(10);
        assertThat(journal.prune(3)).isEqualTo(OptionalLong.of(104));
        assertThat(values(journal)).containsExactlyInAnyOrder("entry 102", "entry 103", "entry 104");
        journal.delete(103);
        journal.delete(103);
        assertThat(journal.find(103)).isEmpty();
        assertThat(journal.prune(1)).isEqualTo(OptionalLong.of(104));
        assertThatThrownBy(() -> journal.prune(0)).hasMessageContaining("0");
        assertThat(newest(journal)).isEqualTo(104);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void a_reader_finds_the_newest_while_others_append_and_prune(Kind kind) throws Exception {
        Journal<String> journal = journal(kind);
        journal.append(0, "entry 0");
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            Future<Long> writer = pool.submit(() -> {
                long number = 0;
                while (!stop.get()) {
                    number++;
                    assertThat(journal.append(number, "entry " + number)).isTrue();
                    // With fewer, a listing could miss all: the old ones that go, and the new ones that come.
                    assertThat(journal.prune(20)).isEqualTo(OptionalLong.of(number));
                }
                return number;
            });
            long last = 0;
            for (int i = 0; i < 100; i++) {
                Journal.Entry<String> entry = journal.newest().orElseThrow();
                assertThat(entry.number()).isGreaterThanOrEqualTo(last);
                assertThat(entry.value()).isEqualTo("entry " + entry.number());
                last = entry.number();
                assertThat(values(journal)).allMatch(value -> value.startsWith("entry "));
            }
            stop.set(true);
            long written = writer.get(60, TimeUnit.SECONDS);
            assertThat(newest(journal)).isEqualTo(written);
            journal.prune(1);
            assertThat(values(journal)).containsExactly("entry " + written);
        } finally {
            stop.set(true);
            pool.shutdown();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void other_objects_of_the_folder_are_not_entries(Kind kind) {
        Journal<String> journal = journal(kind);
        journal.append(3, "three");
        for (String key : List.of(
                "readme.txt",
                "part-.json",
                "part-3.json",
                "part-+4.json",
                "part-99",
                ".json",
                "7.json",
                "00000000000000000009.json.bak",
                "00000000000000000009.jsonl",
                "000000000000000000009.json",
                "99999999999999999999.json",
                "9223372036854775800-8.json",
                "-7.json",
                "below/00000000000000000009.json",
                "0000000000000000000x.json")) {
            store.createIfAbsent("log/" + key, bytes("foreign"));
        }
        store.createIfAbsent("log-2/" + journal.key(50), bytes("foreign"));
        assertThat(newest(journal)).isEqualTo(3);
        assertThat(values(journal)).containsExactly("three");
        assertThat(journal.prune(1)).isEqualTo(OptionalLong.of(3));
        assertThat(store.find("log/readme.txt")).isPresent();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void an_entry_that_cannot_be_read_is_the_error_of_its_owner_and_names_it(Kind kind) {
        Journal<String> journal = journal(kind);
        journal.append(1, "good");
        store.createIfAbsent("log/" + journal.key(2), bytes("unreadable"));
        List<ThrowingCallable> calls = List.of(journal::newest, () -> journal.find(2), () -> values(journal));
        for (ThrowingCallable call : calls) {
            assertThatThrownBy(call)
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("test.unreadable"))
                    .hasMessageContaining(store.name() + "/log/" + journal.key(2))
                    .hasMessageContaining("number 2");
        }
        assertThat(journal.find(1)).contains("good");
        assertThat(journal.append(2, "good")).isFalse();
    }

    @Test
    void an_entry_that_is_too_large_is_neither_written_nor_read() {
        Journal<String> journal = journal(Kind.OLDEST_FIRST);
        Journal<String> limited = journal.withMaxEntryBytes(10);
        assertThat(limited.append(1, "0123456789")).isTrue();
        assertCode("store.too_large", () -> limited.append(2, "0123456789x"));
        assertThat(journal.find(2)).isEmpty();
        journal.append(2, "0123456789x");
        assertCode("store.too_large", () -> limited.find(2));
        assertCode("store.too_large", limited::newest);
        assertThat(limited.append(2, "y")).isFalse();
        assertThatThrownBy(() -> journal.withMaxEntryBytes(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void numbers_and_names_that_cannot_be_are_refused() {
        Journal<String> journal = journal(Kind.OLDEST_FIRST);
        assertThatThrownBy(() -> journal.append(-1, "x")).hasMessageContaining("-1");
        assertThatThrownBy(() -> journal.find(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> named("part-1", 5)).hasMessageContaining("part-1");
        assertThatThrownBy(() -> named("../", 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> named("part-", 0)).hasMessageContaining("0");
        assertThatThrownBy(() -> named("part-", 21)).hasMessageContaining("21");
    }

    private Journal<String> named(String name, int digits) {
        return Journal.oldestFirst(store, name, digits, JournalContract::bytes, JournalContract::text);
    }

    private static long newest(Journal<String> journal) {
        return journal.newest().orElseThrow().number();
    }

    private static List<String> values(Journal<String> journal) {
        try (Stream<Journal.Entry<String>> entries = journal.entries()) {
            return entries.map(Journal.Entry::value).toList();
        }
    }

    private static void assertCode(String code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static byte[] bytes(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(String subject, long number, byte[] content) {
        String text = new String(content, StandardCharsets.UTF_8);
        if (text.equals("unreadable")) {
            throw new KeywharfException("test.unreadable", subject, "number " + number + " cannot be read");
        }
        return text;
    }
}
