package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.Grant;
import io.github.keywharf.key.KeyRing;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Keys of a ring as bearer tokens. */
final class KeyLogin implements TenantLogin {
    private static final String SCHEME = "bearer ";
    private static final Nobody NOBODY = new Nobody(List.of("Bearer realm=\"keywharf\""));
    private static final Set<String> REFUSED =
            Set.of("key.malformed", "key.mistyped", "key.refused", "key.expired", "key.revoked");
    private static final int MAX_HEADER = 1_024;

    private final KeyRing ring;
    private final TenantProfiles profiles;
    private final LoginLimit limit;

    KeyLogin(KeyRing ring, TenantProfiles profiles, InstantSource clock) {
        this.ring = ring;
        this.profiles = profiles;
        this.limit = new LoginLimit(clock);
    }

    @Override
    public Outcome login(HttpRequest request) {
        List<String> headers = request.headers().all("Authorization");
        if (headers.size() != 1
                || headers.get(0).length() > MAX_HEADER
                || !headers.get(0).toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            return NOBODY;
        }
        String token = headers.get(0).substring(SCHEME.length());
        LoginLimit.Attempt attempt = LoginLimit.Attempt.of(id(token), request.peer());
        // Right keys are not counted, however many requests come at the same time.
        Optional<Duration> wait = limit.pause(attempt);
        if (wait.isPresent()) {
            return new TooMany(wait.get());
        }
        try (AccessKey key = AccessKey.parse(token)) {
            return outcome(ring.check(key, request.peer().orElse("unknown")));
        } catch (KeywharfException e) {
            if (e.is(KeyRing.RATE_LIMITED)) {
                return new TooMany(WINDOW);
            }
            if (REFUSED.contains(e.code())) {
                limit.failed(attempt);
                return NOBODY;
            }
            throw e;
        }
    }

    /** What failures are counted by: the id, where the token has one. */
    private static String id(String token) {
        int begin = AccessKey.PREFIX.length();
        int end = token.indexOf('_', begin);
        return end < 0 ? "" : token.substring(Math.min(begin, end), end);
    }

    private Outcome outcome(Grant grant) {
        if (grant.isAdmin()) {
            return new AsOperator(grant.keyId());
        }
        Organisation organisation = grant.organisation().orElseThrow();
        return profiles.find(organisation).isPresent() ? new AsTenant(organisation) : NOBODY;
    }

    @Override
    public String toString() {
        return "TenantLogin[keys, " + ring + "]";
    }
}
