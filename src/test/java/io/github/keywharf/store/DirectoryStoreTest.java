package io.github.keywharf.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.testing.contract.ObjectStoreContract;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store in a directory keeps the contract, and what a directory adds to it. */
class DirectoryStoreTest extends ObjectStoreContract {
    @TempDir
    Path directory;

    private Path root() {
        return directory.resolve("data");
    }

    @Override
    protected ObjectStore emptyStore() {
        return ObjectStore.ofDirectory(root());
    }

    @Override
    protected BesideFolders objectsBesideFolders() {
        return BesideFolders.REFUSED;
    }

    @Test
    void a_directory_that_cannot_be_created_is_named_with_the_reason() {
        assumeTrue(Files.isDirectory(Path.of("/proc/self")), "only Linux has a file system that refuses root");
        ObjectStore store = ObjectStore.ofDirectory(Path.of("/proc/keywharf"));
        assertThatThrownBy(() -> store.createIfAbsent("a", new byte[1]))
                .isInstanceOf(KeywharfException.class)
                .hasMessage(
                        "[/proc/keywharf/a] Could not create it: /proc/keywharf does not exist, and cannot be created");
    }

    @Test
    void an_object_is_a_file_that_other_programs_can_read_and_put() throws IOException {
        ObjectStore store = emptyStore();
        store.createIfAbsent("a/b.txt", "ours".getBytes(StandardCharsets.UTF_8));
        assertThat(root().resolve("a/b.txt")).hasContent("ours");
        Files.writeString(root().resolve("a/c.txt"), "theirs");
        assertThat(store.readSmall("a/c.txt")).asString(StandardCharsets.UTF_8).isEqualTo("theirs");
        assertThat(keys(store)).containsExactly("a/b.txt", "a/c.txt");
    }

    @Test
    void symbolic_links_out_of_the_directory_are_refused_and_not_listed() throws IOException {
        Path outside = Files.createDirectories(directory.resolve("outside"));
        Files.writeString(outside.resolve("private"), "x");
        Files.createDirectories(root());
        Files.createSymbolicLink(root().resolve("folder"), outside);
        Files.createSymbolicLink(root().resolve("file"), outside.resolve("private"));
        ObjectStore store = emptyStore();

        assertThat(keys(store)).isEmpty();
        try (Stream<StoredObject> listed = store.list("folder/")) {
            assertThat(listed).isEmpty();
        }
        for (String key : List.of("folder/private", "file")) {
            assertCode("store.confined", () -> store.open(key));
            assertCode("store.confined", () -> store.delete(key));
            assertCode("store.confined", () -> store.create(key));
            assertCode("store.confined", () -> store.createIfAbsent(key, new byte[1]));
        }
        assertThat(outside.resolve("private")).hasContent("x");
    }

    @Test
    void the_directory_itself_may_be_a_link() throws IOException {
        Path real = Files.createDirectories(directory.resolve("real"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), real);
        ObjectStore store = ObjectStore.ofDirectory(link);
        store.createIfAbsent("a/b", new byte[1]);
        assertThat(keys(store)).containsExactly("a/b");
        assertThat(real.resolve("a/b")).exists();
    }

    @Test
    void deleting_prunes_empty_folders_but_not_the_root() {
        ObjectStore store = emptyStore();
        store.createIfAbsent("a/b/c", new byte[1]);
        store.createIfAbsent("a/d", new byte[1]);
        store.delete("a/b/c");
        assertThat(root().resolve("a/b")).doesNotExist();
        store.delete("a/d");
        assertThat(root().resolve("a")).doesNotExist();
        assertThat(root()).exists();
    }

    @Test
    void creating_survives_the_pruning_of_its_folder() throws Exception {
        ObjectStore store = emptyStore();
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> both = IntStream.range(0, 2)
                    .<Future<?>>mapToObj(thread -> pool.submit(() -> {
                        for (int i = 0; i < 200; i++) {
                            String key = "f/g/" + thread + "-" + i;
                            assertThat(store.createIfAbsent(key, new byte[1])).isTrue();
                            assertThat(store.readSmall(key)).hasSize(1);
                            store.delete(key);
                        }
                    }))
                    .toList();
            for (Future<?> one : both) {
                one.get(60, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdown();
        }
        assertThat(keys(store)).isEmpty();
    }

    @Test
    void an_empty_folder_is_not_an_object_and_in_nobodys_way() throws IOException {
        Files.createDirectories(root().resolve("a/b"));
        ObjectStore store = emptyStore();
        assertCode("store.not_found", () -> store.open("a/b"));
        store.delete("a/b");
        assertThat(keys(store)).isEmpty();
        assertThat(store.createIfAbsent("a/b", new byte[3])).isTrue();
        Files.createDirectories(root().resolve("c"));
        try (ObjectWriter writer = store.create("c")) {
            writer.commit();
        }
        assertThat(keys(store)).containsExactly("a/b", "c");
    }

    @Test
    void what_is_being_written_is_hidden_and_what_was_abandoned_is_swept_after_a_week() throws IOException {
        Path writing = Files.createDirectories(root().resolve(DirectoryStore.WRITING));
        Path fresh = Files.createFile(writing.resolve("fresh"));
        Path old = Files.createFile(writing.resolve("old"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(8))));
        ObjectStore store = emptyStore();
        store.createIfAbsent("a", new byte[1]);
        assertThat(fresh).exists();
        assertThat(old).doesNotExist();
        assertThat(keys(store)).containsExactly("a");
        assertCode("store.key_conflict", () -> store.create(DirectoryStore.WRITING + "/fresh"));
        try (Stream<Path> left = Files.list(writing)) {
            assertThat(left).containsExactly(fresh);
        }
    }

    @Test
    void the_clock_that_is_given_says_what_was_abandoned() throws IOException {
        Path left = Files.createDirectories(directory.resolve("clocked").resolve(DirectoryStore.WRITING))
                .resolve("left");
        Files.createFile(left);
        ObjectStore nextWeek = ObjectStore.ofDirectory(
                directory.resolve("clocked"), () -> Instant.now().plus(Duration.ofDays(8)));
        nextWeek.createIfAbsent("a", new byte[1]);
        assertThat(left).doesNotExist();
    }

    @Test
    void every_folder_on_the_way_to_an_object_is_forced_to_disk_also_those_above_a_new_root() throws IOException {
        Set<Path> forced = new LinkedHashSet<>();
        Path root = directory.resolve("new/root");
        ObjectStore store = new DirectoryStore(root, forced::add, InstantSource.system());

        store.createIfAbsent("a/b/c", new byte[1]);

        assertThat(forced).contains(root.resolve("a/b"), root.resolve("a"), root, directory.resolve("new"), directory);
        forced.clear();
        try (ObjectWriter writer = store.create("a/d/e")) {
            writer.commit();
        }
        assertThat(forced).contains(root.resolve("a/d"), root.resolve("a"));
    }

    @Test
    void a_file_whose_name_is_not_text_hides_no_other_and_is_reported_whatever_the_locale() throws Exception {
        Path root = Files.createDirectories(root());
        Process made = new ProcessBuilder(
                        "sh",
                        "-c",
                        "printf x > plain.csv; printf x > \"$(printf 'caf\\303\\251.csv')\"; printf x > \"$(printf"
                                + " 'caf\\351.csv')\"; mkdir \"$(printf 'd\\351')\"; printf x > \"$(printf"
                                + " 'd\\351/in.csv')\"")
                .directory(root.toFile())
                .start();
        assumeTrue(made.waitFor() == 0, "this file system takes only names in UTF-8");

        String plain = listing("LC_ALL", "C");
        String utf8 = listing("LC_ALL", "C.UTF-8");

        assertThat(utf8.lines().filter(line -> line.startsWith("key ")))
                .containsExactly("key caf\u00e9.csv", "key plain.csv");
        assertThat(utf8).contains("A file is not listed");
        assertThat(plain.lines().filter(line -> line.startsWith("key "))).contains("key plain.csv");
        assertThat(plain).contains("A file is not listed").doesNotContain("Exception");
    }

    /** What another Java lists, as the character set of names is chosen when one starts. */
    private String listing(String variable, String value) throws Exception {
        ProcessBuilder java = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Dstdout.encoding=UTF-8",
                        Lister.class.getName(),
                        root().toString())
                .redirectErrorStream(true);
        java.environment().put(variable, value);
        Process process = java.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed;
    }

    @Test
    void of_many_processes_that_create_the_same_keys_one_creates_each() throws Exception {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            processes.add(new ProcessBuilder(
                            ProcessHandle.current().info().command().orElseThrow(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Creator.class.getName(),
                            root().toString(),
                            "process " + i)
                    .redirectErrorStream(true)
                    .start());
        }
        List<String> created = new ArrayList<>();
        for (Process process : processes) {
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(printed).isZero();
            printed.lines().filter(line -> line.startsWith("created ")).forEach(created::add);
        }

        ObjectStore store = emptyStore();
        List<String> kept = keys(store).stream()
                .map(key -> "created " + key + " by " + new String(store.readSmall(key), StandardCharsets.UTF_8))
                .toList();
        assertThat(kept).hasSize(Creator.KEYS).containsExactlyInAnyOrderElementsOf(created);
    }

    /** Creates keys that others create too, all from the same moment on. */
    static final class Creator {
        static final int KEYS = 100;

        public static void main(String[] arguments) throws InterruptedException {
            ObjectStore store = ObjectStore.ofDirectory(Path.of(arguments[0]).resolveSibling("start"));
            store.createIfAbsent(arguments[1], new byte[0]);
            while (keys(store).size() < 4) {
                Thread.sleep(1);
            }
            ObjectStore contended = ObjectStore.ofDirectory(Path.of(arguments[0]));
            for (int i = 0; i < KEYS; i++) {
                if (contended.createIfAbsent("k/" + i, arguments[1].getBytes(StandardCharsets.UTF_8))) {
                    System.out.println("created k/" + i + " by " + arguments[1]);
                }
            }
        }
    }

    @Test
    void keys_that_differ_in_case_or_in_unicode_form_only_are_two_or_one_but_never_mixed_up() throws IOException {
        ObjectStore store = emptyStore();
        for (List<String> pair : List.of(List.of("case/a", "case/A"), List.of("form/\u00e9", "form/e\u0301"))) {
            assertThat(store.createIfAbsent(pair.get(0), new byte[] {1})).isTrue();
            boolean two = store.createIfAbsent(pair.get(1), new byte[] {2});

            assertThat(store.readSmall(pair.get(0))).containsExactly(1);
            assertThat(store.readSmall(pair.get(1))).containsExactly(two ? 2 : 1);
            try (Stream<StoredObject> listed = store.list(pair.get(0).substring(0, 5))) {
                assertThat(listed).hasSize(two ? 2 : 1);
            }
        }
    }

    /** Prints the keys of a store. */
    static final class Lister {
        public static void main(String[] directory) {
            PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
            try (Stream<StoredObject> listed =
                    ObjectStore.ofDirectory(Path.of(directory[0])).list("")) {
                listed.forEach(object -> out.println("key " + object.key()));
            }
            out.flush();
        }
    }

    @Test
    void an_interrupted_reader_does_not_take_the_file_from_other_threads() throws Exception {
        ObjectStore store = emptyStore();
        byte[] content = new byte[1 << 20];
        new Random(3).nextBytes(content);
        store.createIfAbsent("a", content);
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try (ObjectReader reader = store.open("a")) {
            AtomicBoolean stop = new AtomicBoolean();
            AtomicInteger reads = new AtomicInteger();
            Future<?> steady = pool.submit(() -> {
                byte[] target = new byte[content.length];
                while (!stop.get()) {
                    reader.readFully(0, target, 0, target.length);
                    assertThat(target).isEqualTo(content);
                    reads.incrementAndGet();
                }
            });
            Set<String> codes = ConcurrentHashMap.newKeySet();
            // An interruption closes the file only if it meets a read, so this goes on until some did.
            for (int i = 0; i < 200 || ((DirectoryReader) reader).reopened() < 3 || reads.get() < 200; i++) {
                assertThat(i).as("attempts to interrupt a read").isLessThan(100_000);
                if (steady.isDone()) {
                    steady.get();
                }
                CountDownLatch reading = new CountDownLatch(1);
                Thread interrupted = new Thread(() -> {
                    try {
                        while (true) {
                            reader.readFully(0, new byte[content.length], 0, content.length);
                            reading.countDown();
                        }
                    } catch (KeywharfException e) {
                        codes.add(e.code());
                    }
                });
                interrupted.start();
                assertThat(reading.await(60, TimeUnit.SECONDS)).isTrue();
                interrupted.interrupt();
                interrupted.join();
            }
            stop.set(true);
            steady.get(60, TimeUnit.SECONDS);
            assertThat(codes).containsExactly("thread.interrupted");
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void a_file_that_an_interrupted_thread_closed_and_another_replaced_is_not_read_on() throws Exception {
        ObjectStore store = emptyStore();
        store.createIfAbsent("a", new byte[] {1});
        try (ObjectReader reader = store.open("a")) {
            ((DirectoryReader) reader).closeChannel();
            byte[] target = new byte[1];
            reader.readFully(0, target, 0, 1);
            assertThat(target).containsExactly(1);
            try (ObjectWriter writer = store.create("a")) {
                writer.write(2);
                writer.commit();
            }
            reader.readFully(0, target, 0, 1);
            assertThat(target).containsExactly(1);
            ((DirectoryReader) reader).closeChannel();
            assertCode("store.replaced", () -> reader.readFully(0, target, 0, 1));
        }
    }

    @Test
    void an_interrupted_writer_says_so() throws IOException {
        ObjectStore store = emptyStore();
        try (ObjectWriter writer = store.create("a")) {
            writer.write(1);
            Thread.currentThread().interrupt();
            assertCode("thread.interrupted", writer::commit);
            assertThat(Thread.interrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
        assertThat(keys(store)).isEmpty();
    }

    @Test
    void a_full_disk_is_reported_as_such() {
        KeywharfException full =
                StoreErrors.failed(emptyStore(), "a", "write it", new IOException("/data/a: No space left on device"));
        assertThat(full.code()).isEqualTo("store.full");
        assertThat(full)
                .hasMessageContaining("a]")
                .hasMessageContaining("free some")
                .hasCauseInstanceOf(IOException.class);
        assertThat(StoreErrors.failed(emptyStore(), "a", "write it", new IOException("Input/output error"))
                        .code())
                .isEqualTo("store.failed");
    }

    @Test
    void a_file_without_permission_is_reported_with_its_path() {
        AccessDeniedException denied = new AccessDeniedException("/data/a");
        assertThat(StoreErrors.failed(emptyStore(), "a", "write it", denied))
                .matches(e -> e.is("store.denied"))
                .hasMessageContaining("Access to /data/a is denied; check its owner and permissions")
                .hasCause(denied);
    }

    @Test
    void a_name_longer_than_the_file_system_allows_is_an_error_that_names_the_key() {
        String segment = "n".repeat(300);
        assertCode("store.failed", () -> emptyStore().createIfAbsent("x/" + segment, new byte[1]));
        assertCode("store.not_found", () -> emptyStore().open("x/" + segment));
    }

    private static List<String> keys(ObjectStore store) {
        try (Stream<StoredObject> listed = store.list("")) {
            return listed.map(StoredObject::key).toList();
        }
    }

    private static void assertCode(String code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
