package io.github.keywharf.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.testing.GoldenCopies;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Terms of leases of version 0.1.0 are read, and written no differently. */
class GoldenLeasesTest {

    private static LeaseTerm term(@Nullable Instant started, @Nullable String witness, boolean released) {
        LeaseTerm.Holder holder = new LeaseTerm.Holder(
                "5e2f8c1e-0000-4000-8000-000000000001",
                "copy of \"Kontakt\" ü\u0007",
                new LeaseProcess("höst.example", "boot-1/pid:[4026531836]", 4_194_304L * 1024, started, witness));
        return new LeaseTerm(
                42,
                holder,
                Instant.parse("2026-01-01T00:00:00.123456Z"),
                Instant.parse("2026-01-01T00:01:00Z"),
                released);
    }

    @Test
    void terms_are_read_and_written_as_before() {
        check("leases/held.json", term(Instant.parse("2025-12-31T23:00:00.5Z"), "keywharf-lease-1", false));
        check("leases/released.json", term(Instant.parse("2025-12-31T23:00:00.5Z"), "keywharf-lease-1", true));
        check("leases/unknown-start.json", term(null, null, false));
    }

    @Test
    void a_term_without_witness_and_start_is_read() {
        String old = GoldenCopies.text("leases/unknown-start.json")
                .replace("\"witness\":\"\",", "")
                .replace("\"started\":null,", "");
        assertThat(LeaseTerm.parse("lease", 42, old.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .isEqualTo(term(null, null, false));
    }

    private static void check(String name, LeaseTerm term) {
        GoldenCopies.assertWritten(name, term.json());
        assertThat(LeaseTerm.parse("lease", 42, GoldenCopies.read(name))).isEqualTo(term);
    }
}
