package io.github.keywharf.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.Organisation;
import io.github.keywharf.testing.GoldenCopies;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Entries of rings of keys of version 0.1.0 are read, and written no differently. */
class GoldenRingsTest {
    private static final Instant AT = Instant.parse("2026-03-01T10:20:30.405Z");

    private static final KeyRecordsEntry ALL_STATES = KeyRecordsEntry.of(
            new RecordsPlace.Note("ROTATED", Actor.of("Zoë \"ops\" O'Neil", "2001:db8::1%eth0"), AT.plusNanos(1)),
            KeyRecords.of(List.of(
                    record("a", KeyState.ISSUING, Optional.empty(), Optional.empty(), Optional.empty(), "ü & <label>"),
                    record(
                            "b",
                            KeyState.ACTIVE,
                            Optional.of(Organisation.of("acme_1")),
                            Optional.empty(),
                            Optional.empty(),
                            ""),
                    record(
                            "c",
                            KeyState.ACTIVE,
                            Optional.of(Organisation.of("acme_1")),
                            Optional.of(AT.plusSeconds(60)),
                            Optional.empty(),
                            "old"),
                    record(
                            "d",
                            KeyState.REVOKED,
                            Optional.of(Organisation.of("other")),
                            Optional.empty(),
                            Optional.of(AT.plusSeconds(1)),
                            "x"),
                    record(
                            "e",
                            KeyState.EXPIRED,
                            Optional.empty(),
                            Optional.of(AT.plusSeconds(60)),
                            Optional.of(AT.plusSeconds(61)),
                            "y"))));

    private static final KeyRecordsEntry NONE =
            KeyRecordsEntry.of(new RecordsPlace.Note("REMOVED", Actor.of("admin", "localhost"), AT), KeyRecords.NONE);

    private static KeyRecord record(
            String letter,
            KeyState state,
            Optional<Organisation> organisation,
            Optional<Instant> ends,
            Optional<Instant> ended,
            String label) {
        return new KeyRecord(
                new KeyIdentity(letter.repeat(16), organisation, label),
                new KeyLife(
                        state,
                        new KeyIssue(AT, "Zoë", AT.plusSeconds(86_400)),
                        new KeyEnd(ends, ends.map(end -> "b".repeat(16)), ended)),
                "1:" + letter.repeat(64));
    }

    @Test
    void entries_are_read_and_written_as_before() {
        check("rings/all-states.json", ALL_STATES);
        check("rings/none.json", NONE);
    }

    private static void check(String name, KeyRecordsEntry entry) {
        GoldenCopies.assertWritten(name, KeyRecordsEntry.FORMAT.write(entry));
        assertThat(KeyRecordsEntry.FORMAT.read("ring", GoldenCopies.read(name))).isEqualTo(entry);
    }
}
