package io.github.keywharf.sharing;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a {@link DeltaSharingManager} and its {@link SharingRoutes} report. None holds a secret. */
public sealed interface TenantEvent extends Event {

    /** What is done for a tenant. */
    enum Action {
        /** It is given a share and a profile. */
        PROVISION,
        /** It is given another token. */
        ROTATE,
        /** All is taken from it. */
        REVOKE
    }

    /** The work of the tenant, where its id is one of an organisation. */
    @Override
    default Work work() {
        try {
            return Work.of(Organisation.of(subject()));
        } catch (IllegalArgumentException e) {
            return Work.NONE;
        }
    }

    /**
     * A tenant was provisioned or given another token, and its profile is stored.
     *
     * @param subject the tenant
     * @param action what was done
     * @param expires when the token ends, if it does
     * @param took how long it took
     */
    record ProfileIssued(String subject, Action action, Optional<Instant> expires, Duration took)
            implements TenantEvent {
        @Override
        public Level level() {
            return Level.INFO;
        }

        @Override
        public String message() {
            return (action == Action.ROTATE ? "The token was rotated" : "The tenant was provisioned")
                    + expires.map(time -> "; it expires " + time).orElse("");
        }

        @Override
        public List<Fact> facts() {
            return List.of(Fact.time("took", took));
        }
    }

    /**
     * Nothing is left of a tenant.
     *
     * @param subject the tenant
     * @param took how long it took
     */
    record Revoked(String subject, Duration took) implements TenantEvent {
        @Override
        public Level level() {
            return Level.INFO;
        }

        @Override
        public String message() {
            return "The tenant was revoked";
        }

        @Override
        public List<Fact> facts() {
            return List.of(Fact.time("took", took));
        }
    }

    /**
     * Something was not finished, and may be half done; the same call finishes it.
     *
     * @param subject the tenant
     * @param action what was to be done
     * @param failure why it was not
     */
    record Failed(String subject, Action action, KeywharfException failure) implements TenantEvent {
        @Override
        public Level level() {
            return failure.retryable() ? Level.WARNING : Level.ERROR;
        }

        @Override
        public String message() {
            return action.name().toLowerCase(Locale.ROOT) + " was not finished: " + failure.getMessage() + " ("
                    + failure.code() + ")";
        }
    }

    /**
     * Nobody can use the routes, as the operator's token cannot be read or is too short.
     *
     * @param subject method and path of the request that is answered with 503
     * @param reason why
     */
    record NoOperator(String subject, String reason) implements TenantEvent {
        @Override
        public Level level() {
            return Level.ERROR;
        }

        @Override
        public String message() {
            return "The operator's token cannot be read: " + reason;
        }

        /** A request is nobody's. */
        @Override
        public Work work() {
            return Work.NONE;
        }
    }

    /**
     * An operator read a tenant's profile through the routes.
     *
     * @param subject the tenant
     * @param peer the operator's address
     */
    record ProfileRead(String subject, String peer) implements TenantEvent {
        @Override
        public Level level() {
            return Level.INFO;
        }

        @Override
        public String message() {
            return "The profile was read from " + peer;
        }
    }

    /**
     * A request to the routes had no valid token of an operator.
     *
     * @param subject method and path
     * @param peer where it came from
     */
    record Denied(String subject, String peer) implements TenantEvent {
        @Override
        public Level level() {
            return Level.WARNING;
        }

        @Override
        public String message() {
            return "A request from " + peer + " without a valid operator's token was denied";
        }

        /** A request is nobody's. */
        @Override
        public Work work() {
            return Work.NONE;
        }
    }
}
