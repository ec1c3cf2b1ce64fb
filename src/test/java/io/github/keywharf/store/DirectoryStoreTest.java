package io.github.keywharf.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
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
    void an_empty_folder_is_no_object_and_in_nobodys_way() throws IOException {
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
    void a_full_disk_is_told_as_such() {
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
