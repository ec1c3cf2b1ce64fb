package io.github.keywharf.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.testing.CountingStore.Request;
import io.github.keywharf.testing.contract.ObjectStoreContract;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** It is a store like another, and counts. */
class CountingStoreTest extends ObjectStoreContract {
    private final CountingStore store = CountingStore.inMemory();

    @Override
    protected ObjectStore emptyStore() {
        return store;
    }

    @Test
    void bytes_and_requests_are_counted_by_kind() throws Exception {
        StoredObject object;
        try (ObjectWriter writer = store.create("a")) {
            writer.write(new byte[10]);
            writer.write(1);
            object = writer.commit();
        }
        store.create("never").close();
        store.createIfAbsent("a", new byte[2]);
        store.copy("a", "b");
        store.copy(object, "c");
        store.delete("b");
        assertThat(store.requests()).isEqualTo(5);
        assertThat(store.bytesWritten()).isEqualTo(13);

        store.readSmall("a");
        store.find("none");
        try (ObjectReader reader = store.open("a")) {
            reader.readFully(3, new byte[4], 0, 4);
            reader.stream().readAllBytes();
            assertThat(store.openReaders()).isEqualTo(1);
        }
        store.open(object).close();
        assertThat(store.openReaders()).isZero();
        assertThat(store.bytesRead()).isEqualTo(11 + 4 + 11);
        assertThat(store.requests(Request.OPEN)).isEqualTo(1);
        assertThat(store.requests(Request.READ)).isEqualTo(4);
        assertThat(store).asString().contains("10 requests");
    }

    @Test
    void a_listing_counts_the_keys_that_are_read_and_a_request_for_each_thousand() {
        IntStream.range(0, 1_500).forEach(i -> store.createIfAbsent("k/" + i, new byte[0]));
        try (Stream<StoredObject> all = store.under("k").list("")) {
            assertThat(all.findFirst()).isPresent();
        }
        assertThat(store.keysListed()).isEqualTo(1);
        assertThat(store.requests(Request.LIST)).isEqualTo(1);
        try (Stream<StoredObject> all = store.under("k").list("")) {
            assertThat(all.toList()).hasSize(1_500);
        }
        assertThat(store.keysListed()).isEqualTo(1_501);
        assertThat(store.requests(Request.LIST)).isEqualTo(3);
        try (Stream<StoredObject> all = store.list("k/", "k/998")) {
            assertThat(all.toList()).hasSize(1);
        }
        assertThat(store.keysListed()).isEqualTo(1_502);
    }
}
