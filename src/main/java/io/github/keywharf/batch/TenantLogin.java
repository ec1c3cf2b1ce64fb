package io.github.keywharf.batch;

import io.github.keywharf.Organisation;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.key.KeyRing;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Who sends a request: a tenant, an operator, or nobody who is known. Implementations are thread-safe, and take a request's
 * credentials from its headers, never from its URI.
 *
 * <p>Failures are limited by address and by user and address together, so that nobody can lock a user out from elsewhere.
 * Where all requests come through a proxy its address is that of all: the proxy should limit too.
 */
@FunctionalInterface
public interface TenantLogin {
    /** The failures of one user from one address within {@link #WINDOW}, 10; an IPv6 address counts by its /64 network. */
    int FAILURES_PER_USER = 10;

    /** The failures from one address within {@link #WINDOW}, 100. */
    int FAILURES_PER_PEER = 100;

    /** How long failures count, 1 minute, and how long further attempts are refused at most. */
    Duration WINDOW = Duration.ofMinutes(1);

    /**
     * How long a password that was right is recognised without a new derivation, 5 minutes; a change of the users file
     * ends that.
     */
    Duration REMEMBERED = Duration.ofMinutes(5);

    /** What came of a request's credentials. */
    sealed interface Outcome {}

    /** A tenant. */
    record AsTenant(Organisation tenant) implements Outcome {}

    /**
     * Somebody who may see all tenants.
     *
     * @param name of a user, or the id of a key
     */
    record AsOperator(String name) implements Outcome {}

    /**
     * Nobody who is known: wrong credentials, or none.
     *
     * @param challenges how to log in, each a value of {@code WWW-Authenticate}
     */
    record Nobody(List<String> challenges) implements Outcome {
        /** Copies the list. */
        public Nobody {
            challenges = List.copyOf(challenges);
        }
    }

    /**
     * Too many failures, or too many logins concurrently; the credentials were not looked at.
     *
     * @param pause after which to try again
     */
    record TooMany(Duration pause) implements Outcome {}

    /** Who sends the request. */
    Outcome login(HttpRequest request);

    /** Tries this login, and then another where this one knows nobody. */
    default TenantLogin or(TenantLogin other) {
        return request -> {
            Outcome first = login(request);
            if (!(first instanceof Nobody nobody)) {
                return first;
            }
            Outcome second = other.login(request);
            if (!(second instanceof Nobody neither)) {
                return second;
            }
            List<String> challenges = new ArrayList<>(nobody.challenges());
            challenges.addAll(neither.challenges());
            return new Nobody(challenges);
        };
    }

    /** User and password by HTTP Basic (RFC 7617), users being tenants; without operators, with the system's clock. */
    static TenantLogin basic(TenantUsers users) {
        return basic(users, Set.of(), InstantSource.system());
    }

    /**
     * User and password by HTTP Basic (RFC 7617). Serve it by TLS only.
     *
     * @param operators users who are operators and not tenants
     */
    static TenantLogin basic(TenantUsers users, Set<String> operators, InstantSource clock) {
        return new BasicLogin(users, operators, clock, new SecureRandom());
    }

    /** Keys, with the system's clock; see {@link #keys(KeyRing, TenantProfiles, InstantSource)}. */
    static TenantLogin keys(KeyRing ring, TenantProfiles profiles) {
        return keys(ring, profiles, InstantSource.system());
    }

    /**
     * Keys of a ring as bearer tokens (RFC 6750): an organisation's is its tenant's, as the profiles have it, and the Admin's
     * an operator's.
     */
    static TenantLogin keys(KeyRing ring, TenantProfiles profiles, InstantSource clock) {
        return new KeyLogin(ring, profiles, clock);
    }
}
