package io.github.keywharf.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretSource;
import io.github.keywharf.secret.SecretStore;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every {@link SecretStore} keeps to, as a source too. Extend it to test an implementation of your own. */
public abstract class SecretStoreContract extends SecretSourceContract {

    /** For subclasses. */
    protected SecretStoreContract() {}

    /** An empty store. */
    protected abstract SecretStore store() throws Exception;

    /** The most bytes that this store takes. */
    protected int maxSecretBytes() {
        return SecretSource.MAX_SECRET_BYTES;
    }

    /** Removes a secret as the place's own tools do, where those leave something of it. */
    protected void removeByHand(SecretStore store, String name) {
        store.remove(name);
    }

    @Override
    protected SecretSource source(Map<String, String> secrets) throws Exception {
        SecretStore store = store();
        secrets.forEach((name, value) -> put(store, name, value));
        return store;
    }

    private static void put(SecretStore store, String name, String value) {
        try (Secret secret = Secret.of(value)) {
            store.put(name, secret);
        }
    }

    @Test
    void what_is_put_last_is_found() throws Exception {
        SecretStore store = store();
        put(store, "tenant-1", "first");
        put(store, "tenant-1", "second, and longer");
        assertThat(store.secret("tenant-1").reveal()).isEqualTo("second, and longer");
        put(store, "tenant-1", "third");
        assertThat(store.secret("tenant-1").reveal()).isEqualTo("third");
        assertThat(store.names()).containsExactly("tenant-1");
    }

    @Test
    void a_secret_comes_back_to_the_last_character() throws Exception {
        SecretStore store = store();
        for (String value :
                List.of("x", "line\n", "line\r\n", "\n", "lines\n\n", "return\r", " ö€😀 ", "{\"a\":\"\\n\"}")) {
            put(store, "odd", value);
            assertThat(store.secret("odd").reveal()).isEqualTo(value);
        }
        String longest = "x".repeat(maxSecretBytes());
        put(store, "odd", longest);
        assertThat(store.secret("odd").reveal().equals(longest)).isTrue();
    }

    @Test
    void a_secret_that_is_too_large_is_refused_and_the_present_one_stays() throws Exception {
        SecretStore store = store();
        put(store, "a", "present");
        assertThatThrownBy(() -> put(store, "a", "x".repeat(maxSecretBytes() + 1)))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("secret.too_large"))
                .hasMessageNotContaining("xxxx");
        assertThat(store.secret("a").reveal()).isEqualTo("present");
    }

    @Test
    void a_removed_secret_is_gone_and_its_name_is_free() throws Exception {
        SecretStore store = store();
        store.remove("a");
        put(store, "a", "one");
        put(store, "b", "two");
        store.remove("a");
        store.remove("a");
        assertThat(store.find("a")).isEmpty();
        assertThat(store.names()).containsExactly("b");
        put(store, "a", "again");
        assertThat(store.secret("a").reveal()).isEqualTo("again");
    }

    @Test
    void a_secret_that_was_removed_by_hand_is_gone_and_its_name_is_free() throws Exception {
        SecretStore store = store();
        put(store, "a", "one");
        put(store, "b", "two");
        removeByHand(store, "a");
        assertThat(store.find("a")).isEmpty();
        assertThat(store.names()).containsExactly("b");
        put(store, "a", "again");
        assertThat(store.secret("a").reveal()).isEqualTo("again");
        assertThat(store.names()).containsExactly("a", "b");
        removeByHand(store, "a");
        store.remove("a");
        assertThat(store.find("a")).isEmpty();
        put(store, "a", "last");
        assertThat(store.secret("a").reveal()).isEqualTo("last");
    }

    @Test
    void names_are_listed_in_order_however_many() throws Exception {
        SecretStore store = store();
        assertThat(store.names()).isEmpty();
        List<String> names =
                IntStream.range(0, 60).mapToObj(i -> "tenant-" + (100 + i)).toList();
        names.forEach(name -> put(store, name, "value of " + name));
        assertThat(store.names()).isEqualTo(names);
    }

    @Test
    void a_name_that_other_stores_would_refuse_is_refused() throws Exception {
        SecretStore store = store();
        for (String name :
                List.of("", "a/b", "../a", "a_b", "a b", "a.b", "ä", "a\n", "a%2Fb", "a?b", "x".repeat(128))) {
            assertThatThrownBy(() -> put(store, name, "hidden-value"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining("hidden-value");
            assertThatThrownBy(() -> store.remove(name)).isInstanceOf(IllegalArgumentException.class);
            assertThat(store.find(name)).isEmpty();
        }
        assertThat(store.names()).isEmpty();
        put(store, "x".repeat(127), "longest");
        assertThat(store.names()).containsExactly("x".repeat(127));
    }

    @Test
    void the_callers_secret_stays_the_callers() throws Exception {
        SecretStore store = store();
        try (Secret secret = Secret.of("value")) {
            store.put("a", secret);
            assertThat(secret.reveal()).isEqualTo("value");
        }
        assertThat(store.secret("a").reveal()).isEqualTo("value");
    }
}
