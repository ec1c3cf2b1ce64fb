package io.github.keywharf.cassandra;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.key.Actor;
import io.github.keywharf.table.Rows;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The log of who did what to which key. An entry that cannot be written fails what it is about. Thread-safe. */
final class KeyAudit {

    /** Two leap years: a review of a year, with room; one question for each day is asked of the server. */
    static final int MAX_DAYS = 732;

    private static final String OK = "ok";

    private final KeyStatements statements;
    private final InstantSource clock;
    private final String table;

    KeyAudit(KeyStatements statements, KeyNames names, InstantSource clock) {
        this.statements = statements;
        this.clock = clock;
        this.table = names.table("key_audit");
    }

    void done(String action, @Nullable String keyId, Optional<Organisation> organisation, Actor by, String detail) {
        write(action, OK, keyId, organisation, by.name(), by.from(), detail);
    }

    /** What a holder of a key did, who has no name but the key's id. */
    void entered(String keyId, Optional<Organisation> organisation, String from) {
        write("open", OK, keyId, organisation, "key " + keyId, from, "");
    }

    void refused(String action, String keyId, Optional<Organisation> organisation, String from, String why) {
        write(action, "refused", keyId, organisation, "key " + keyId, from, why);
    }

    private void write(
            String action,
            String outcome,
            @Nullable String keyId,
            Optional<Organisation> organisation,
            String who,
            String from,
            String detail) {
        LocalDate day = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        try {
            statements.write(
                    "INSERT INTO " + table + " (day, at, action, outcome, key_id, organisation, who, origin, detail)"
                            + " VALUES (?, now(), ?, ?, ?, ?, ?, ?, ?)",
                    day,
                    action,
                    outcome,
                    keyId,
                    organisation.map(Organisation::id).orElse(null),
                    who,
                    from,
                    detail);
        } catch (KeywharfException e) {
            throw new KeywharfException(
                    "key.audit_failed",
                    statements.subject(),
                    "The audit log cannot be written, so '" + action + "' does not count as done; try again",
                    e);
        }
    }

    /** The entries of some days in UTC, oldest first, both days included. */
    Rows read(LocalDate from, LocalDate to) {
        long days = ChronoUnit.DAYS.between(from, to) + 1;
        if (days < 1 || days > MAX_DAYS) {
            throw new IllegalArgumentException(
                    "From " + from + " to " + to + " are " + days + " days, not 1 to " + MAX_DAYS);
        }
        return new KeyAuditRows(Stream.iterate(from, day -> day.plusDays(1))
                .limit(days)
                .map(this::day)
                .iterator());
    }

    private Rows day(LocalDate day) {
        return statements
                .query(
                        "SELECT day, toTimestamp(at) AS time, action, outcome, key_id, organisation, who, origin, detail FROM "
                                + table + " WHERE day = ?")
                .values(day)
                .execute()
                .rows();
    }
}
