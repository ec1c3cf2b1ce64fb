package io.github.keywharf.cassandra.key;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.Actor;
import io.github.keywharf.key.KeyRecord;
import io.github.keywharf.key.KeyRequest;
import io.github.keywharf.key.KeyState;
import io.github.keywharf.secret.Secret;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Makes keys and ends them.
 *
 * <p>A key's record comes first, its role on the server after it, and only then does it become active: a crash in between
 * leaves a record that is being issued, which {@link KeySweeper} ends. An end is written first and carried out on the
 * server after it, so that a crash leaves an ended key whose role is still to go. Thread-safe.
 */
final class KeyIssuing {

    /** How long making a key may take, 10 minutes; what takes longer has crashed, and is undone. */
    static final Duration TIME_LIMIT = Duration.ofMinutes(10);

    private final KeyNames names;
    private final KeyTables tables;
    private final KeyRoles roles;
    private final KeyAudit audit;
    private final KeyOrganisations organisations;
    private final InstantSource clock;
    private final SecureRandom random;

    KeyIssuing(
            KeyNames names,
            KeyTables tables,
            KeyRoles roles,
            KeyAudit audit,
            KeyOrganisations organisations,
            InstantSource clock,
            SecureRandom random) {
        this.names = names;
        this.tables = tables;
        this.roles = roles;
        this.audit = audit;
        this.organisations = organisations;
        this.clock = clock;
        this.random = random;
    }

    /** What is done between the key's grants and its becoming active. */
    interface Step {
        void take(AccessKey key);
    }

    /**
     * Makes a key that is active when this returns. What fails is undone as far as it can be.
     *
     * @param claim done when there is a record and nothing else yet
     * @param commit done when all is ready
     */
    AccessKey make(String action, KeyRequest request, Actor by, Step claim, Step commit) {
        String group = organisations.groupOf(request.organisation());
        AccessKey key = AccessKey.generate(random);
        // Not undone if it fails: the record may be another key's.
        tables.insert(KeyRecord.of(key, request, by, clock.instant()), by);
        try {
            claim.take(key);
            String role = KeyNames.roleOfKey(key.id());
            try (Secret secret = key.secret()) {
                roles.createLogin(role, secret, KeyPasswordHash.COST_OF_KEYS);
            }
            roles.join(role, group);
            audit.done(action, key.id(), request.organisation(), by, request.label());
            commit.take(key);
            if (!tables.activate(key.id())) {
                throw KeywharfException.retryable(
                        "key.took_too_long",
                        "key " + key.id(),
                        "It was ended as abandoned while it was being made; try again");
            }
            return key;
        } catch (RuntimeException | Error e) {
            // An Error too: the key may be active by now, and a sweep would leave it as it is.
            try {
                abandon(key.id(), request.organisation(), by);
            } catch (RuntimeException | Error further) {
                e.addSuppressed(further);
            }
            key.close();
            throw e;
        }
    }

    /** Ends a key that was shown to nobody. */
    void abandon(String id, Optional<Organisation> organisation, Actor by) {
        abandon(id, organisation, by, () -> {});
    }

    /** The same, and something that is done as soon as the key cannot become active, also if its role cannot be dropped. */
    void abandon(String id, Optional<Organisation> organisation, Actor by, Runnable next) {
        KeyAudit.Entry entry = audit.begin("abandon", id, organisation, by, "never handed out");
        tables.end(id, KeyState.REVOKED, clock.instant(), by.name());
        next.run();
        clear(id, organisation);
        entry.done();
    }

    /**
     * Ends a key, here and on the server; one that has ended already is only cleared from the server. A key whose time is
     * over has expired, whether or not a sweep has noticed.
     *
     * @return what it is now, if it was this call that ended it
     */
    Optional<KeyRecord> end(KeyRecord record, KeyState state, String action, Actor by) {
        if (record.state().hasEnded()) {
            clear(record.id(), record.organisation());
            return Optional.empty();
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        KeyState last = record.stateAt(now) == KeyState.EXPIRED ? KeyState.EXPIRED : state;
        KeyAudit.Entry entry = audit.begin(action, record.id(), record.organisation(), by, record.label());
        boolean ended = tables.end(record.id(), last, now, by.name());
        clear(record.id(), record.organisation());
        entry.done();
        return Optional.of(record.end(last, now)).filter(made -> ended);
    }

    /** Removes what the server still has of a key whose record says that it has ended. */
    void clear(String id, Optional<Organisation> organisation) {
        roles.drop(KeyNames.roleOfKey(id), names.group(organisation));
        tables.swept(id);
    }
}
