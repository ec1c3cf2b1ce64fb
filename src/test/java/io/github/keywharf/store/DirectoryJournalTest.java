package io.github.keywharf.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.testing.contract.JournalContract;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal in a directory, also after writes that were torn. */
class DirectoryJournalTest extends JournalContract {
    @TempDir
    Path directory;

    @Override
    protected ObjectStore emptyStore() {
        return ObjectStore.ofDirectory(directory.resolve("data"));
    }

    @Test
    void what_a_killed_process_was_writing_is_not_an_entry() throws IOException {
        ObjectStore store = emptyStore();
        LeaseTerms terms = new LeaseTerms(store.under("lease"));
        Path writing = Files.createDirectories(directory.resolve("data").resolve(DirectoryStore.WRITING));
        Files.writeString(writing.resolve("5e2f8c1e"), "{\"id\":");

        assertThat(terms.latest()).isEmpty();
        Journal<String> all = Journal.oldestFirst(
                store,
                value -> value.getBytes(StandardCharsets.UTF_8),
                (subject, number, content) -> new String(content, StandardCharsets.UTF_8));
        assertThat(all.prune(1)).isEqualTo(OptionalLong.empty());
        assertThat(all.newest()).isEqualTo(Optional.empty());
    }

    @Test
    void an_entry_that_was_torn_is_an_error_and_not_taken_for_another() throws IOException {
        ObjectStore store = emptyStore();
        Path lease = directory.resolve("data/lease");
        new LeaseTerms(store.under("lease")).write(term(1));
        new LeaseTerms(store.under("lease")).write(term(2));
        Path newest = lease.resolve("00000000000000000002.json");
        byte[] whole = Files.readAllBytes(newest);
        for (int length = 0; length < whole.length; length++) {
            Files.write(newest, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> new LeaseTerms(store.under("lease")).latest())
                    .as("%s bytes", length)
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.lease_unreadable"))
                    .hasMessageContaining("lease/00000000000000000002.json");
        }
    }

    private static LeaseTerm term(long number) {
        java.time.Instant now = java.time.Instant.parse("2026-01-01T00:00:00Z");
        LeaseTerm.Holder holder = new LeaseTerm.Holder("id", "owner", LeaseProcess.current());
        return new LeaseTerm(number, holder, now, now.plusSeconds(60), false);
    }
}
