package io.github.keywharf.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.testing.StoredProgress;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Leases that earlier versions wrote are read, and written no differently. */
class LeaseFormatTest {

    private static LeaseTerm term(long number) {
        Instant at = Instant.parse("2026-01-01T00:00:00.123456Z").plusSeconds(20 * number);
        LeaseProcess process = new LeaseProcess(
                "host", "boot-1/pid:[4026531836]", 4711, Instant.parse("2025-12-31T23:00:00Z"), "keywharf-lease-1");
        String id = "5e2f8c1e-0000-4000-8000-00000000000" + Long.toHexString(number);
        LeaseTerm.Holder holder = new LeaseTerm.Holder(id, "nightly", process);
        return new LeaseTerm(number, holder, at, at.plusSeconds(60), number == 4);
    }

    @Test
    void the_terms_of_an_earlier_version_are_continued() {
        ObjectStore store = StoredProgress.store();
        LeaseTerms terms = new LeaseTerms(store.under("lease"));

        assertThat(terms.latest().map(Journal.Entry::value)).contains(term(10));
        assertThat(terms.write(term(10))).as("its own").contains(term(10));
        assertThat(terms.write(term(4))).as("not the one that counts").isEmpty();
        assertThat(terms.write(term(11))).contains(term(11));
        try (Stream<StoredObject> left = store.list("lease/")) {
            assertThat(left.map(StoredObject::key))
                    .hasSize(8)
                    .startsWith("lease/00000000000000000004.json")
                    .endsWith("lease/00000000000000000011.json");
        }
    }

    @Test
    void terms_are_written_as_before() {
        ObjectStore store = ObjectStore.inMemory();
        LeaseTerms terms = new LeaseTerms(store.under("lease"));
        for (long number = 1; number <= 10; number++) {
            terms.write(term(number));
        }
        StoredProgress.assertSame(store, "lease/");
    }
}
