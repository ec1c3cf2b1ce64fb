package io.github.keywharf.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectKeys;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link ObjectStore} keeps to. Extend it to test an implementation of your own. */
@TestInstance(TestInstance.Lifecycle.PER_METHOD)
public abstract class ObjectStoreContract {

    /** For subclasses. */
    protected ObjectStoreContract() {}

    private ObjectStore store;

    /** A store with no objects, closed by the contract after the test. */
    protected abstract ObjectStore emptyStore() throws Exception;

    /** What a store does with objects {@code a} and {@code a/b}. */
    protected enum BesideFolders {
        /** Keeps both. */
        KEPT,
        /** Refuses the second as {@code store.key_conflict}. */
        REFUSED,
        /** Another way to fail, for servers of tests that are less than what they stand for. */
        UNTESTED
    }

    /** Whether objects {@code a} and {@code a/b} may be in the store together. */
    protected BesideFolders objectsBesideFolders() {
        return BesideFolders.KEPT;
    }

    private boolean keepsObjectsBesideFolders() {
        return objectsBesideFolders() == BesideFolders.KEPT;
    }

    /** Whether keys beyond the 16-bit characters are listed in the order of their UTF-8 bytes. */
    protected boolean ordersSupplementaryCharacters() {
        return true;
    }

    /** Whether the store distinguishes {@code A} from {@code a}. */
    protected boolean isCaseSensitive() {
        return true;
    }

    /** How many rounds of eight callers race for one key. */
    protected int raceRounds() {
        return 50;
    }

    /** How many objects are listed from a key on; more than a page has, where there are pages. */
    protected int manyObjects() {
        return 300;
    }

    @BeforeEach
    final void openStore() throws Exception {
        store = emptyStore();
    }

    @AfterEach
    final void closeStore() {
        store.close();
        store.close();
    }

    @Test
    void a_check_finds_nothing_and_leaves_nothing() {
        if (ordersSupplementaryCharacters()) {
            store.check();
        }
        assertThat(store.list("")).isEmpty();
    }

    @Test
    void an_object_reads_back_as_it_was_written() throws IOException {
        byte[] content = bytes(100_000, 1);
        StoredObject stored = write("folder/object.bin", content);

        assertThat(stored.key()).isEqualTo("folder/object.bin");
        assertThat(stored.size()).isEqualTo(content.length);
        try (ObjectReader reader = store.open("folder/object.bin");
                InputStream in = reader.stream()) {
            assertThat(reader.object())
                    .usingRecursiveComparison()
                    .ignoringFields("lastModified")
                    .isEqualTo(stored);
            assertThat(in.readAllBytes()).isEqualTo(content);
        }
    }

    @Test
    void an_empty_object_is_an_object() throws IOException {
        write("empty", new byte[0]);
        assertThat(keys("")).containsExactly("empty");
        assertThat(store.readSmall("empty")).isEmpty();
        try (ObjectReader reader = store.open("empty");
                InputStream in = reader.stream()) {
            assertThat(in.read()).isEqualTo(-1);
        }
        assertThat(store.createIfAbsent("empty", new byte[0])).isFalse();
    }

    @Test
    void a_range_is_read_from_where_it_is_asked() {
        byte[] content = bytes(5_000, 2);
        write("o", content);
        byte[] target = new byte[1_200];
        try (ObjectReader reader = store.open("o")) {
            reader.readFully(3_900, target, 100, 1_100);
            assertThat(Arrays.copyOfRange(target, 100, 1_200)).isEqualTo(Arrays.copyOfRange(content, 3_900, 5_000));
            assertThat(Arrays.copyOf(target, 100)).containsOnly(0);
            reader.readFully(0, target, 0, 10);
            assertThat(Arrays.copyOf(target, 10)).isEqualTo(Arrays.copyOf(content, 10));
            reader.readFully(5_000, target, 0, 0);
        }
    }

    @Test
    void a_range_beyond_the_end_is_refused() {
        write("o", bytes(10, 3));
        try (ObjectReader reader = store.open("o")) {
            assertCode("store.ended", () -> reader.readFully(5, new byte[10], 0, 6));
            assertThatThrownBy(() -> reader.readFully(-1, new byte[10], 0, 1))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> reader.readFully(0, new byte[10], 8, 3))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void a_stream_can_be_skipped_and_opened_twice() throws IOException {
        byte[] content = bytes(20_000, 4);
        write("o", content);
        try (ObjectReader reader = store.open("o")) {
            try (InputStream in = reader.stream()) {
                in.skipNBytes(15_000);
                assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, 15_000, 20_000));
            }
            try (InputStream in = reader.stream()) {
                assertThat(in.readNBytes(10)).isEqualTo(Arrays.copyOf(content, 10));
            }
        }
    }

    @Test
    void ranges_are_read_by_several_threads_concurrently() throws Exception {
        byte[] content = bytes(64_000, 5);
        write("o", content);
        try (ObjectReader reader = store.open("o")) {
            race(8, thread -> {
                byte[] target = new byte[8_000];
                reader.readFully(thread * 8_000L, target, 0, 8_000);
                assertThat(target).isEqualTo(Arrays.copyOfRange(content, thread * 8_000, (thread + 1) * 8_000));
                return true;
            });
        }
    }

    @Test
    void an_object_that_is_not_there_is_reported_with_store_and_key() {
        assertThatThrownBy(() -> store.open("no/such"))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.not_found"))
                .hasMessageContaining("no/such")
                .hasMessageContaining(store.name());
        assertCode("store.not_found", () -> store.readSmall("no/such"));
    }

    @Test
    void nothing_appears_before_commit() throws IOException {
        try (ObjectWriter writer = store.create("late")) {
            writer.write(bytes(100_000, 6));
            writer.flush();
            assertThat(keys("")).isEmpty();
            assertCode("store.not_found", () -> store.open("late"));
            writer.commit();
            assertThat(keys("")).containsExactly("late");
        }
        assertThat(keys("")).containsExactly("late");
    }

    @Test
    void closing_without_a_commit_leaves_nothing_behind_or_what_was_there() throws IOException {
        write("kept", text("first"));
        ObjectWriter replacing = store.create("kept");
        replacing.write(text("second"));
        replacing.close();
        replacing.close();
        try (ObjectWriter writer = store.create("new/given-up")) {
            writer.write(1);
        }
        assertThat(keys("")).containsExactly("kept");
        assertThat(store.readSmall("kept")).isEqualTo(text("first"));
    }

    @Test
    void a_writer_is_done_after_commit_or_close() throws IOException {
        ObjectWriter committed = store.create("a");
        committed.commit();
        assertThatThrownBy(() -> committed.write(1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(committed::commit).isInstanceOf(IllegalStateException.class);
        committed.close();
        ObjectWriter closed = store.create("b");
        closed.close();
        assertThatThrownBy(() -> closed.write(new byte[3])).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(closed::commit).isInstanceOf(IllegalStateException.class);
        assertThat(keys("")).containsExactly("a");
    }

    @Test
    void create_replaces_and_the_etag_shows_it() {
        StoredObject first = write("o", text("first"));
        StoredObject second = write("o", text("other"));
        assertThat(second.etag()).isNotEqualTo(first.etag());
        assertThat(store.readSmall("o")).isEqualTo(text("other"));
        assertThat(keys("")).containsExactly("o");
    }

    @Test
    void a_reader_never_mixes_an_object_with_its_replacement() throws IOException {
        byte[] old = new byte[200_000];
        byte[] fresh = new byte[200_000];
        Arrays.fill(fresh, (byte) 1);
        write("o", old);
        try (ObjectReader reader = store.open("o")) {
            byte[] head = new byte[1_000];
            reader.readFully(0, head, 0, 1_000);
            write("o", fresh);
            byte[] tail = new byte[1_000];
            try {
                reader.readFully(150_000, tail, 0, 1_000);
                assertThat(tail).containsOnly(0);
            } catch (KeywharfException e) {
                assertThat(e.code()).isEqualTo("store.replaced");
            }
            try (InputStream in = reader.stream()) {
                assertThat(in.readAllBytes()).isEqualTo(old);
            } catch (KeywharfException e) {
                assertThat(e.code()).isEqualTo("store.replaced");
            }
        }
    }

    @Test
    void a_reader_never_sees_half_an_object_while_it_is_replaced() throws Exception {
        write("o", filled(0));
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService writerThread = Executors.newSingleThreadExecutor();
        try {
            Future<?> writing = writerThread.submit(() -> {
                for (int i = 1; !stop.get(); i++) {
                    write("o", filled(i % 100));
                }
            });
            for (int i = 0; i < 100; i++) {
                try {
                    byte[] content = store.readSmall("o");
                    assertThat(content).hasSizeGreaterThan(9_000).containsOnly(content[0]);
                } catch (KeywharfException e) {
                    assertThat(e.code()).isEqualTo("store.replaced");
                }
            }
            stop.set(true);
            writing.get(30, TimeUnit.SECONDS);
        } finally {
            stop.set(true);
            writerThread.shutdown();
        }
    }

    @Test
    void create_if_absent_writes_once() {
        assertThat(store.createIfAbsent("m/1.json", text("one"))).isTrue();
        assertThat(store.createIfAbsent("m/1.json", text("two"))).isFalse();
        assertThat(store.readSmall("m/1.json")).isEqualTo(text("one"));
        write("m/1.json", text("three"));
        assertThat(store.createIfAbsent("m/1.json", text("four"))).isFalse();
        store.delete("m/1.json");
        assertThat(store.createIfAbsent("m/1.json", text("five"))).isTrue();
    }

    @Test
    void of_eight_callers_one_creates_the_object_and_it_is_whole() throws Exception {
        for (int round = 0; round < raceRounds(); round++) {
            String key = "race/" + round;
            List<Boolean> won =
                    race(8, thread -> store.createIfAbsent(key, text(("writer " + thread + ";").repeat(50))));
            assertThat(won).as("round %s", round).containsOnlyOnce(true);
            assertThat(store.readSmall(key)).isEqualTo(text(("writer " + won.indexOf(true) + ";").repeat(50)));
        }
    }

    @Test
    void deleting_what_is_not_there_is_not_an_error() {
        write("a/b/c", text("x"));
        store.delete("a/b/c");
        store.delete("a/b/c");
        store.delete("a/b");
        assertThat(keys("")).isEmpty();
        write("a/b", text("y"));
        assertThat(keys("")).containsExactly("a/b");
    }

    @Test
    void list_is_sorted_and_bounded_by_prefix() {
        for (String key : List.of("payment/2", "payment_type/1", "payment/10", "payment", "staff/1", "payment.csv")) {
            if (keepsObjectsBesideFolders() || !key.equals("payment")) {
                write(key, text(key));
            }
        }
        assertThat(keys("payment/")).containsExactly("payment/10", "payment/2");
        assertThat(keys("payment_")).containsExactly("payment_type/1");
        assertThat(keys("payment"))
                .contains("payment.csv", "payment/10", "payment_type/1")
                .isSortedAccordingTo(ObjectKeys.ORDER);
        assertThat(keys("none")).isEmpty();
        assertThat(keys("payment/none/")).isEmpty();
        assertThat(keys("staff/1/")).isEmpty();
    }

    @Test
    void list_has_size_etag_and_time() {
        StoredObject stored = write("o", bytes(123, 7));
        try (Stream<StoredObject> listed = store.list("")) {
            StoredObject object = listed.findFirst().orElseThrow();
            assertThat(object.size()).isEqualTo(123);
            assertThat(object.etag()).isEqualTo(stored.etag());
            assertThat(object.lastModified())
                    .isBetween(
                            stored.lastModified().minusSeconds(2),
                            stored.lastModified().plusSeconds(2));
        }
    }

    @Test
    void list_is_in_the_order_of_utf_8_bytes() {
        TreeSet<String> expected = new TreeSet<>((a, b) -> Arrays.compareUnsigned(text(a), text(b)));
        expected.addAll(List.of(
                "a-b",
                "a/b",
                "a.b",
                "a0",
                "a b/c",
                "a/b-c",
                "a/b0/d",
                "a!/x",
                "b",
                "é",
                "y/é/ü",
                "\uFF5E",
                "\uD83D\uDE00",
                "z",
                "~",
                "%41",
                "a+b",
                "a&b=c",
                "a=1/b=2/part 0.parquet",
                "#",
                "?q",
                "a/b.c/d",
                "a/b.c-d",
                "ab/c/d/e"));
        if (!ordersSupplementaryCharacters()) {
            expected.remove("\uD83D\uDE00");
        }
        expected.forEach(key -> write(key, text(key)));
        if (isCaseSensitive()) {
            expected.add("Z");
            write("Z", text("Z"));
        }
        assertThat(keys("")).containsExactlyElementsOf(expected);
        expected.forEach(key -> assertThat(store.readSmall(key)).isEqualTo(text(key)));
    }

    @Test
    void random_keys_are_listed_in_order_for_any_prefix() {
        NavigableSet<String> expected = randomKeys(new Random(42), 60);
        expected.forEach(key -> store.createIfAbsent(key, new byte[1]));
        for (String prefix : List.of("", "k", "ka", "ka/", "k/", "kb-", "k-", "k/a", "k.")) {
            assertThat(keys(prefix))
                    .as("prefix '%s'", prefix)
                    .containsExactlyElementsOf(
                            expected.stream().filter(k -> k.startsWith(prefix)).toList());
        }
    }

    @Test
    void an_object_beside_its_folder_is_kept_or_clearly_refused() {
        assumeThat(objectsBesideFolders())
                .as("this server keeps objects in folders of a disk, as the real service does not")
                .isNotEqualTo(BesideFolders.UNTESTED);
        write("a", text("1"));
        write("c/d", text("2"));
        if (keepsObjectsBesideFolders()) {
            write("a/b", text("3"));
            write("c", text("4"));
            assertThat(keys("")).containsExactly("a", "a/b", "c", "c/d");
            assertThat(store.readSmall("a")).isEqualTo(text("1"));
        } else {
            assertCode("store.key_conflict", () -> write("a/b", text("3")));
            assertCode("store.key_conflict", () -> write("c", text("4")));
            assertCode("store.key_conflict", () -> store.createIfAbsent("a/b", text("3")));
            assertCode("store.key_conflict", () -> store.createIfAbsent("c", text("4")));
            assertCode("store.key_conflict", () -> store.copy("a", "c"));
            assertCode("store.key_conflict", () -> store.copy("c/d", "a/b"));
            assertThat(keys("")).containsExactly("a", "c/d");
        }
        assertCode("store.not_found", () -> store.open("c/d/e"));
    }

    @Test
    void find_gives_a_small_object_or_nothing() {
        for (String key : List.of("a", "a b/%41+&=", "é/ü~", "deep/er/still")) {
            assertThat(store.find(key)).as("'%s'", key).isEmpty();
            write(key, text("content of " + key));
            assertThat(store.find(key))
                    .as("'%s'", key)
                    .hasValueSatisfying(found -> assertThat(found).isEqualTo(text("content of " + key)));
        }
        assertThat(store.find("deep/er")).as("a folder is no object").isEmpty();
        assertThat(store.find("a/below")).as("below an object").isEmpty();
        store.delete("a");
        assertThat(store.find("a")).isEmpty();
    }

    @Test
    void find_takes_no_more_bytes_than_it_may() {
        write("empty", new byte[0]);
        write("ten", bytes(10, 11));
        assertThat(store.find("empty", 0))
                .hasValueSatisfying(found -> assertThat(found).isEmpty());
        assertThat(store.find("ten", 10))
                .hasValueSatisfying(found -> assertThat(found).isEqualTo(bytes(10, 11)));
        assertCode("store.too_large", () -> store.find("ten", 9));
        assertCode("store.too_large", () -> store.find("ten", 0));
        assertThat(store.find("none", 0)).isEmpty();
        for (int invalid : new int[] {-1, ObjectKeys.MAX_SMALL_OBJECT + 1}) {
            assertThatThrownBy(() -> store.find("ten", invalid))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(String.valueOf(invalid));
        }
    }

    @Test
    void list_starts_after_a_key_whether_or_not_it_exists() {
        for (String key : List.of("k/1", "k/2", "k/3/a", "k/3/b", "k/4", "l/1")) {
            write(key, text(key));
        }
        assertThat(keys("k/", "k/2")).containsExactly("k/3/a", "k/3/b", "k/4");
        assertThat(keys("k/", "k/20")).containsExactly("k/3/a", "k/3/b", "k/4");
        assertThat(keys("k/", "k/3/a")).containsExactly("k/3/b", "k/4");
        assertThat(keys("k/", "k/3/")).containsExactly("k/3/a", "k/3/b", "k/4");
        assertThat(keys("k/", "k/3")).containsExactly("k/3/a", "k/3/b", "k/4");
        assertThat(keys("k/", "k/30")).containsExactly("k/4");
        assertThat(keys("k/", "k/4")).as("after the last").isEmpty();
        assertThat(keys("k/", "l/0")).as("after the prefix").isEmpty();
        assertThat(keys("k/", "a")).as("before the prefix").hasSize(5);
        assertThat(keys("k/", "k/")).as("at the prefix").hasSize(5);
        assertThat(keys("k/", "")).as("from the first on").hasSize(5);
        assertThat(keys("", "k/4")).containsExactly("l/1");
        assertThat(keys("none/", "k/1")).isEmpty();
        assertThat(keys("k/2", "k/2")).as("the prefix is a key").isEmpty();
        for (String invalid : List.of("/", "a//", "../", "a\\")) {
            assertThatThrownBy(() -> store.list("", invalid).close()).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void random_keys_are_listed_from_any_key_on() {
        Random random = new Random(43);
        NavigableSet<String> expected = randomKeys(random, 40);
        expected.forEach(key -> store.createIfAbsent(key, new byte[1]));
        List<String> starts = new ArrayList<>(expected);
        starts.addAll(randomKeys(random, 20));
        for (String start : starts) {
            for (String prefix : List.of("", "k", "ka", "k/", "kb-", "k/a")) {
                assertThat(keys(prefix, start))
                        .as("prefix '%s' after '%s'", prefix, start)
                        .containsExactlyElementsOf(expected.tailSet(start, false).stream()
                                .filter(k -> k.startsWith(prefix))
                                .toList());
            }
        }
    }

    /** Creates an object; thousands of requests may meet a server that closes a connection, which is reported. */
    private void createThoughConnectionsBreak(String key) {
        for (int attempt = 1; ; attempt++) {
            try {
                store.createIfAbsent(key, new byte[0]);
                return;
            } catch (KeywharfException e) {
                if (!e.retryable() || attempt == 5) {
                    throw e;
                }
            }
        }
    }

    @Test
    void many_objects_are_listed_from_a_key_on() throws Exception {
        int objects = manyObjects();
        race(8, thread -> {
            for (int i = thread; i < objects; i += 8) {
                createThoughConnectionsBreak(String.format(Locale.ROOT, "k/%05d", i));
            }
            return true;
        });
        for (int last : new int[] {0, objects / 2, objects - 2, objects - 1}) {
            List<String> rest = keys("k/", String.format(Locale.ROOT, "k/%05d", last));
            assertThat(rest).as("after %s", last).hasSize(objects - 1 - last).isSorted();
        }
    }

    @Test
    void a_copy_has_the_content_of_its_source_and_a_life_of_its_own() {
        byte[] content = bytes(100_000, 9);
        write("from/a", content);
        assertThat(store.copy("from/a", "to/b")).isTrue();
        assertThat(store.readSmall("to/b")).isEqualTo(content);
        assertThat(keys("")).containsExactly("from/a", "to/b");
        write("from/a", text("changed"));
        assertThat(store.readSmall("to/b")).isEqualTo(content);
        store.delete("from/a");
        assertThat(store.readSmall("to/b")).isEqualTo(content);
        assertThat(store.copy("to/b", "from/a")).isTrue();
        assertThat(store.readSmall("from/a")).isEqualTo(content);
    }

    @Test
    void a_version_is_copied_or_none() {
        write("a", text("1"));
        StoredObject version = object("a");
        assertThat(store.copy(version, "b")).isTrue();
        assertThat(store.copy(version, "b")).isFalse();
        write("a", text("2"));
        assertCode("store.replaced", () -> store.copy(version, "c"));
        store.delete("a");
        assertCode("store.not_found", () -> store.copy(version, "c"));
        assertThat(keys("")).containsExactly("b");
        assertThat(store.readSmall("b")).isEqualTo(text("1"));
    }

    private StoredObject object(String key) {
        try (ObjectReader reader = store.open(key)) {
            return reader.object();
        }
    }

    @Test
    void objects_with_odd_keys_and_empty_ones_are_copied() {
        List<String> odd = List.of("a b/%41", "é", "a+b", "a&b=c", "#", "?q", "~/x.y", "a=1/b=2/part 0.parquet");
        for (String key : odd) {
            write(key, text(key));
            assertThat(store.copy(key, "copy of " + key)).as(key).isTrue();
            assertThat(store.readSmall("copy of " + key)).isEqualTo(text(key));
        }
        write("empty", new byte[0]);
        assertThat(store.copy("empty", "empty too")).isTrue();
        assertThat(store.find("empty too"))
                .hasValueSatisfying(found -> assertThat(found).isEmpty());
    }

    @Test
    void a_copy_never_replaces_and_a_missing_source_is_an_error() {
        write("a", text("a"));
        write("b", text("b"));
        assertThat(store.copy("a", "b")).isFalse();
        assertThat(store.copy("a", "a")).isFalse();
        assertThat(store.readSmall("a")).isEqualTo(text("a"));
        assertThat(store.readSmall("b")).isEqualTo(text("b"));
        assertThatThrownBy(() -> store.copy("none", "c"))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.not_found"))
                .hasMessageContaining("none");
        assertCode("store.not_found", () -> store.copy("none", "b"));
        assertCode("store.not_found", () -> store.copy("none", "none"));
        assertThat(keys("")).containsExactly("a", "b");
    }

    @Test
    void of_eight_callers_one_makes_the_copy_and_it_is_whole() throws Exception {
        for (int i = 0; i < 8; i++) {
            write("from/" + i, text(("source " + i + ";").repeat(50)));
        }
        for (int round = 0; round < Math.min(raceRounds(), 20); round++) {
            String key = "race/" + round;
            List<Boolean> won = race(
                    8,
                    thread -> thread % 2 == 0
                            ? store.copy("from/" + thread, key)
                            : store.createIfAbsent(key, text(("source " + thread + ";").repeat(50))));
            assertThat(won).as("round %s", round).containsOnlyOnce(true);
            assertThat(store.readSmall(key)).isEqualTo(text(("source " + won.indexOf(true) + ";").repeat(50)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/a",
                "a/",
                "a//b",
                ".",
                "..",
                "a/../b",
                "../a",
                "a/./b",
                "a\\b",
                "a\u0000b",
                "a\nb",
                "\uD800"
            })
    void invalid_keys_are_refused(String key) {
        assertThatThrownBy(() -> store.open(key)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.create(key)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.createIfAbsent(key, new byte[0])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.delete(key)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.find(key)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.copy(key, "to")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.copy("from", key)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "../", "a/../", "a//", "./b", "a\\"})
    void prefixes_that_no_key_can_have_are_refused(String prefix) {
        assertThatThrownBy(() -> store.list(prefix).close()).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_folder_view_has_keys_of_its_own_and_cannot_leave() {
        write("outside", text("o"));
        write("team-b/x", text("b"));
        try (ObjectStore view = store.under("team")) {
            assertThat(view.createIfAbsent("x", text("1"))).isTrue();
            assertThat(view.createIfAbsent("x", text("2"))).isFalse();
            try (ObjectWriter writer = view.create("deep/y")) {
                writer.write(text("yy"), 0, 2);
                assertThat(writer.commit().key()).isEqualTo("deep/y");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            assertThat(view.readSmall("deep/y")).isEqualTo(text("yy"));
            try (Stream<StoredObject> listed = view.list("")) {
                assertThat(listed.map(StoredObject::key)).containsExactly("deep/y", "x");
            }
            assertThat(view.name()).isEqualTo(store.name() + "/team");
            assertThatThrownBy(() -> view.open("../outside")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> view.list("../")).isInstanceOf(IllegalArgumentException.class);
            assertThat(view.under("deep/").readSmall("y")).isEqualTo(text("yy"));
            try (Stream<StoredObject> listed = view.list("", "deep/y")) {
                assertThat(listed.map(StoredObject::key)).containsExactly("x");
            }
            assertThat(view.find("y")).isEmpty();
            assertThat(view.find("x")).isPresent();
            assertThat(view.copy("x", "z")).isTrue();
            assertThatThrownBy(() -> view.copy("../outside", "in")).isInstanceOf(IllegalArgumentException.class);
            view.delete("x");
        }
        assertThat(keys("")).containsExactly("outside", "team-b/x", "team/deep/y", "team/z");
    }

    @Test
    void the_name_is_in_to_string() {
        assertThat(store.toString()).contains(store.name());
    }

    private interface Racer<T> {
        T run(int thread) throws Exception;
    }

    private static <T> List<T> race(int threads, Racer<T> racer) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CyclicBarrier barrier = new CyclicBarrier(threads);
            List<Callable<T>> racers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                racers.add(() -> {
                    barrier.await(30, TimeUnit.SECONDS);
                    return racer.run(thread);
                });
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : pool.invokeAll(racers)) {
                results.add(future.get());
            }
            return results;
        } finally {
            pool.shutdown();
        }
    }

    private StoredObject write(String key, byte[] content) {
        try (ObjectWriter writer = store.create(key)) {
            writer.write(content);
            return writer.commit();
        } catch (IOException e) {
            throw new AssertionError("writers throw KeywharfException", e);
        }
    }

    private List<String> keys(String prefix) {
        try (Stream<StoredObject> listed = store.list(prefix)) {
            return listed.map(StoredObject::key).toList();
        }
    }

    private List<String> keys(String prefix, String startAfter) {
        try (Stream<StoredObject> listed = store.list(prefix, startAfter)) {
            return listed.map(StoredObject::key).toList();
        }
    }

    private static void assertCode(String code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private NavigableSet<String> randomKeys(Random random, int count) {
        TreeSet<String> expected = new TreeSet<>((a, b) -> Arrays.compareUnsigned(text(a), text(b)));
        String alphabet = "ab-/0./~";
        while (expected.size() < count) {
            StringBuilder key = new StringBuilder("k");
            for (int i = random.nextInt(7); i >= 0; i--) {
                key.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String candidate = key.toString();
            if (isValid(candidate)
                    && (keepsObjectsBesideFolders()
                            || expected.stream()
                                    .noneMatch(k -> k.startsWith(candidate + "/") || candidate.startsWith(k + "/")))) {
                expected.add(candidate);
            }
        }
        return expected;
    }

    private static boolean isValid(String key) {
        try {
            ObjectKeys.check(key);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static byte[] filled(int value) {
        byte[] content = new byte[10_000 + value];
        Arrays.fill(content, (byte) value);
        return content;
    }

    private static byte[] bytes(int length, long seed) {
        byte[] content = new byte[length];
        new Random(seed).nextBytes(content);
        return content;
    }

    private static byte[] text(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }
}
