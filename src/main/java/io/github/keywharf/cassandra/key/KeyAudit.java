package io.github.keywharf.cassandra.key;

import com.datastax.oss.driver.api.core.uuid.Uuids;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.key.Actor;
import io.github.keywharf.table.Rows;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The log of who did what to which key. An entry that cannot be written fails what it is about. Thread-safe. */
final class KeyAudit {

    /** Two leap years: a review of a year, with room; one question for each day is asked of the server. */
    static final int MAX_DAYS = 732;

    private static final String OK = "ok";
    private static final String BEGUN = "begun";

    private final KeyStatements statements;
    private final InstantSource clock;
    private final String ring;
    private final String table;

    KeyAudit(KeyStatements statements, KeyNames names, InstantSource clock) {
        this.statements = statements;
        this.clock = clock;
        this.ring = names.keyspace();
        this.table = names.table("key_audit");
    }

    void done(String action, @Nullable String keyId, Optional<Organisation> organisation, Actor by, String detail) {
        write(today(), Uuids.timeBased(), action, OK, keyId, organisation, by.name(), by.from(), detail);
    }

    /**
     * Writes what is about to be done, so that it leaves a trace even if its answer is lost. An entry that cannot be
     * written hinders nothing yet: {@link Entry#done} tries again and fails then.
     */
    Entry begin(String action, @Nullable String keyId, Optional<Organisation> organisation, Actor by, String detail) {
        Entry entry = new Entry(action, keyId, organisation, by, detail);
        try {
            entry.write(BEGUN, detail);
        } catch (KeywharfException e) {
            entry.failure = e;
        }
        return entry;
    }

    /** The entry of one act: {@code begun} first, {@code ok} when it is done. Not thread-safe. */
    final class Entry {
        private final LocalDate day = today();
        private final UUID at = Uuids.timeBased();
        private final String action;
        private final @Nullable String keyId;
        private final Optional<Organisation> organisation;
        private final Actor by;
        private final String detail;
        private @Nullable KeywharfException failure;

        private Entry(
                String action, @Nullable String keyId, Optional<Organisation> organisation, Actor by, String detail) {
            this.action = action;
            this.keyId = keyId;
            this.organisation = organisation;
            this.by = by;
            this.detail = detail;
        }

        private void write(String outcome, String text) {
            KeyAudit.this.write(day, at, action, outcome, keyId, organisation, by.name(), by.from(), text);
        }

        /**
         * For an act that must not happen without its entry.
         *
         * @throws KeywharfException with code {@code key.audit_failed} when it could not be written
         */
        Entry required() {
            if (failure != null) {
                throw failure;
            }
            return this;
        }

        void done() {
            done(detail);
        }

        void done(String more) {
            write(OK, more);
        }
    }

    /** What a holder of a key did, who has no name but the key's id. */
    void entered(String keyId, Optional<Organisation> organisation, String from) {
        write(today(), Uuids.timeBased(), "open", OK, keyId, organisation, "key " + keyId, from, "");
    }

    void refused(String action, String keyId, Optional<Organisation> organisation, String from, String why) {
        write(today(), Uuids.timeBased(), action, "refused", keyId, organisation, "key " + keyId, from, why);
    }

    /** Something that should not be, and that nobody who is known did. */
    void found(String action, Actor by, String what) {
        write(today(), Uuids.timeBased(), action, "refused", null, Optional.empty(), by.name(), by.from(), what);
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    private void write(
            LocalDate day,
            UUID at,
            String action,
            String outcome,
            @Nullable String keyId,
            Optional<Organisation> organisation,
            String who,
            String from,
            String detail) {
        try {
            statements.write(
                    "INSERT INTO " + table + " (day, at, action, outcome, key_id, organisation, who, origin, detail)"
                            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    day,
                    at,
                    action,
                    outcome,
                    keyId,
                    organisation.map(Organisation::id).orElse(null),
                    who,
                    from,
                    detail);
        } catch (KeywharfException e) {
            throw KeywharfException.retryable(
                    "key.audit_failed",
                    ring,
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
        Rows first = day(from);
        Stream<Supplier<Rows>> others = Stream.iterate(from.plusDays(1), day -> day.plusDays(1))
                .limit(days - 1)
                .map(day -> () -> day(day));
        return Rows.concat(
                        first.schema(),
                        Stream.concat(Stream.of(() -> first), others).toList())
                .onClose(first::close);
    }

    private Rows day(LocalDate day) {
        return statements
                .query(
                        "SELECT day, toTimestamp(at) AS time, action, outcome, key_id, organisation, who, origin,"
                                + " detail FROM " + table + " WHERE day = ?",
                        day)
                .execute()
                .rows();
    }
}
