package io.github.keywharf.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.testing.ForwardingStore;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a check says of stores that do not do what is required. */
class StoreCheckTest {

    private final ObjectStore memory = ObjectStore.inMemory();

    private static void assertFails(ObjectStore store, String... parts) {
        assertThatThrownBy(store::check)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.unsupported"))
                .hasMessageContainingAll(parts);
    }

    @Test
    void stores_that_do_what_is_required_pass_and_are_left_as_they_were(@TempDir Path directory) {
        memory.createIfAbsent("a", new byte[1]);
        for (ObjectStore store :
                new ObjectStore[] {memory, memory.under("folder"), ObjectStore.ofDirectory(directory)}) {
            store.check();
        }
        assertThat(memory.list("")).extracting(StoredObject::key).containsExactly("a");
        assertThat(ObjectStore.ofDirectory(directory).list("")).isEmpty();
    }

    @Test
    void a_second_creation_that_replaces_the_first_is_named() {
        ObjectStore store = new ForwardingStore(memory) {
            @Override
            public boolean createIfAbsent(String key, byte[] content) {
                delete(key);
                return super.createIfAbsent(key, content);
            }
        };
        assertFails(store, "created a second time");
    }

    @Test
    void another_order_and_other_content_are_named_together() {
        ObjectStore store = new ForwardingStore(memory) {
            @Override
            public Stream<StoredObject> list(String prefix, String startAfter) {
                return super.list(prefix, startAfter)
                        .sorted(Comparator.comparing(StoredObject::key).reversed());
            }

            @Override
            public byte[] readSmall(String key) {
                byte[] content = super.readSmall(key);
                content[0]++;
                return content;
            }
        };
        assertFails(store, "is read as other", "UTF-8");
        assertThat(memory.list("")).isEmpty();
    }
}
