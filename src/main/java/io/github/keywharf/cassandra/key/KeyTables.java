package io.github.keywharf.cassandra.key;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.key.Actor;
import io.github.keywharf.key.KeyEnd;
import io.github.keywharf.key.KeyIdentity;
import io.github.keywharf.key.KeyIssue;
import io.github.keywharf.key.KeyLife;
import io.github.keywharf.key.KeyRecord;
import io.github.keywharf.key.KeyState;
import io.github.keywharf.table.Row;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The records of keys and the row of the Admin. All that decides goes by lightweight transaction. Thread-safe. */
final class KeyTables {
    private static final String ADMIN = "admin";

    /** A record, and whether nothing of an ended key is left on the server. */
    record Entry(KeyRecord record, boolean swept) {}

    /** Which key is the Admin's, and which was before. */
    record AdminRow(String keyId, Optional<String> previous) {}

    private final KeyStatements statements;
    private final String keys;
    private final String admin;
    private final String uses;

    KeyTables(KeyStatements statements, KeyNames names) {
        this.statements = statements;
        this.keys = names.table("access_key");
        this.admin = names.table("admin_key");
        this.uses = names.table("key_use");
    }

    /** A new record; one that is there under this id already is not changed. */
    void insert(KeyRecord key, Actor by) {
        boolean inserted = settled(
                key.id(),
                now -> now.seal().equals(key.seal()),
                "INSERT INTO " + keys + " (id, organisation, admin, label, state, verifier, created, created_by,"
                        + " created_from, valid_until, swept) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                        + " false) IF NOT EXISTS",
                key.id(),
                key.organisation().map(Organisation::id).orElse(null),
                key.isAdmin(),
                key.label(),
                key.state().name(),
                key.seal(),
                key.created(),
                key.createdBy(),
                by.from(),
                key.life().issue().validUntil());
        if (!inserted) {
            throw new KeywharfException(
                    "key.id_taken", "key " + key.id(), "Another key has this id; is the source of randomness sound?");
        }
    }

    /**
     * Changes a record if it is as it was thought to be, and does not leave open whether it did: where the answer was lost
     * the record is read, after all changes that are under way, and the change tried again if it is not there.
     *
     * @param done what the record is like when this change was made
     * @return whether it was
     * @throws KeywharfException with one of the codes of an open outcome when the record cannot be read either
     */
    private boolean settled(String id, Predicate<KeyRecord> done, String cql, @Nullable Object... values) {
        KeywharfException open = null;
        for (int attempt = 0; attempt < KeyStatements.ATTEMPTS; attempt++) {
            try {
                return statements.transact(cql, values).isEmpty() || (open != null && isNow(id, done));
            } catch (KeywharfException e) {
                if (!KeyStatements.isOutcomeOpen(e)) {
                    throw e;
                }
                open = e;
            }
            try {
                if (isNow(id, done)) {
                    return true;
                }
            } catch (KeywharfException e) {
                open.addSuppressed(e);
                throw open;
            }
        }
        throw Objects.requireNonNull(open);
    }

    private boolean isNow(String id, Predicate<KeyRecord> what) {
        return settledRecord(id).filter(what).isPresent();
    }

    /** The record after all changes of it that are under way. */
    Optional<KeyRecord> settledRecord(String id) {
        return statements.readSerial("SELECT * FROM " + keys + " WHERE id = ?", id).stream()
                .findFirst()
                .flatMap(this::entry)
                .map(Entry::record);
    }

    Optional<KeyRecord> find(String id) {
        return entry(id).map(Entry::record);
    }

    Optional<Entry> entry(String id) {
        return statements.read("SELECT * FROM " + keys + " WHERE id = ?", id).stream()
                .findFirst()
                .flatMap(this::entry);
    }

    /** All keys there ever were, in no order. */
    List<Entry> all() {
        List<Entry> entries = new ArrayList<>();
        for (Row row : statements.read("SELECT * FROM " + keys)) {
            entry(row).ifPresent(entries::add);
        }
        return entries;
    }

    /** A row that is not a record, such as one that somebody wrote by hand, is none for us. */
    private Optional<Entry> entry(Row row) {
        String verifier = row.string("verifier");
        String state = row.string("state");
        Instant created = row.value("created", Instant.class);
        Instant until = row.value("valid_until", Instant.class);
        if (verifier == null || state == null || created == null || until == null) {
            return Optional.empty();
        }
        try {
            KeyIdentity identity =
                    new KeyIdentity(Objects.requireNonNull(row.string("id")), organisation(row), text(row, "label"));
            KeyIssue issue = new KeyIssue(created, text(row, "created_by"), until);
            KeyEnd end = new KeyEnd(
                    Optional.ofNullable(row.value("ends", Instant.class)),
                    Optional.ofNullable(row.string("replaced_by")),
                    Optional.ofNullable(row.value("ended", Instant.class)));
            KeyRecord record = new KeyRecord(identity, new KeyLife(KeyState.valueOf(state), issue, end), verifier);
            return Optional.of(new Entry(record, Boolean.TRUE.equals(row.value("swept"))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** An organisation's key whose organisation was erased must not become an Admin's. */
    private static Optional<Organisation> organisation(Row row) {
        String organisation = row.string("organisation");
        if (organisation == null && !Boolean.TRUE.equals(row.value("admin"))) {
            throw new IllegalArgumentException("neither an organisation nor the Admin");
        }
        return Optional.ofNullable(organisation).map(Organisation::of);
    }

    private static String text(Row row, String column) {
        String text = row.string(column);
        return text == null ? "" : text;
    }

    /** Makes an issuing key active; false if it is no longer being issued. */
    boolean activate(String id) {
        return settled(
                id,
                now -> now.state() == KeyState.ACTIVE,
                "UPDATE " + keys + " SET state = 'ACTIVE' WHERE id = ? IF state = 'ISSUING'",
                id);
    }

    /** Ends a key that has not ended; false if it has. */
    boolean end(String id, KeyState state, Instant at, String by) {
        return settled(
                id,
                now -> now.state() == state,
                "UPDATE " + keys + " SET state = ?, ended = ?, ended_by = ? WHERE id = ?"
                        + " IF state IN ('ISSUING', 'ACTIVE')",
                state.name(),
                at,
                by,
                id);
    }

    /**
     * Notes which key is to take an active key's place, which opens all the while; false if the record has changed.
     *
     * @param known the record as it was read
     */
    boolean succeed(KeyRecord known, @Nullable String successor) {
        return settled(
                known.id(),
                now -> now.replacedBy().equals(Optional.ofNullable(successor)),
                "UPDATE " + keys
                        + " SET replaced_by = ? WHERE id = ? IF state = 'ACTIVE' AND replaced_by = ? AND ends = ?",
                successor,
                known.id(),
                known.replacedBy().orElse(null),
                known.life().end().ends().orElse(null));
    }

    /** Lets a key that has not ended end earlier; false if the record has changed. */
    boolean shorten(KeyRecord known, Instant ends) {
        return settled(
                known.id(),
                now -> now.replacedBy().equals(known.replacedBy())
                        && now.life().end().ends().equals(Optional.of(ends)),
                "UPDATE " + keys + " SET ends = ? WHERE id = ?"
                        + " IF state IN ('ISSUING', 'ACTIVE') AND replaced_by = ? AND ends = ?",
                ends,
                known.id(),
                known.replacedBy().orElse(null),
                known.life().end().ends().orElse(null));
    }

    /** Ends a key in whose place there is another; false if there is a third one by now, or it has ended. */
    boolean endReplaced(String id, String successor, Instant at, String by) {
        return settled(
                id,
                now -> now.state() == KeyState.REVOKED && now.replacedBy().equals(Optional.of(successor)),
                "UPDATE " + keys + " SET state = 'REVOKED', ended = ?, ended_by = ? WHERE id = ?"
                        + " IF state = 'ACTIVE' AND replaced_by = ?",
                at,
                by,
                id,
                successor);
    }

    /** Notes that nothing of an ended key is left on the server; if the note is lost, a sweep clears the key once more. */
    void swept(String id) {
        settled(
                id,
                now -> now.state().hasEnded(),
                "UPDATE " + keys + " SET swept = true WHERE id = ? IF state IN ('EXPIRED', 'REVOKED')",
                id);
    }

    Optional<AdminRow> adminRow() {
        return statements.readSerial("SELECT key_id, previous FROM " + admin + " WHERE name = ?", ADMIN).stream()
                .findFirst()
                .map(KeyTables::adminRow);
    }

    private static AdminRow adminRow(Row row) {
        return new AdminRow(
                Objects.requireNonNullElse(row.string("key_id"), ""), Optional.ofNullable(row.string("previous")));
    }

    /**
     * Makes a key the Admin's if there is none; the key that it is otherwise. Concurrent claims through several nodes
     * hinder each other, so that none learns what became of its own: reading the row ends what is under way, and where
     * nobody has won then, the claim is made again.
     */
    Optional<String> claimAdmin(String id, Instant now, String by) {
        KeywharfException open = null;
        for (int claim = 0; claim < KeyStatements.ATTEMPTS; claim++) {
            try {
                return statements
                        .transact(
                                "INSERT INTO " + admin
                                        + " (name, key_id, since, set_by) VALUES (?, ?, ?, ?) IF NOT EXISTS",
                                ADMIN,
                                id,
                                now,
                                by)
                        .map(row -> adminRow(row).keyId())
                        .filter(winner -> !winner.equals(id));
            } catch (KeywharfException e) {
                if (!KeyStatements.isOutcomeOpen(e)) {
                    throw e;
                }
                open = e;
            }
            Optional<String> winner = adminRow().map(AdminRow::keyId);
            if (winner.isPresent()) {
                return winner.filter(other -> !other.equals(id));
            }
        }
        throw Objects.requireNonNull(open);
    }

    /** Hands the Admin's place from one key to another; false if it was no longer that key's. */
    boolean moveAdmin(String from, String to, @Nullable String previous, Instant now, String by) {
        return statements
                .transact(
                        "UPDATE " + admin + " SET key_id = ?, previous = ?, since = ?, set_by = ? WHERE name = ?"
                                + " IF key_id = ?",
                        to,
                        previous,
                        now,
                        by,
                        ADMIN,
                        from)
                .isEmpty();
    }

    /** Leaves the Admin's place free, if it was that key's. */
    boolean releaseAdmin(String id) {
        return statements
                .transact("DELETE FROM " + admin + " WHERE name = ? IF key_id = ?", ADMIN, id)
                .isEmpty();
    }

    void used(String id, Instant at, String from) {
        statements.writeNearby("INSERT INTO " + uses + " (id, last_used, used_from) VALUES (?, ?, ?)", id, at, from);
    }

    Optional<Instant> lastUsed(String id) {
        return statements.readNearby("SELECT last_used FROM " + uses + " WHERE id = ?", id).stream()
                .findFirst()
                .map(row -> row.value("last_used", Instant.class));
    }

    Map<String, Instant> lastUses() {
        Map<String, Instant> times = new HashMap<>();
        for (Row row : statements.readNearby("SELECT id, last_used FROM " + uses)) {
            Instant time = row.value("last_used", Instant.class);
            String id = row.string("id");
            if (id != null && time != null) {
                times.put(id, time);
            }
        }
        return times;
    }
}
